/**
 * Every decision about who may do what is made here.
 *
 * Rules, from Passwork 7's "Access rights" guide and, where it is silent, chosen here:
 * - A folder has the access of its nearest ancestor, the vault included, that has an
 *   entry concerning the person.
 * - On one place a personal entry wins over those of groups; of several groups the
 *   highest level counts.
 * - Administrators of the organisation administer company vaults, and those of a vault type the
 *   vaults of that type; neither can be demoted there.
 * - With client-side encryption a level is worth nothing until the vault key has been
 *   wrapped for the person: until then the vault does not exist for them.
 * - A shortcut opens its record to those who may read the shortcut's place, and an inbox
 *   entry to its receiver, for reading and, where given, for editing. Nothing more; whoever
 *   may do less with it in its vault may do that.
 */
import type { InboxEntry, Shortcut } from '../storage/sharing.ts';
import type { Item } from '../storage/items.ts';
import type { Repositories } from '../storage/storage.ts';
import type { AccessEntry } from '../storage/access.ts';
import type { DeletedVault, Vault } from '../storage/vaults.ts';
import type { AccessLevel, Right } from './levels.ts';
import { compareLevels, highestLevel, rightsAt } from './levels.ts';
import type { Permission, RoleCode } from './vocabulary.ts';

/** The person on whose behalf a request is made. */
export interface Caller {
  userId: string;
  login: string;
  organisationId: string;
  clientSideEncryption: boolean;
  role: RoleCode;
  /** What the role lets them do in the organisation. */
  permissions: ReadonlySet<Permission>;
  isOwner: boolean;
  sessionId: string;
}

/** What one person may do in one vault. */
export interface VaultAccess {
  readonly vault: Vault;
  /** The vault key wrapped for the person; null without client-side encryption. */
  readonly wrappedKey: string | null;
  /** The level on the vault itself (`null`) or on a folder of it, in the bin or not. */
  levelAt(folderId: string | null): AccessLevel;
  /** Whether the place exists, is not in the bin, and may be read. */
  canRead(folderId: string | null): boolean;
  /** The vault and its folders where records may be read; `null` stands for the vault itself. */
  readablePlaces(): (string | null)[];
  /** True when every place of the vault is readable, which is the usual case. */
  readonly wholeIsReadable: boolean;
  /** The same with the folders that are in the bin, or of a vault that is. */
  readonly nothingIsClosed: boolean;
}

/** What one person may do with one record. */
export interface ItemAccess {
  readonly item: Item;
  readonly rights: ReadonlySet<Right>;
  /** The record's vault key wrapped for the person; null when they reach it another way. */
  readonly wrappedKey: string | null;
}

interface FolderTree {
  /** The parent of every folder, those in the bin included. */
  readonly parents: ReadonlyMap<string, string | null>;
  readonly binned: ReadonlySet<string>;
}

/** Whether somebody administers a vault for the sake of its type; `typeIds` are those they administer. */
export function administersByType(
  vault: Pick<Vault, 'type' | 'customTypeId'>,
  role: RoleCode,
  typeIds: ReadonlySet<string>,
): boolean {
  if (vault.type === 'company') return role === 'administrator';
  return vault.customTypeId !== null && typeIds.has(vault.customTypeId);
}

/** The level that entries on one place, all concerning one person, amount to. */
export function levelOn(entries: readonly AccessEntry[]): AccessLevel | undefined {
  const personal = entries.find((entry) => entry.userId !== null);
  if (personal) return personal.level;
  return entries.length > 0 ? highestLevel(entries.map((entry) => entry.level)) : undefined;
}

function vaultAccess(
  caller: Caller,
  vault: Vault,
  wrappedKey: string | null,
  entries: readonly AccessEntry[],
  { parents, binned }: FolderTree,
  administers: boolean,
): VaultAccess {
  const byPlace = Map.groupBy(entries, (entry) => entry.folderId);
  const known = new Map<string | null, AccessLevel>();
  const withoutKey = caller.clientSideEncryption && wrappedKey === null;

  const resolve = (folderId: string | null): AccessLevel => {
    if (withoutKey) return 'forbidden';
    if (administers) return 'admin';
    const own = levelOn(byPlace.get(folderId) ?? []);
    if (own !== undefined) return own;
    return folderId === null ? 'forbidden' : levelAt(parents.get(folderId) ?? null);
  };
  const levelAt = (folderId: string | null): AccessLevel => {
    const level = known.get(folderId) ?? resolve(folderId);
    known.set(folderId, level);
    return level;
  };
  const canRead = (place: string | null): boolean =>
    (place === null || (parents.has(place) && !binned.has(place))) &&
    compareLevels(levelAt(place), 'read') >= 0;
  const readablePlaces = () => [null, ...parents.keys()].filter(canRead);

  return {
    vault,
    wrappedKey,
    levelAt,
    canRead,
    readablePlaces,
    get wholeIsReadable() {
      return readablePlaces().length === parents.size - binned.size + 1;
    },
    get nothingIsClosed() {
      return [null, ...parents.keys()].every((place) => compareLevels(levelAt(place), 'read') >= 0);
    },
  };
}

