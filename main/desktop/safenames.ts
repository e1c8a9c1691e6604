/** Names of files as they are given to a disk, whatever a server calls them. */
import { basename, extname } from 'node:path';

/**
 * Names come from a server: only the last part is suggested, without what file systems refuse and
 * without the marks that turn the direction of writing, which make `fdp.exe` look like `exe.pdf`.
 */
export function safeFileName(name: string): string {
  const last = basename(name.replaceAll('\\', '/')).replace(/[\p{Cc}\p{Bidi_Control}<>:"/\\|?*]/gu, '_');
  const plain = last.replace(/^[.\s]+|[.\s]+$/g, '');
  return plain === '' ? 'file' : shortened(plain);
}

/** Most bytes of a suggested name; file systems take 255, and a person may want to add to it. */
const mostBytes = 200;

/** Cuts the name before its ending, at whole characters. */
function shortened(name: string): string {
  const ending = Buffer.byteLength(extname(name)) > 20 ? '' : extname(name);
  const stem = [...name.slice(0, name.length - ending.length)];
  while (Buffer.byteLength(stem.join('')) + Buffer.byteLength(ending) > mostBytes) stem.pop();
  return stem.join('') + ending;
}
