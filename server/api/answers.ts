/** The shapes in which vaults, folders, records and snapshots are answered. */
import { z } from 'zod';
import type { AccessLevel } from '../access/levels.ts';
import { compareLevels, levelNames, rightsAt } from '../access/levels.ts';
import type { VaultAccess } from '../access/rights.ts';
import { vaultTypeId } from '../access/vocabulary.ts';
import type { BinEntry } from '../storage/bin.ts';
import type { Item, ItemContent } from '../storage/items.ts';
import type { Snapshot } from '../storage/snapshots.ts';
import type { Folder } from '../storage/folders.ts';
import type { Vault } from '../storage/vaults.ts';
import { objectId } from './schemas.ts';

export const pathSchema = z.array(
  z.object({ name: z.string(), vaultId: objectId, folderId: objectId.nullable() }),
);

export const vaultSchema = z.object({
  id: objectId,
  name: z.string(),
  typeId: objectId,
  permissions: z.array(z.string()),
  masterKeyEncrypted: z.string().nullable(),
  masterKeyHash: z.string().nullable(),
  salt: z.string().nullable(),
  isVisible: z.boolean(),
  directoryAccess: z.object({ isViewingAccess: z.boolean(), access: z.string(), accessName: z.string() }),
  canLeaveVault: z.boolean(),
  canChangeVaultType: z.boolean(),
  description: z.string(),
  isShared: z.boolean(),
  settings: z.object({ areLinksAllowed: z.boolean(), isSendingAllowed: z.boolean() }),
});

/** What of a vault depends on its reader beside their access. */
export interface VaultView {
  /** The vaults that the reader has put out of their sight. */
  hidden: ReadonlySet<string>;
  /** Those that more than one person or a group was let into. */
  shared: ReadonlySet<string>;
}

/** A vault as its reader sees it. */
export function vaultAnswer(access: VaultAccess, view: VaultView) {
  const { vault, wrappedKey } = access;
  const level: AccessLevel = access.levelAt(null);
  const rights = rightsAt(level);
  return {
    id: vault.id,
    name: vault.name,
    typeId: vault.customTypeId ?? vaultTypeId(vault.type),
    permissions: [...rights],
    masterKeyEncrypted: wrappedKey,
    masterKeyHash: vault.masterKeyHash,
    salt: vault.salt,
    isVisible: !view.hidden.has(vault.id),
    directoryAccess: {
      isViewingAccess: rights.has('directory:access:read'),
      access: level,
      accessName: levelNames[level],
    },
    canLeaveVault: compareLevels(level, 'admin') < 0,
    canChangeVaultType: level === 'admin',
    description: vault.description,
    isShared: vault.type !== 'privateShared' || view.shared.has(vault.id),
    settings: vault.settings,
  };
}

/** The vault and the folders above a place, outermost first; the place itself is the last. */
export function pathTo(vault: Vault, folders: ReadonlyMap<string, Folder>, folderId: string | null) {
  const path: z.output<typeof pathSchema> = [];
  let next = folderId;
  while (next !== null) {
    const folder = folders.get(next);
    if (!folder) break;
    path.unshift({ name: folder.name, vaultId: vault.id, folderId: folder.id });
    next = folder.parentId;
  }
  path.unshift({ name: vault.name, vaultId: vault.id, folderId: null });
  return path;
}

export const folderSchema = z.object({
  id: objectId,
  name: z.string(),
  vaultId: objectId,
  parentFolderId: objectId.nullable(),
  color: z.number().nullable(),
  permissions: z.array(z.string()),
  path: pathSchema,
});

/** A folder as its reader sees it; its path ends with its parent. */
export function folderAnswer(folder: Folder, access: VaultAccess, folders: ReadonlyMap<string, Folder>) {
  return {
    id: folder.id,
    name: folder.name,
    vaultId: folder.vaultId,
    parentFolderId: folder.parentId,
    color: folder.color,
    permissions: [...rightsAt(access.levelAt(folder.id))],
    path: pathTo(access.vault, folders, folder.parentId),
  };
}

/** An attachment as records list it. */
export const attachmentEntrySchema = z.object({ id: objectId, encryptedKey: z.string(), name: z.string() });

/** Members that a short listing leaves out. */
const secretMembers = {
  passwordEncrypted: z.string().nullable(),
  keyEncrypted: z.string().nullable(),
  customs: z.array(z.looseObject({ name: z.string(), value: z.string(), type: z.string() })),
  attachments: z.array(attachmentEntrySchema),
  vaultMasterKeyEncrypted: z.string().nullable(),
};

