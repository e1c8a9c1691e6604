/**
 * Records: pages of metadata, one record's face, and the single secrets a person asks for.
 *
 * Lists never carry all rows and never a secret. A copied secret does not cross at all:
 * the main process writes it to the clipboard.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';

export const recordKind = z.enum(['record', 'shortcut', 'inbox']);
export type RecordKind = z.infer<typeof recordKind>;

/** A line of a list. */
export const recordRow = z.strictObject({
  id: idText,
  kind: recordKind,
  name: z.string(),
  login: z.string(),
  /** Host (and port) of the first URL, or empty. */
  host: z.string(),
  tags: z.array(z.string()),
  /** 0 = none; the protocol's palette numbers otherwise. */
  color: z.number().int(),
  favourite: z.boolean(),
  vaultId: z.nullable(idText),
  /** Vault and folder names, outermost first, below what the list's own scope already says. */
  place: z.array(z.string()),
  hasTotp: z.nullable(z.boolean()),
  attachmentCount: z.number().int(),
  /** A change of the ciphertext that no honest edit explains; the previous values were kept. */
  flagged: z.boolean(),
  unread: z.boolean(),
  /** Changed here, and the server does not have it yet. */
  pending: z.boolean(),
  /** A person has to decide between values of two sides. */
  conflict: z.boolean(),
  updatedAt: z.nullable(instant),
});
export type RecordRow = z.infer<typeof recordRow>;

export const recordScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('vault'), vaultId: idText }),
  /** Records directly in the folder and in every folder below it. */
  z.strictObject({ kind: z.literal('folder'), folderId: idText }),
  z.strictObject({ kind: z.literal('favourites') }),
  z.strictObject({ kind: z.literal('recent') }),
  z.strictObject({ kind: z.literal('inbox') }),
  z.strictObject({ kind: z.literal('shortcuts') }),
  z.strictObject({ kind: z.literal('tag'), tag: z.string().min(1).max(256) }),
]);
export type RecordScope = z.infer<typeof recordScope>;

export const recordSort = z.strictObject({
  by: z.enum(['name', 'login', 'host', 'updated', 'color']),
  descending: z.boolean(),
});
export type RecordSort = z.infer<typeof recordSort>;

const pageWindow = {
  offset: z.number().int().min(0).max(10_000_000),
  limit: z.number().int().min(1).max(200),
};

export const recordPage = z.strictObject({ total: z.number().int(), rows: z.array(recordRow) });
export type RecordPage = z.infer<typeof recordPage>;

/** Search results are ranked; `capped` says that there are more than `total` matches. */
export const searchPage = z.strictObject({
  total: z.number().int(),
  capped: z.boolean(),
  rows: z.array(recordRow),
});
export type SearchPage = z.infer<typeof searchPage>;

/** Which field of a record is meant. Custom fields go by their place in the record. */
export const fieldRef = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('password') }),
  z.strictObject({ kind: z.literal('custom'), index: z.number().int().min(0).max(999) }),
]);
export type FieldRef = z.infer<typeof fieldRef>;

/** A field as the read-only pane shows it before anything was revealed. */
export const fieldView = z.strictObject({
  ref: fieldRef,
  type: z.enum(['password', 'text', 'totp']),
  /** The label of a custom field (itself encrypted; opening the record asks for it). Empty for the password. */
  label: z.string(),
  /** Nothing is stored in it. */
  empty: z.boolean(),
  /** Its ciphertext does not open; the rest of the record still works. */
  broken: z.boolean(),
});
export type FieldView = z.infer<typeof fieldView>;

export const attachmentView = z.strictObject({
  id: idText,
  name: z.string(),
  /** Bytes of the file, if known on this device. */
  size: z.nullable(z.number().int()),
  /** The encrypted contents are on this device. */
  here: z.boolean(),
  /** Added here and not sent yet. */
  pending: z.boolean(),
});
export type AttachmentView = z.infer<typeof attachmentView>;

