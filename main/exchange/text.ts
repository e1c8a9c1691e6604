/**
 * From bytes to text where the file does not say how it was written: a byte order mark, then
 * strict UTF-8, then UTF-16 by its zero bytes, then Windows-1251, in which spreadsheets of
 * Russian Windows save tables.
 */
import { refusedImport } from './tree.ts';

/** Zero bytes on one side of this share of the pairs mark UTF-16. */
const zeroShare = 0.3;

/** The text without its mark. Throws `damaged` for what is no text at all. */
export function textOf(bytes: Uint8Array): string {
  const encoding = encodingOf(bytes);
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (text.includes('\0')) throw refusedImport('damaged');
    return text;
  } catch (error) {
    throw error instanceof TypeError || error instanceof RangeError ? refusedImport('damaged', error) : error;
  }
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const sample = bytes.subarray(0, 4096);
  const zeros = [0, 0];
  sample.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  });
  const enough = (sample.length / 2) * zeroShare;
  if (sample.length > 3 && (zeros[1] ?? 0) > enough && zeros[0] === 0) return 'utf-16le';
  if (sample.length > 3 && (zeros[0] ?? 0) > enough && zeros[1] === 0) return 'utf-16be';
  return isUtf8(bytes) ? 'utf-8' : 'windows-1251';
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
