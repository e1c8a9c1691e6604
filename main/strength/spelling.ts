/**
 * Whether the bytes of a secret spell a word, upper and lower case alike. The word is no secret and
 * gives the letters; the secret is read where it lies, and no string and no copy of it is made.
 */

/** The ways in which one character may be written, as UTF-8. */
function writings(character: string): Buffer[] {
  const forms = new Set([character, character.toLowerCase(), character.toUpperCase()]);
  return [...forms].map((form) => Buffer.from(form, 'utf8'));
}

/** `secret`: UTF-8. False for an empty word. */
export function spells(word: string, secret: Uint8Array): boolean {
  if (word === '') return false;
  const bytes = Buffer.from(secret.buffer, secret.byteOffset, secret.length);
  let at = 0;
  for (const character of word) {
    const form = writings(character).find((written) =>
      written.equals(bytes.subarray(at, at + written.length)),
    );
    if (form === undefined) return false;
    at += form.length;
  }
  return at === bytes.length;
}
