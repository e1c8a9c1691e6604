/**
 * What a file is, told by its contents alone: names come from a server and lie for free.
 *
 * Only kinds that a page can show without carrying anything out are told apart. SVG, HTML and
 * whatever else a browser would run is text here, shown letter for letter. Signatures as in the
 * formats' own documents: PNG (RFC 2083), JPEG (ITU T.81), GIF89a, WebP (RFC 9649), BMP, AVIF (ISO
 * base media, brand `avif`), PDF (ISO 32000, header within the first kilobyte).
 */
import type { FilePreview } from '../../../contract/files.ts';

export type ImageType = Extract<FilePreview, { kind: 'image' }>['type'];

export type FileKind =
  | { readonly kind: 'image'; readonly type: ImageType }
  | { readonly kind: 'pdf' }
  /** `encoding` as `TextDecoder` names it. */
  | { readonly kind: 'text'; readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' }
  | { readonly kind: 'unknown' };

const text = (from: Uint8Array, start: number, end: number): string =>
  Buffer.from(from.buffer, from.byteOffset, from.byteLength).toString('latin1', start, end);

function imageType(file: Uint8Array): ImageType | null {
  const head = text(file, 0, 32);
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (head.startsWith('\xff\xd8\xff')) return 'image/jpeg';
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return 'image/gif';
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'image/webp';
  // Two letters are a weak sign: the length that a BMP names has to be that of the file as well.
  if (head.startsWith('BM') && sizeInBitmap(file) === file.length) return 'image/bmp';
  if (head.slice(4, 8) === 'ftyp' && ['avif', 'avis'].includes(head.slice(8, 12))) return 'image/avif';
  return null;
}

function sizeInBitmap(file: Uint8Array): number | null {
  if (file.length < 14) return null;
  return new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(2, true);
}

/** Control characters that stand in no text: all but tab, line feed, form feed, carriage return and escape. */
const inText = new Set([9, 10, 12, 13, 27]);

function hasBinarySign(content: string): boolean {
  for (let at = 0; at < content.length; at++) {
    const code = content.charCodeAt(at);
    if (code < 32 && !inText.has(code)) return true;
  }
  return false;
}

function isText(file: Uint8Array, encoding: string): boolean {
  try {
    return !hasBinarySign(new TextDecoder(encoding, { fatal: true }).decode(file));
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function textEncoding(file: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  if (file[0] === 0xff && file[1] === 0xfe) return isText(file, 'utf-16le') ? 'utf-16le' : null;
  if (file[0] === 0xfe && file[1] === 0xff) return isText(file, 'utf-16be') ? 'utf-16be' : null;
  return isText(file, 'utf-8') ? 'utf-8' : null;
}

/** The kind of a whole file; an empty one is text. */
export function kindOfFile(file: Uint8Array): FileKind {
  const type = imageType(file);
  if (type !== null) return { kind: 'image', type };
  if (text(file, 0, 1024).includes('%PDF-')) return { kind: 'pdf' };
  const encoding = textEncoding(file);
  return encoding === null ? { kind: 'unknown' } : { kind: 'text', encoding };
}
