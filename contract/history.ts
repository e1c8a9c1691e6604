/**
 * Former states of a record: who made them and when, what differs, and the way back.
 *
 * A comparison says which secrets differ without showing any; each side of each secret is asked
 * for by itself. Putting something back is an edit like any other, and works without a network
 * for what was read before.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';
import { errorCodes } from './errors.ts';
import { fieldRef } from './records.ts';

export const revisionRow = z.strictObject({
  id: idText,
  /** When this state was made; null if the server does not tell. */
  at: z.nullable(instant),
  /** Full name, else login, of whoever made it; empty if the server does not tell. */
  by: z.string(),
  name: z.string(),
  /** Its key does not open: only what the server can read is known of it. */
  broken: z.boolean(),
});
export type RevisionRow = z.infer<typeof revisionRow>;

export const revisionList = z.strictObject({
  /** Newest first; the record as it is now is not among them. */
  rows: z.array(revisionRow),
  /** When the server gave this list. */
  readAt: instant,
  /** Why the server could not be asked now; null for a fresh list. */
  stale: z.nullable(z.enum(errorCodes)),
});
export type RevisionList = z.infer<typeof revisionList>;

/** A state of the record: a revision by its id, or null for the record as it is now. */
export const stateRef = z.nullable(idText);
export type StateRef = z.infer<typeof stateRef>;

export const comparedKind = z.enum([
  'name',
  'login',
  'password',
  'urls',
  'custom',
  'description',
  'tags',
  'color',
  'files',
]);
export type ComparedKind = z.infer<typeof comparedKind>;

/** One side of one field. */
export const comparedSide = z.strictObject({
  /** What the server can read anyway; lists have a line for each entry. Null for a secret. */
  text: z.nullable(z.string()),
  /** What a secret is revealed by; null for the others. */
  field: z.nullable(fieldRef),
  empty: z.boolean(),
  broken: z.boolean(),
});
export type ComparedSide = z.infer<typeof comparedSide>;

export const comparedField = z.strictObject({
  kind: comparedKind,
  /** Of a custom field. */
  label: z.string(),
  type: z.nullable(z.enum(['text', 'password', 'totp'])),
  differs: z.boolean(),
  /** Null where this state has no such field. */
  left: z.nullable(comparedSide),
  right: z.nullable(comparedSide),
});
export type ComparedField = z.infer<typeof comparedField>;

/** What is put back: one of the record's own fields, or a custom field by its place in the revision. */
export const restoredField = z.strictObject({
  kind: comparedKind.exclude(['files']),
  index: z.nullable(z.number().int().min(0).max(999)),
});
export type RestoredField = z.infer<typeof restoredField>;

const record = { recordId: idText };

export const history = {
  /** Whether this server and the person's rights give former states of the record. */
  offered: channel(z.strictObject(record), z.strictObject({ offered: z.boolean() })),
  /** Asks the server; without one, what was read before. */
  list: channel(z.strictObject(record), revisionList),
  /** Field by field, in the order of the form; equal ones included. */
  compare: channel(
    z.strictObject({ ...record, left: stateRef, right: stateRef }),
    z.strictObject({ fields: z.array(comparedField) }),
  ),
  /** One secret of one state. */
  reveal: channel(
    z.strictObject({ ...record, state: stateRef, field: fieldRef }),
    z.strictObject({ value: z.string(), hidesAfterMs: z.number().int().positive() }),
    { reveals: 'secret' },
  ),
  /** The whole state with null, files excepted; else the named fields. */
  restore: channel(
    z.strictObject({
      ...record,
      revisionId: idText,
      fields: z.nullable(z.array(restoredField).min(1).max(1000)),
    }),
    nothing,
    { maxSize: 80_000 },
  ),
};
