/**
 * External links ("Passwork 7 protocol", keys in the hierarchy: external link).
 *
 * The server gets the record encrypted again under a code that it never sees: the code travels in
 * the fragment of the link's address. The copy is taken member by member, so that nothing of the
 * record is put into a link by accident.
 */
import { openAttachmentKey, sealAttachmentKey } from './attachment.ts';
import { openEnvelopeText, sealEnvelope } from './envelope.ts';
import { asLinkCode, asRecordKey, textHash, type LinkCode, type RecordKey } from './keys.ts';
import {
  openCustomField,
  openPassword,
  sealCustomField,
  sealPassword,
  type WireCustomField,
} from './record.ts';
import { wipe } from './secrets.ts';

/** An attachment as a link names it; its content is fetched apart. */
export interface LinkedAttachment {
  readonly id: string;
  readonly name: string;
  readonly encryptedKey: string;
}

/** The members of a record that a link carries. */
export interface LinkItemData {
  readonly name: string;
  readonly login?: string | null;
  readonly url?: string | null;
  readonly description?: string | null;
  readonly passwordEncrypted?: string | null;
  readonly attachments?: readonly LinkedAttachment[];
  readonly customs?: readonly WireCustomField[];
}

/** `keyHash` of a link: lower-case hex SHA-256 of its code. Throws `emptyKey`. */
export function linkKeyHash(code: LinkCode): string {
  return textHash(asLinkCode(code));
}

/** `keyEncrypted` of a link: its code under the record key, so that it can be shown again. */
export function sealLinkCode(code: LinkCode, recordKey: RecordKey, salt?: Uint8Array): string {
  asLinkCode(code);
  return sealEnvelope(code, recordKey, salt);
}

/** The code in a link's `keyEncrypted`. Throws `undecipherable` or `emptyKey`. */
export function openLinkCode(wire: string, recordKey: RecordKey): LinkCode {
  return asLinkCode(openEnvelopeText(wire, recordKey));
}

/**
 * The record's data encrypted under the link's code: password, custom fields and attachment keys.
 * Plain members are copied; members that a link does not carry are left out. The record itself is
 * not touched. Throws `undecipherable` when a value does not open, `emptyKey`.
 */
export function reencryptForLink(item: LinkItemData, recordKey: RecordKey, code: LinkCode): LinkItemData {
  // Whoever opens a link uses the code where a member of the vault uses the record key.
  const linkKey = asRecordKey(code);
  const { name, login, url, description, passwordEncrypted, attachments, customs } = item;
  return {
    name,
    ...(login === undefined ? {} : { login }),
    ...(url === undefined ? {} : { url }),
    ...(description === undefined ? {} : { description }),
    ...(passwordEncrypted === undefined
      ? {}
      : { passwordEncrypted: movePassword(passwordEncrypted, recordKey, linkKey) }),
    ...(attachments === undefined
      ? {}
      : { attachments: attachments.map((attachment) => moveAttachment(attachment, recordKey, linkKey)) }),
    ...(customs === undefined
      ? {}
      : { customs: customs.map((field) => moveField(field, recordKey, linkKey)) }),
  };
}

function movePassword(wire: string | null, from: RecordKey, to: RecordKey): string | null {
  const password = openPassword(wire, from);
  if (password === undefined) return wire;
  const moved = sealPassword(password, to);
  wipe(password);
  return moved;
}

function moveField(field: WireCustomField, from: RecordKey, to: RecordKey): WireCustomField {
  const opened = openCustomField(field, from);
  const moved = sealCustomField(opened, to);
  wipe(opened.value);
  return moved;
}

function moveAttachment(attachment: LinkedAttachment, from: RecordKey, to: RecordKey): LinkedAttachment {
  const key = openAttachmentKey(attachment.encryptedKey, from);
  const encryptedKey = sealAttachmentKey(key, to);
  wipe(key);
  return { id: attachment.id, name: attachment.name, encryptedKey };
}