/** The rights of the people of one server. `storage` may be that of a transaction. */
export function rightsOver(storage: Repositories) {
  async function inVaults(caller: Caller, vaults: readonly Vault[]): Promise<VaultAccess[]> {
    const ids = vaults.map((vault) => vault.id);
    const [groupIds, typeIds, keys, tree] = await Promise.all([
      storage.groups.groupIdsOf(caller.userId),
      storage.vaultTypes.administeredBy(caller.userId),
      storage.vaultKeys.of(caller.userId, ids),
      storage.folders.places(ids),
    ]);
    const entries = await storage.access.concerning(caller.userId, groupIds, ids);
    const entriesByVault = Map.groupBy(entries, (entry) => entry.vaultId);
    const foldersByVault = Map.groupBy(tree, (folder) => folder.vaultId);
    return vaults.map((vault) => {
      const folders = foldersByVault.get(vault.id) ?? [];
      const parents = new Map(folders.map((folder) => [folder.id, folder.parentId]));
      const binned = new Set(folders.filter((folder) => folder.isBinned).map((folder) => folder.id));
      const wrappedKey = keys.get(vault.id) ?? null;
      const own = entriesByVault.get(vault.id) ?? [];
      const administers = administersByType(vault, caller.role, typeIds);
      return vaultAccess(caller, vault, wrappedKey, own, { parents, binned }, administers);
    });
  }

  /** Access to a vault of the caller's organisation; undefined when there is no such vault. */
  async function toVault(caller: Caller, vaultId: string): Promise<VaultAccess | undefined> {
    const vault = await storage.vaults.find(vaultId);
    if (vault?.organisationId !== caller.organisationId) return undefined;
    return (await inVaults(caller, [vault]))[0];
  }

  /** Every vault in which the caller may read something. */
  async function toAllVaults(caller: Caller): Promise<VaultAccess[]> {
    const { userId, organisationId, role } = caller;
    const [groupIds, typeIds] = await Promise.all([
      storage.groups.groupIdsOf(userId),
      storage.vaultTypes.administeredBy(userId),
    ]);
    // Only what something names them in is opened: an organisation may have thousands of vaults.
    const [entries, ofTypes] = await Promise.all([
      storage.access.concerning(userId, groupIds),
      storage.vaults.idsOfTypes(organisationId, {
        ...{ builtIn: role === 'administrator' ? ['company'] : [], own: [...typeIds] },
      }),
    ]);
    const ids = [...entries.map((entry) => entry.vaultId), ...ofTypes];
    const vaults = await storage.vaults.findMany(ids);
    const own = vaults.filter((vault) => vault.organisationId === organisationId);
    const accesses = await inVaults(caller, own);
    return accesses.filter((access) => access.readablePlaces().length > 0);
  }

  function throughInbox(entries: readonly InboxEntry[]): Right[] {
    if (entries.length === 0) return [];
    return entries.some((entry) => entry.access === 'write') ? ['item:read', 'item:edit'] : ['item:read'];
  }

  async function throughShortcuts(caller: Caller, shortcuts: readonly Shortcut[]): Promise<Right[]> {
    const granted: Right[] = [];
    for (const shortcut of shortcuts) {
      const access = await toVault(caller, shortcut.vaultId);
      if (!access?.canRead(shortcut.folderId)) continue;
      const rights = rightsAt(access.levelAt(shortcut.folderId));
      if (rights.has('item:read')) granted.push('item:read');
      if (rights.has('item:edit')) granted.push('item:edit');
    }
    return granted;
  }

  /** Access to a record of the caller's organisation; undefined when there is no such record. */
  async function toItem(caller: Caller, itemId: string): Promise<ItemAccess | undefined> {
    const item = await storage.items.find(itemId);
    if (!item) return undefined;
    const access = await toVault(caller, item.vaultId);
    if (!access) return undefined;
    const own = rightsAt(access.levelAt(item.folderId));
    if (own.has('item:edit')) return { item, rights: own, wrappedKey: access.wrappedKey };
    const [shortcuts, received] = await Promise.all([
      storage.shortcuts.toItem(itemId),
      storage.inbox.receivedBy(caller.userId, itemId),
    ]);
    const given = [...throughInbox(received), ...(await throughShortcuts(caller, shortcuts))];
    // Whoever may only read in the vault keeps that, and its key, when they were sent more.
    const rights = new Set([...own, ...given]);
    return { item, rights, wrappedKey: own.has('item:read') ? access.wrappedKey : null };
  }

  /** Access to those of some vaults of the caller's organisation that are in the bin. */
  async function toDeletedVaults(caller: Caller, vaults: readonly DeletedVault[]): Promise<VaultAccess[]> {
    return inVaults(
      caller,
      vaults.filter((vault) => vault.organisationId === caller.organisationId),
    );
  }

  return { toVault, toAllVaults, toDeletedVaults, toItem };
}

export type Rights = ReturnType<typeof rightsOver>;
