/**
 * Conflicts: what was changed here and elsewhere at the same time, and is a person's to decide.
 *
 * Until then nothing of it is sent and nothing is lost: the record shows this device's own
 * values, and the others stand beside them. Secrets stay masked until asked for, one by one.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';

/**
 * `fields`: the same fields were changed on both sides. `deletedThere`: changed here, deleted
 * there. `changedThere`: deleted here, changed there. `vaultLost`: changed here, and the vault is
 * closed to this user now, or what was received was taken back (then `vaultName` is empty); only
 * what was typed here is kept. `refused`: the server will not take
 * the change (the right was lost, the place is gone).
 */
export const conflictKind = z.enum(['fields', 'deletedThere', 'changedThere', 'vaultLost', 'refused']);
export type ConflictKind = z.infer<typeof conflictKind>;

export const conflictRow = z.strictObject({
  id: idText,
  kind: conflictKind,
  /** The record, while it stands in the mirror. */
  recordId: z.nullable(idText),
  name: z.string(),
  vaultName: z.string(),
  at: instant,
  fieldCount: z.number().int(),
});
export type ConflictRow = z.infer<typeof conflictRow>;

export const conflictSide = z.enum(['mine', 'theirs', 'ancestor']);
export type ConflictSide = z.infer<typeof conflictSide>;

/** One side of a field. The text of a secret is null: it is asked for by itself. */
export const conflictValue = z.strictObject({
  text: z.nullable(z.string()),
  empty: z.boolean(),
  /** The field does not exist on this side: not yet made, or deleted. */
  absent: z.boolean(),
  broken: z.boolean(),
});
export type ConflictValue = z.infer<typeof conflictValue>;

export const conflictField = z.strictObject({
  /** Name of the field inside this conflict. */
  key: z.string().min(1).max(128),
  kind: z.enum([
    'name',
    'login',
    'urls',
    'description',
    'tags',
    'color',
    'password',
    'custom',
    'attachment',
    'place',
  ]),
  /** The label of a custom field, the name of a file. */
  label: z.string(),
  secret: z.boolean(),
  mine: conflictValue,
  theirs: conflictValue,
  ancestor: conflictValue,
  /** Whether both values can be kept side by side. */
  canKeepBoth: z.boolean(),
});
export type ConflictField = z.infer<typeof conflictField>;

export const conflictView = z.strictObject({
  ...conflictRow.shape,
  fields: z.array(conflictField),
});
export type ConflictView = z.infer<typeof conflictView>;

const one = z.strictObject({ id: idText });

export const conflicts = {
  list: channel(nothing, z.strictObject({ rows: z.array(conflictRow) })),
  read: channel(one, conflictView),
  /** One secret of one side. */
  reveal: channel(
    z.strictObject({ id: idText, key: z.string().min(1).max(128), side: conflictSide }),
    z.strictObject({ value: z.string(), hidesAfterMs: z.number().int().positive() }),
    { reveals: 'secret' },
  ),
  /** For `fields`: one choice for every field. */
  resolve: channel(
    z.strictObject({
      id: idText,
      picks: z
        .array(z.strictObject({ key: z.string().min(1).max(128), pick: z.enum(['mine', 'theirs', 'both']) }))
        .max(1000),
    }),
    nothing,
    { maxSize: 200_000 },
  ),
  /**
   * For the other kinds. `deletedThere`: keep puts the record back with what was typed here, drop
   * lets it go. `changedThere`: keep leaves the record, drop deletes it all the same. `vaultLost`
   * and `refused`: keep makes a new record of what was typed at `place`, drop forgets it.
   */
  decide: channel(
    z.strictObject({
      id: idText,
      decision: z.enum(['keep', 'drop']),
      place: z.nullable(z.strictObject({ vaultId: idText, folderId: z.nullable(idText) })),
    }),
    nothing,
  ),
};