export const recordView = z.strictObject({
  id: idText,
  kind: recordKind,
  name: z.string(),
  login: z.string(),
  urls: z.array(z.string()),
  description: z.string(),
  tags: z.array(z.string()),
  color: z.number().int(),
  favourite: z.boolean(),
  vaultId: z.nullable(idText),
  vaultName: z.string(),
  vaultTrust: z.nullable(z.enum(['verified', 'unverified', 'keyChanged', 'keyMissing'])),
  path: z.array(z.strictObject({ id: idText, name: z.string() })),
  fields: z.array(fieldView),
  attachments: z.array(attachmentView),
  writable: z.boolean(),
  /** What this user may do with it, as far as the server's rights and the trust in its key go. */
  can: z.strictObject({
    edit: z.boolean(),
    remove: z.boolean(),
    move: z.boolean(),
    copy: z.boolean(),
  }),
  /** Changed here, and the server does not have it yet. */
  pending: z.boolean(),
  /** The conflict that waits for a person, or null. */
  conflictId: z.nullable(idText),
  flagged: z.boolean(),
  /** For a shortcut or an inbox entry: the record behind it, where this user has it in a vault too. */
  original: z.nullable(idText),
  /** Who sent it, for inbox entries. */
  sender: z.nullable(z.string()),
  updatedAt: z.nullable(instant),
  /** The record key itself does not open: every secret of this record is out of reach. */
  keyBroken: z.boolean(),
});
export type RecordView = z.infer<typeof recordView>;

const field = z.strictObject({ recordId: idText, field: fieldRef });

/** When the clipboard will be cleared again. */
export const copied = z.strictObject({ clearsAt: instant, totalMs: z.number().int() });

export const records = {
  page: channel(z.strictObject({ scope: recordScope, sort: recordSort, ...pageWindow }), recordPage),
  search: channel(
    z.strictObject({ query: z.string().max(500), scope: z.nullable(recordScope), ...pageWindow }),
    searchPage,
  ),
  /** Ids of a whole list in its order, for choosing all of it; of a search with a query. */
  ids: channel(
    z.strictObject({
      scope: z.nullable(recordScope),
      sort: recordSort,
      query: z.nullable(z.string().max(500)),
    }),
    z.strictObject({ ids: z.array(idText) }),
  ),
  /** Opening a record counts as using it, and as having seen an entry of the inbox. */
  read: channel(z.strictObject({ recordId: idText }), recordView),
  /** One secret as text; `hidesAfterMs` is how long the pane may show it. */
  revealField: channel(
    field,
    z.strictObject({ value: z.string(), hidesAfterMs: z.number().int().positive() }),
    { reveals: 'secret' },
  ),
  copyPassword: channel(z.strictObject({ recordId: idText }), copied, { reveals: 'secret' }),
  copyCustomField: channel(field, copied, { reveals: 'secret' }),
  copyLogin: channel(z.strictObject({ recordId: idText }), copied),
  copyUrl: channel(z.strictObject({ recordId: idText, index: z.number().int().min(0).max(99) }), copied),
  /** The current one-time code: only digits cross, never the secret. */
  readCode: channel(
    field,
    z.strictObject({
      code: z.string(),
      /** The one that follows, for codes that end while they are being typed. */
      next: z.string(),
      periodMs: z.number().int().positive(),
      validUntil: instant,
    }),
    { reveals: 'code' },
  ),
  /** Copies the current code of the given field, or of the record's first TOTP field. */
  copyCode: channel(z.strictObject({ recordId: idText, field: z.nullable(fieldRef) }), copied, {
    reveals: 'code',
  }),
  /** Opens a URL of the record in the system's browser through the one checked door. */
  openUrl: channel(
    z.strictObject({
      recordId: idText,
      index: z.number().int().min(0).max(99),
      /** True once the person has confirmed a host that differs from the one used before. */
      confirmedHost: z.nullable(z.string().max(256)),
    }),
    z.strictObject({ opened: z.boolean(), host: z.string(), previousHost: z.nullable(z.string()) }),
  ),
  clearClipboard: channel(nothing, nothing, { needs: 'anytime' }),
};
