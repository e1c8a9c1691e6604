/**
 * Fields of an account without client-side encryption ("Passwork 7 protocol", CSE off): standard
 * base64 of the UTF-8 text. Not encryption; read as strictly as ciphertext all the same.
 */
import { isUtf8 } from 'node:buffer';
import { decodeBase64Strict, encodeBase64 } from './base64.ts';
import { undecipherable } from './error.ts';

/** Wire string of a text; the empty text is the empty string. */
export function encodePlain(text: Uint8Array): string {
  return encodeBase64(text).toString('latin1');
}

/** UTF-8 bytes of a wire string. Throws `undecipherable` unless it is strict base64 of UTF-8. */
export function decodePlain(wire: string): Buffer {
  const text = decodeBase64Strict(wire);
  if (!isUtf8(text)) throw undecipherable();
  return text;
}
