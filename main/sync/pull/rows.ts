/**
 * From the server's answers to the rows of the mirror.
 *
 * Each row carries a hash of everything that was delivered, over a spelling of our own, so
 * that the same record has the same hash whether it came in a listing or by a batch.
 */
import { hash } from 'node:crypto';
import type {
  EncryptionMode,
  StoredAttachment,
  StoredCustomField,
  StoredFolder,
  StoredRecord,
  StoredVault,
} from '../../mirror/model.ts';
import type {
  RemoteFolder,
  RemoteInboxItem,
  RemoteItem,
  RemoteShortcut,
  RemoteVault,
  RemoteVaultType,
} from '../../remote/index.ts';

/** Hex SHA-256 of a value's JSON with the members of every object in order. */
export function contentHash(value: unknown): string {
  return hash('sha256', canonicalJson(value));
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

/** Codes of vault types whose vaults belong to a person; every other type is the organisation's. */
const personalTypeCode = /^(?:private|user|personal)/i;

export function vaultRow(vault: RemoteVault, types: readonly RemoteVaultType[]): StoredVault {
  const code = types.find(({ id }) => id === vault.typeId)?.code ?? '';
  const row = {
    id: vault.id,
    serverId: vault.id,
    name: vault.name,
    kind: personalTypeCode.test(code) ? ('personal' as const) : ('corporate' as const),
    typeId: vault.typeId,
    permissions: vault.permissions,
    access: vault.directoryAccess?.access || null,
    hidden: !vault.isVisible,
    keyWrapped: vault.masterKeyEncrypted,
    keySalt: vault.salt,
    keyHash: vault.masterKeyHash,
  };
  return { ...row, contentHash: contentHash(row) };
}

export function folderRow(folder: RemoteFolder): StoredFolder {
  const { id, name, vaultId, color } = folder;
  const row = { id, serverId: id, vaultId, parentId: folder.parentFolderId, name, color };
  return { ...row, contentHash: contentHash(row) };
}

/** A record of a vault. `vaultId` is the vault that was listed. */
export function recordRow(item: RemoteItem, vaultId: string, mode: EncryptionMode): StoredRecord {
  return finished(item, mode, {
    id: item.id,
    kind: 'record',
    vaultId,
    folderId: item.folderId,
    keyWrap: 'vault',
    keyWrapped: item.keyEncrypted,
    sender: null,
    writable: true,
    unread: false,
  });
}

/** A shortcut: another record's fields, with the record key wrapped for the vault where it lives. */
export function shortcutRow(item: RemoteShortcut, vaultId: string, mode: EncryptionMode): StoredRecord {
  return finished(item, mode, {
    id: item.shortcut.id,
    kind: 'shortcut',
    vaultId,
    folderId: item.shortcut.folderId,
    keyWrap: 'vault',
    keyWrapped: item.shortcut.keyEncrypted,
    sender: null,
    writable: false,
    unread: false,
  });
}

/** An inbox entry: somebody's record, with its key wrapped for this user. */
export function inboxRow(item: RemoteInboxItem, mode: EncryptionMode): StoredRecord {
  const { inbox } = item;
  return finished(item, mode, {
    id: inbox.id,
    kind: 'inbox',
    vaultId: null,
    folderId: null,
    keyWrap: 'rsa',
    keyWrapped: inbox.keyEncrypted,
    sender: inbox.sender ? inbox.sender.fullName || inbox.sender.login : null,
    writable: inbox.access === 'write',
    unread: !inbox.isViewed,
  });
}

type Placed = Pick<
  StoredRecord,
  'id' | 'kind' | 'vaultId' | 'folderId' | 'keyWrap' | 'keyWrapped' | 'sender' | 'writable' | 'unread'
>;

function finished(item: RemoteItem, mode: EncryptionMode, placed: Placed): StoredRecord {
  const delivered = {
    ...placed,
    serverId: placed.id,
    itemServerId: item.id,
    ...(mode === 'none' ? { keyWrap: 'none' as const, keyWrapped: null } : {}),
    name: item.name,
    login: item.login,
    urls: urlsOf(item),
    description: item.description,
    tags: item.tags,
    color: item.color,
    favourite: item.isFavorite,
    vaultKeyWrapped: mode === 'none' || placed.kind !== 'record' ? null : item.vaultMasterKeyEncrypted,
    passwordEncrypted: item.passwordEncrypted,
    customs: item.customs as readonly StoredCustomField[],
    attachments: item.attachments.map(attachmentRow),
    revision: item.revision,
    updatedAt: item.updatedAt,
  };
  return { ...delivered, contentHash: deliveredHash(delivered), flagged: false };
}

/**
 * Hash of a record as delivered, under the server's ids throughout. An attachment's id at the
 * server is its id here then, and counts once.
 */
export function deliveredHash(delivered: Omit<StoredRecord, 'contentHash' | 'flagged'>): string {
  const attachments = delivered.attachments.map(({ serverId: _, ...file }) => file);
  return contentHash({ ...delivered, attachments });
}

/** Servers of different age carry one `url`, a list `urls`, or both. */
function urlsOf({ url, urls }: RemoteItem): string[] {
  const all = url === '' || urls.includes(url) ? urls : [url, ...urls];
  return all.filter((text) => text !== '');
}

function attachmentRow(file: RemoteItem['attachments'][number]): StoredAttachment {
  const { id, name, encryptedKey, hash: fileHash } = file;
  return {
    id,
    serverId: id,
    name,
    encryptedKey: encryptedKey ?? '',
    hash: fileHash ?? null,
    size: null,
    localFile: null,
  };
}
