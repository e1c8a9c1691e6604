/**
 * Shapes that several groups of endpoints share, and how an answer is read by a shape.
 *
 * Shapes are tolerant of members we do not know, since servers differ and grow, and strict
 * in what we use: every text and list has an upper bound.
 */
import { z } from 'zod';
import { StrongroomError } from '../../contract/index.ts';
import { ownTurn } from './turns.ts';

/**
 * Reads an answer by its shape.
 * @throws StrongroomError `badAnswer` with the place that does not fit, never its content.
 */
export function readShape<S extends z.ZodType>(shape: S, json: unknown): z.output<S> {
  return readAt(shape, json, []);
}

function readAt<S extends z.ZodType>(
  shape: S,
  json: unknown,
  above: readonly (string | number)[],
): z.output<S> {
  const read = shape.safeParse(json);
  if (read.success) return read.data;
  const below = read.error.issues[0]?.path ?? [];
  const place = [...above, ...below].map(String).join('.').slice(0, 120);
  throw new StrongroomError('badAnswer', { reason: 'shape', place });
}

/** Rows read by shape between two looks at the clock, and for how long at a stretch. */
const rowsPerLook = 16;
const stretchMs = 4;

/**
 * Reads the rows of a list one by one, in several turns of the event loop where they are many.
 * @throws StrongroomError as `readShape`; `name` is the list's place in the answer.
 */
export async function readRows<S extends z.ZodType>(
  shape: S,
  rows: readonly unknown[],
  name: string,
): Promise<z.output<S>[]> {
  const read: z.output<S>[] = [];
  await ownTurn();
  let begun = performance.now();
  for (const row of rows) {
    if (read.length % rowsPerLook === 0 && performance.now() - begun >= stretchMs) {
      await ownTurn();
      begun = performance.now();
    }
    read.push(readAt(shape, row, [name, read.length]));
  }
  return read;
}

/** Ids stand in paths and file names, so only harmless characters pass. */
export const serverId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
export const optionalId = z
  .union([serverId, z.literal('')])
  .nullish()
  .transform((id) => id || null);

/** Short plain text; missing and null count as empty. */
export const shortText = z
  .string()
  .max(16_384)
  .nullish()
  .transform((text) => text ?? '');
/** Free text such as a description. */
export const longText = z
  .string()
  .max(1_048_576)
  .nullish()
  .transform((text) => text ?? '');
/** A wire value (ciphertext); missing, null and empty count as none. */
export const wireValue = z
  .string()
  .max(8_388_608)
  .nullish()
  .transform((wire) => wire || null);
/** Unix seconds, read as milliseconds; anything else counts as not told. */
export const unixSeconds = z
  .number()
  .nonnegative()
  .max(100_000_000_000)
  .nullish()
  .catch(null)
  .transform((seconds) => (seconds == null ? null : Math.round(seconds * 1000)));
export const flag = z
  .boolean()
  .nullish()
  .catch(false)
  .transform((value) => value === true);

/** The protocol's form of a list. */
export function listOf<S extends z.ZodType>(element: S, atMost: number) {
  return z.object({
    items: z.array(element).max(atMost),
    total: z.number().int().nonnegative().nullish().catch(null),
  });
}

const seconds = z
  .number()
  .nullish()
  .catch(null)
  .transform((value) => value ?? null);

/** Tokens as log-in and refresh give them. */
export const tokenAnswer = z.object({
  accessToken: z.string().min(1).max(4096),
  refreshToken: z.string().min(1).max(4096),
  accessTokenExpiredAt: seconds,
  refreshTokenExpiredAt: seconds,
});
