/**
 * Where an access comes from: the same rules as in `rights.ts`, told for anybody and with their
 * reason. A key that is missing is told beside the level, since it takes the level's effect and
 * not the level.
 */
import type { AccessEntry } from '../storage/access.ts';
import type { FolderShape } from '../storage/folders.ts';
import type { User } from '../storage/people.ts';
import type { Repositories } from '../storage/storage.ts';
import type { Vault } from '../storage/vaults.ts';
import type { AccessLevel } from './levels.ts';
import { administersByType, levelOn } from './rights.ts';

/** What a level follows from. */
export interface AccessSource {
  /** `type`: they administer every vault of the type. `none`: nothing names them. */
  kind: 'person' | 'group' | 'type' | 'none';
  /** The place of the entries that decide; null is the vault itself. */
  folderId: string | null;
  /** The groups through which it comes; of several those that give the highest level. */
  groupIds: string[];
}

export interface ExplainedAccess {
  userId: string;
  level: AccessLevel;
  source: AccessSource;
  /** Whether the vault key is wrapped for them; without it the level has no effect. */
  hasKey: boolean;
}

/** All that decides on access in one vault. */
export interface VaultStanding {
  vault: Vault;
  entries: readonly AccessEntry[];
  folders: readonly FolderShape[];
  holders: ReadonlySet<string>;
  /** Those who administer every vault of the type. */
  typeAdministrators: ReadonlySet<string>;
}

/** Reads what decides on access in a vault. */
export async function standingOf(storage: Repositories, vault: Vault): Promise<VaultStanding> {
  const [entries, folders, holders, users] = await Promise.all([
    storage.access.ofVault(vault.id),
    storage.folders.tree([vault.id]),
    storage.vaultKeys.holders(vault.id),
    vault.type === 'company' ? storage.users.administrators(vault.organisationId) : [],
  ]);
  const byType =
    vault.customTypeId === null
      ? users.filter((user) => administersByType(vault, user.role, new Set())).map(({ id }) => id)
      : await storage.vaultTypes.administrators(vault.customTypeId);
  return { vault, entries, folders, holders, typeAdministrators: new Set(byType) };
}

/** What decides on the access of one person in some vaults: only what concerns them is read. */
export async function standingsOf(
  storage: Repositories,
  person: Pick<User, 'id' | 'role'>,
  groupIds: readonly string[],
  vaults: readonly Vault[],
): Promise<VaultStanding[]> {
  const ids = vaults.map(({ id }) => id);
  const [entries, typeIds, keys] = await Promise.all([
    storage.access.concerning(person.id, groupIds),
    storage.vaultTypes.administeredBy(person.id),
    storage.vaultKeys.of(person.id, ids),
  ]);
  const entriesOf = Map.groupBy(entries, (entry) => entry.vaultId);
  const withFolders = entries.filter((entry) => entry.folderId !== null).map((entry) => entry.vaultId);
  const tree = await storage.folders.tree([...new Set(withFolders)]);
  const foldersOf = Map.groupBy(tree, (folder) => folder.vaultId);
  return vaults.map((vault) => ({
    ...{ vault, entries: entriesOf.get(vault.id) ?? [], folders: foldersOf.get(vault.id) ?? [] },
    holders: new Set(keys.has(vault.id) ? [person.id] : []),
    typeAdministrators: new Set(administersByType(vault, person.role, typeIds) ? [person.id] : []),
  }));
}

/** The level of a person on a place (null is the vault itself), and where it comes from. */
export function explainAccess(
  standing: VaultStanding,
  userId: string,
  groupIds: ReadonlySet<string>,
  folderId: string | null,
): ExplainedAccess {
  const hasKey = standing.holders.has(userId);
  if (standing.typeAdministrators.has(userId)) {
    return { userId, level: 'admin', source: { kind: 'type', folderId: null, groupIds: [] }, hasKey };
  }
  const parents = new Map(standing.folders.map((folder) => [folder.id, folder.parentId]));
  const concerning = standing.entries.filter(
    (entry) => entry.userId === userId || (entry.groupId !== null && groupIds.has(entry.groupId)),
  );
  for (let place = folderId; ; place = place === null ? null : (parents.get(place) ?? null)) {
    const own = concerning.filter((entry) => entry.folderId === place);
    const level = levelOn(own);
    if (level !== undefined) {
      const isPersonal = own.some((entry) => entry.userId !== null);
      const giving = isPersonal ? [] : own.filter((entry) => entry.level === level);
      const groups = giving.flatMap((entry) => (entry.groupId === null ? [] : [entry.groupId]));
      const kind = isPersonal ? 'person' : 'group';
      return { userId, level, source: { kind, folderId: place, groupIds: groups }, hasKey };
    }
    if (place === null) break;
  }
  return { userId, level: 'forbidden', source: { kind: 'none', folderId: null, groupIds: [] }, hasKey };
}