const openMembers = {
  id: objectId,
  vaultId: objectId,
  folderId: objectId.nullable(),
  name: z.string(),
  login: z.string(),
  url: z.string(),
  urls: z.array(z.string()),
  description: z.string().nullable(),
  tags: z.array(z.string()),
  fieldsOrder: z.unknown(),
  isDeleted: z.boolean(),
  color: z.number(),
  isFavorite: z.boolean(),
  createdAt: z.number(),
  updatedAt: z.number(),
  revision: z.number(),
};

/** What a record in the bin carries besides. */
const binMembers = { binItemId: objectId.optional(), deletedAt: z.number().optional() };

export const itemSchema = z.object({ ...openMembers, ...secretMembers, ...binMembers });
export const listedItemSchema = z.object({ ...openMembers, ...z.object(secretMembers).partial().shape });

/** What depends on who asks for a record. */
export interface ItemViewer {
  wrappedKey: string | null;
  isFavorite: boolean;
}

function openAnswer(item: Item, isFavorite: boolean) {
  const { id, vaultId, folderId, name, login, url, urls, description, tags, color } = item;
  const { createdAt, updatedAt, revision } = item;
  const fieldsOrder = item.fieldsOrder ?? null;
  return {
    ...{ id, vaultId, folderId, name, login, url, urls, description, tags, fieldsOrder },
    ...{ isDeleted: false, color, isFavorite, createdAt, updatedAt, revision },
  };
}

/** Attachments as records list them: without data and hash. */
export function attachmentEntries(content: ItemContent) {
  return content.attachments.map(({ id, encryptedKey, name }) => ({ id, encryptedKey, name }));
}

/** A whole record. */
export function itemAnswer(item: Item, viewer: ItemViewer) {
  return {
    ...openAnswer(item, viewer.isFavorite),
    passwordEncrypted: item.passwordEncrypted,
    keyEncrypted: item.keyEncrypted,
    customs: item.customs,
    attachments: attachmentEntries(item),
    vaultMasterKeyEncrypted: viewer.wrappedKey,
  };
}

/** A whole record in the bin. */
export function binnedItemAnswer(item: Item, viewer: ItemViewer, entry: BinEntry) {
  const { id: binItemId, deletedAt } = entry;
  return { ...itemAnswer(item, viewer), isDeleted: true, binItemId, deletedAt };
}

export const binnedFolderSchema = z.object({
  binItemId: objectId,
  deletedAt: z.number(),
  name: z.string(),
  vaultId: objectId,
  parentFolderId: objectId.nullable(),
});

/** A folder in the bin, as the change feed tells it. */
export function binnedFolderAnswer({ name, vaultId, parentId }: Folder, entry: BinEntry) {
  const { id: binItemId, deletedAt } = entry;
  return { binItemId, deletedAt, name, vaultId, parentFolderId: parentId };
}

/** A record in a listing of the kind that the server is set to. */
export function listedItemAnswer(
  item: Item,
  viewer: ItemViewer,
  listing: 'full' | 'short' | undefined,
): z.output<typeof listedItemSchema> {
  return listing === 'short' ? openAnswer(item, viewer.isFavorite) : itemAnswer(item, viewer);
}

export const snapshotSchema = z.object({
  id: objectId,
  itemId: objectId,
  name: z.string(),
  login: z.string(),
  url: z.string(),
  urls: z.array(z.string()),
  description: z.string().nullable(),
  tags: z.array(z.string()),
  color: z.number(),
  fieldsOrder: z.unknown(),
  passwordEncrypted: secretMembers.passwordEncrypted,
  keyEncrypted: secretMembers.keyEncrypted,
  customs: secretMembers.customs,
  attachments: secretMembers.attachments,
  creatorId: objectId,
  creator: z.looseObject({ id: objectId }).nullable(),
  createdAt: z.number(),
  revision: z.number(),
});

/** A former state of a record. */
export function snapshotAnswer(snapshot: Snapshot, creator: { id: string } | null) {
  const { id, itemId, name, login, url, urls, description, tags, color, customs } = snapshot;
  const { passwordEncrypted, keyEncrypted, creatorId, createdAt, revision } = snapshot;
  return {
    ...{ id, itemId, name, login, passwordEncrypted, url, urls, customs, tags, color },
    ...{ attachments: attachmentEntries(snapshot), creatorId, createdAt, keyEncrypted, description },
    ...{ fieldsOrder: snapshot.fieldsOrder ?? null, creator, revision },
  };
}
