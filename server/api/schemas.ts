/**
 * The pieces that request schemas are made of.
 *
 * Ciphertext is checked for its form only, which is all that a server without keys can
 * do: it keeps a client that forgot to encrypt from storing a secret in the clear.
 */
import { z } from 'zod';

/** 24 hexadecimal digits. */
export const objectId = z.string().regex(/^[0-9a-f]{24}$/, 'Must be an id of 24 hexadecimal digits.');

export const idParams = z.object({ id: objectId });
export const createdId = z.object({ id: objectId });
export const binAnswer = z.object({ binItemId: objectId });

/** An answer that says nothing but that it was done. */
export const doneAnswer = z.object({ success: z.literal(true) });

export const shortText = z.string().max(1_000);
export const longText = z.string().max(100_000);

/** An address of a record: no longer than clients read. */
export const addressText = z.string().max(65_536);

const deepestPassedOn = 8;
const mostPassedOn = 2_000;
const refusedKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * True for a value that every client can read back. What this server does not know is passed on
 * untouched, and one person's value reaches everybody in the vault: a careful client refuses a
 * whole answer for its depth or for a key that could reach a prototype.
 */
export function isReadableByAll(value: unknown): boolean {
  let seen = 0;
  const visit = (part: unknown, depth: number): boolean => {
    seen += 1;
    if (seen > mostPassedOn || depth > deepestPassedOn) return false;
    if (typeof part !== 'object' || part === null) return true;
    if (!Array.isArray(part) && Object.keys(part).some((key) => refusedKeys.has(key))) return false;
    return Object.values(part).every((each) => visit(each, depth + 1));
  };
  return visit(value, 0);
}

/** A wire value of up to 5 MiB of file, with room to spare. */
export const cipherText = z.string().max(16 * 1024 * 1024);
export const shortCipherText = z.string().max(1024 * 1024);

const envelopeForm = /^amt4cwv48xb6pp1h[0-9a-hjkmnp-rt-z]+$/;
const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The shortest envelope of anything: up to 15 bytes of plaintext. */
const shortestEnvelope = 71;

/** True for the form of every client-side ciphertext (Passwork 7 protocol, "AES envelope"). */
export function looksLikeEnvelope(text: string): boolean {
  return text.length >= shortestEnvelope && envelopeForm.test(text);
}

/** True for the envelope of a key: keys have at least 16 characters, empty ones never pass. */
export function looksLikeKeyEnvelope(text: string): boolean {
  return text.length > shortestEnvelope && envelopeForm.test(text);
}

/** True for standard base64, the form of values without client-side encryption. */
export function looksLikeBase64(text: string): boolean {
  return base64Form.test(text);
}

/** True for a key wrapped with RSA of 1024 bits or more. */
export function looksLikeWrappedKey(text: string): boolean {
  return base64Form.test(text) && Buffer.from(text, 'base64').length >= 128;
}

/** A number in a query string. */
export const queryNumber = z.coerce.number().int().min(0);

/** `limit` and `offset`, this server's addition; without a limit everything is answered. */
export const pageQuery = z.object({
  limit: queryNumber.min(1).max(100_000).optional(),
  offset: queryNumber.optional(),
});

/** One value or several: `tags=a` and `tags[]=a&tags[]=b` mean lists both. */
export function queryList<Schema extends z.ZodType>(element: Schema) {
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(element).max(1_000));
}

/** A yes or no in a query string or body, as clients write it. */
export const queryFlag = z.union([z.boolean(), z.enum(['0', '1', 'true', 'false'])]);

/** Whether such a flag is a yes. */
export const saysYes = (flag: z.output<typeof queryFlag> | undefined): boolean =>
  flag === true || flag === '1' || flag === 'true';

/** The person in short, as it stands inside other objects. */
export const shortUser = z.object({
  id: objectId,
  login: z.string(),
  fullName: z.string(),
  hasAvatar: z.boolean(),
  isDeleted: z.boolean(),
});

/** A cut of an already built list. */
export function pageOf<Entry>(
  entries: readonly Entry[],
  page: { limit?: number | undefined; offset?: number | undefined },
): Entry[] {
  const start = page.offset ?? 0;
  return entries.slice(start, page.limit === undefined ? undefined : start + page.limit);
}
