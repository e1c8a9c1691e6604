/**
 * The face of a record: everything the read-only pane shows before a secret is asked for.
 *
 * Labels and types of custom fields are encrypted themselves and are opened here, since opening
 * a record asks for them; values are looked at only to tell whether they open, and wiped.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { AttachmentView, FieldView, RecordView } from '../../../contract/records.ts';
import { KeychainError, wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { StoredFolder, StoredRecord, StoredVault } from '../../mirror/model.ts';
import { openPasswordWith } from './recordsecrets.ts';
import type { RecordSecrets } from './recordsecrets.ts';

/** Where a record lies, as far as the mirror knows it. */
export interface RecordPlace {
  readonly vault: StoredVault | null;
  readonly vaultTrust: RecordView['vaultTrust'];
  readonly can: RecordView['can'];
  readonly pending: boolean;
  readonly conflictId: string | null;
  /** The record behind a shortcut or inbox entry, if it is here too. */
  readonly original: string | null;
  /** Outermost folder first. */
  readonly folders: readonly StoredFolder[];
}

const shownTypes: Readonly<Record<string, FieldView['type']>> = {
  text: 'text',
  password: 'password',
  totp: 'totp',
};

/** Builds the face of a record; a key or field that does not open is marked, never fatal. */
export function recordFace(record: StoredRecord, place: RecordPlace, secrets: RecordSecrets): RecordView {
  const fields = faceFields(record, secrets);
  return {
    id: record.id,
    kind: record.kind,
    name: record.name,
    login: record.login,
    urls: [...record.urls],
    description: record.description,
    tags: [...record.tags],
    color: record.color,
    favourite: record.favourite,
    vaultId: record.vaultId,
    vaultName: place.vault?.name ?? '',
    vaultTrust: place.vaultTrust,
    path: place.folders.map(({ id, name }) => ({ id, name })),
    fields: fields ?? [],
    attachments: record.attachments.map(attachmentFace),
    writable: record.writable && fields !== null && place.vaultTrust !== 'keyChanged',
    can: place.can,
    pending: place.pending,
    conflictId: place.conflictId,
    flagged: record.flagged,
    original: place.original,
    sender: record.sender,
    updatedAt: record.updatedAt,
    keyBroken: fields === null,
  };
}

/** The fields, or null when the record key itself does not open. */
function faceFields(record: StoredRecord, secrets: RecordSecrets): FieldView[] | null {
  try {
    return secrets.withRecordKey(record, (key) => [
      passwordFace(record, key),
      ...customFaces(record, key, secrets),
    ]);
  } catch (error) {
    if (isUnopened(error)) return null;
    throw error;
  }
}

function passwordFace(record: StoredRecord, key: RecordKey | null): FieldView {
  const face = { ref: { kind: 'password' }, type: 'password', label: '' } as const;
  try {
    const value = openPasswordWith(record.passwordEncrypted, key);
    const empty = value === null || value.length === 0;
    if (value) wipe(value);
    return { ...face, empty, broken: false };
  } catch (error) {
    if (!isUnopened(error)) throw error;
    return { ...face, empty: false, broken: true };
  }
}

function customFaces(record: StoredRecord, key: RecordKey | null, secrets: RecordSecrets): FieldView[] {
  return secrets.openCustoms(record, key).map((field, index): FieldView => {
    const ref = { kind: 'custom', index } as const;
    if (!field) return { ref, type: 'password', label: '', empty: false, broken: true };
    const empty = field.value.length === 0;
    wipe(field.value);
    // A type of a later protocol is shown like a password: masked.
    return { ref, type: shownTypes[field.type] ?? 'password', label: field.name, empty, broken: false };
  });
}

function attachmentFace(attachment: StoredRecord['attachments'][number]): AttachmentView {
  return {
    id: attachment.id,
    name: attachment.name,
    size: attachment.size,
    here: attachment.localFile !== null,
    pending: attachment.serverId === null,
  };
}

/** What "does not open" may look like; anything else is a fault of ours and is not hidden. */
function isUnopened(error: unknown): boolean {
  if (error instanceof KeychainError) return error.code === 'undecipherable' || error.code === 'emptyKey';
  return (
    error instanceof StrongroomError &&
    ['undecipherable', 'vaultKeyMissing', 'encryptionModeChanged'].includes(error.code)
  );
}
