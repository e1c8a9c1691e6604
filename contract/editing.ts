/**
 * Changing records. Every verb returns when the change is safe on this device's disk; the
 * server learns of it when it can be reached.
 *
 * A form never gets the stored secrets: what the person left alone is named by its place and
 * stays as it is, and only newly typed values cross, inwards.
 */
import { z } from 'zod';
import { channel, idText, nothing } from './channel.ts';

/** Bounds of one record, the server's own (see docs/server-api.md). */
export const recordLimits = {
  name: 1024,
  login: 1024,
  url: 65_536,
  urls: 100,
  text: 65_536,
  tags: 100,
} as const;

/** Where a record or folder lies; without a folder directly in the vault. */
export const place = z.strictObject({ vaultId: idText, folderId: z.nullable(idText) });
export type Place = z.infer<typeof place>;

/** A newly typed secret as UTF-8 bytes, which the main process wipes; an empty one clears the field. */
const typedText = z.strictObject({
  kind: z.literal('set'),
  value: z.instanceof(Uint8Array).refine((bytes) => bytes.length <= recordLimits.text),
});
const kept = z.strictObject({ kind: z.literal('keep') });

/** `keep` leaves what is stored, without having seen it. */
export const secretChange = z.discriminatedUnion('kind', [kept, typedText]);
export type SecretChange = z.infer<typeof secretChange>;

export const customChange = z.strictObject({
  /** Place of this field in the stored record, or null for a new one. */
  from: z.nullable(z.number().int().min(0).max(999)),
  label: secretChange,
  type: z.enum(['text', 'password', 'totp']),
  value: secretChange,
});
export type CustomChange = z.infer<typeof customChange>;

/** Absent members stay as they are; `customs` names the whole list in its new order. */
export const recordChange = z.strictObject({
  name: z.string().max(recordLimits.name).optional(),
  login: z.string().max(recordLimits.login).optional(),
  urls: z.array(z.string().max(recordLimits.url)).max(recordLimits.urls).optional(),
  description: z.string().max(recordLimits.text).optional(),
  tags: z.array(z.string().min(1).max(256)).max(recordLimits.tags).optional(),
  color: z.number().int().min(0).max(99).optional(),
  password: secretChange.optional(),
  customs: z.array(customChange).max(200).optional(),
});
export type RecordChange = z.infer<typeof recordChange>;

const recordIds = z.array(idText).min(1).max(1000);
const many = { maxSize: 80_000 };
const typed = { maxSize: 1_200_000 };

export const editing = {
  /** A new record; every `from` is null. */
  create: channel(
    z.strictObject({ place, fields: recordChange }),
    z.strictObject({ recordId: idText }),
    typed,
  ),
  /** Changes what is named. A save that changes nothing does nothing. */
  save: channel(z.strictObject({ recordId: idText, fields: recordChange }), nothing, typed),
  /** To another folder or vault; between vaults the record key is wrapped anew. */
  move: channel(z.strictObject({ recordIds, to: place }), nothing, many),
  /** New records with keys of their own, files included. */
  copy: channel(
    z.strictObject({ recordIds, to: place }),
    z.strictObject({ recordIds: z.array(idText) }),
    many,
  ),
  /** To the bin. */
  remove: channel(z.strictObject({ recordIds }), nothing, many),
  setFavourite: channel(z.strictObject({ recordIds, favourite: z.boolean() }), nothing, many),
  setColor: channel(z.strictObject({ recordIds, color: z.number().int().min(0).max(99) }), nothing, many),
  /** Tags to put on and to take off; others stay. */
  changeTags: channel(
    z.strictObject({
      recordIds,
      add: z.array(z.string().min(1).max(256)).max(recordLimits.tags),
      remove: z.array(z.string().min(1).max(256)).max(recordLimits.tags),
    }),
    nothing,
    many,
  ),
  createFolder: channel(
    z.strictObject({ vaultId: idText, parentId: z.nullable(idText), name: z.string().min(1).max(1024) }),
    z.strictObject({ folderId: idText }),
  ),
  renameFolder: channel(z.strictObject({ folderId: idText, name: z.string().min(1).max(1024) }), nothing),
  /** Within its vault; null is the vault itself. */
  moveFolder: channel(z.strictObject({ folderId: idText, parentId: z.nullable(idText) }), nothing),
  /** To the bin, with everything in it. */
  removeFolder: channel(z.strictObject({ folderId: idText }), nothing),
};
