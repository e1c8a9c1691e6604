/**
 * What a client may send as a record, and what becomes of it.
 *
 * With client-side encryption every secret member must have the form of a ciphertext. One
 * tolerance is deliberate: the official connector sends no record key for a record
 * without a password, so a missing key is refused only where a password is sent.
 */
import { z } from 'zod';
import type { AttachmentEntry, CustomField, ItemContent } from '../storage/items.ts';
import { invalid } from './errors.ts';
import {
  addressText,
  cipherText,
  isReadableByAll,
  longText,
  looksLikeBase64,
  looksLikeEnvelope,
  looksLikeKeyEnvelope,
  objectId,
  shortCipherText,
  shortText,
} from './schemas.ts';

/** A custom field as it is sent. */
export const customField = z
  .looseObject({ name: shortCipherText, value: shortCipherText, type: shortCipherText })
  .refine(isReadableByAll);

const attachment = z.object({
  /** Names a stored attachment that stays; without it the entry is a new one. */
  id: objectId.optional(),
  name: shortText,
  encryptedKey: z.string().max(10_000),
  encryptedData: cipherText.optional(),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export type SentAttachment = z.output<typeof attachment>;

/** How many attachments one record may have. */
export const mostAttachments = 100;

/** A single new attachment. */
export const newAttachmentBody = attachment.omit({ id: true }).required();

const members = {
  name: shortText.nullish(),
  login: shortText.nullish(),
  url: addressText.nullish(),
  urls: z.array(addressText).max(100).nullish(),
  description: longText.nullish(),
  tags: z.array(shortText).max(200).nullish(),
  color: z.number().int().min(0).max(1_000).nullish(),
  fieldsOrder: z.unknown().refine(isReadableByAll).optional(),
  passwordEncrypted: shortCipherText.nullish(),
  keyEncrypted: z.string().max(10_000).nullish(),
  customs: z.array(customField).max(500).nullish(),
  attachments: z.array(attachment).max(mostAttachments).refine(namesEachOnce).nullish(),
};

/** A stored attachment can stand in a record once: clients know it by its id. */
function namesEachOnce(entries: readonly SentAttachment[]): boolean {
  const ids = entries.flatMap(({ id }) => (id === undefined ? [] : [id]));
  return new Set(ids).size === ids.length;
}

export const createItemBody = z.object({
  vaultId: objectId,
  folderId: objectId.nullish(),
  isFavorite: z.boolean().nullish(),
  ...members,
});
export const changeItemBody = z.object({
  vaultId: objectId.optional(),
  folderId: objectId.nullish(),
  isFavorite: z.boolean().nullish(),
  /** The revision that the change was made on; another one is answered with 409 (own addition). */
  revision: z.number().int().min(1).optional(),
  ...members,
});
export type SentItem = z.output<z.ZodObject<typeof members>>;

/** A record before anybody wrote anything in it. */
export const emptyContent: ItemContent = {
  name: '',
  login: '',
  url: '',
  urls: [],
  description: null,
  tags: [],
  color: 0,
  fieldsOrder: null,
  passwordEncrypted: null,
  keyEncrypted: null,
  customs: [],
  attachments: [],
};

/** `urls` is the newer member: whichever of the two is sent decides both. */
function mergedUrls(former: ItemContent, sent: SentItem): Pick<ItemContent, 'url' | 'urls'> {
  if (sent.urls && sent.urls.length > 0) return { url: sent.urls[0] ?? '', urls: sent.urls };
  if (sent.url !== undefined) return { url: sent.url ?? '', urls: sent.url ? [sent.url] : [] };
  if (sent.urls !== undefined) return { url: '', urls: [] };
  return { url: former.url, urls: former.urls };
}

/** A member that is absent stays, one that is null or empty is cleared. */
function chosen<Value>(sent: Value | null | undefined, former: Value, cleared: Value): Value {
  return sent === undefined ? former : (sent ?? cleared);
}

/** The content that results from a change, attachments aside. */
export function mergedContent(former: ItemContent, sent: SentItem): ItemContent {
  return {
    name: chosen(sent.name, former.name, ''),
    login: chosen(sent.login, former.login, ''),
    ...mergedUrls(former, sent),
    description: chosen<string | null>(sent.description, former.description, null),
    tags: chosen(sent.tags, former.tags, []),
    color: chosen(sent.color, former.color, 0),
    fieldsOrder: sent.fieldsOrder === undefined ? former.fieldsOrder : sent.fieldsOrder,
    passwordEncrypted: chosen<string | null>(sent.passwordEncrypted, former.passwordEncrypted, null) || null,
    keyEncrypted: sent.keyEncrypted || former.keyEncrypted,
    customs: chosen<CustomField[]>(sent.customs, former.customs, []),
    attachments: former.attachments,
  };
}

function refuseUnless(holds: boolean, field: string): void {
  if (!holds)
    throw invalid('notEncrypted', field, 'The value does not have the form that this organisation stores.');
}

function checkEncrypted(sent: SentItem): void {
  if (sent.passwordEncrypted) refuseUnless(looksLikeEnvelope(sent.passwordEncrypted), 'passwordEncrypted');
  if (sent.keyEncrypted) refuseUnless(looksLikeKeyEnvelope(sent.keyEncrypted), 'keyEncrypted');
  for (const field of sent.customs ?? []) {
    const all = [field.name, field.value, field.type];
    refuseUnless(all.every(looksLikeEnvelope), 'customs');
  }
  for (const entry of sent.attachments ?? []) {
    refuseUnless(looksLikeKeyEnvelope(entry.encryptedKey), 'attachments');
    if (entry.encryptedData !== undefined)
      refuseUnless(looksLikeEnvelope(entry.encryptedData), 'attachments');
  }
}

function checkPlain(sent: SentItem): void {
  refuseUnless(!sent.keyEncrypted, 'keyEncrypted');
  refuseUnless(looksLikeBase64(sent.passwordEncrypted ?? ''), 'passwordEncrypted');
  for (const field of sent.customs ?? []) {
    refuseUnless([field.name, field.value, field.type].every(looksLikeBase64), 'customs');
  }
  for (const entry of sent.attachments ?? []) {
    const all = [entry.encryptedKey, entry.encryptedData ?? ''];
    refuseUnless(all.every(looksLikeBase64), 'attachments');
  }
}

/** Characters of one record without its files. Listings carry whole records, and clients bound an answer. */
const largestRecord = 1024 * 1024;

/** Refuses what does not have the form that the organisation's mode calls for, or is too large for a listing. */
export function checkForm(clientSideEncryption: boolean, sent: SentItem, merged: ItemContent): void {
  if (JSON.stringify(merged).length > largestRecord) {
    throw invalid('recordTooLarge', '', 'The record is larger than this server keeps.');
  }
  if (!clientSideEncryption) {
    checkPlain(sent);
    return;
  }
  checkEncrypted(sent);
  if (merged.passwordEncrypted && !merged.keyEncrypted) {
    throw invalid('keyRequired', 'keyEncrypted', 'A record with a password needs its record key.');
  }
}

/** Whether two contents are the same, so that saving without a change leaves no snapshot. */
export function sameContent(one: ItemContent, other: ItemContent): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A new attachment must bring data and hash. */
export function checkNewAttachment(
  entry: SentAttachment,
): asserts entry is SentAttachment & Required<Pick<AttachmentEntry, 'hash'>> & { encryptedData: string } {
  if (entry.encryptedData === undefined || entry.hash === undefined) {
    throw invalid('attachmentIncomplete', 'attachments', 'A new attachment needs encryptedData and hash.');
  }
}
