/** JSON of other programs: bytes to a value, and a value held against a shape; one refusal for both. */
import type { z } from 'zod';
import { textOf } from './text.ts';
import { refusedImport } from './tree.ts';

/** Throws `damaged`. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) throw refusedImport('damaged', error);
    throw error;
  }
}

/** Throws `damaged` where the value has another shape, without quoting it. */
export function shaped<S extends z.ZodType>(shape: S, value: unknown): z.output<S> {
  const result = shape.safeParse(value);
  // The parser's own message may quote the value, which is full of secrets.
  if (!result.success) throw refusedImport('damaged');
  return result.data;
}
