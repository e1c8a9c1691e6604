/** Who administers vaults, for telling whom a work waits for that only they can do. */
import type { Repositories } from '../storage/storage.ts';
import type { Vault } from '../storage/vaults.ts';
import { levelOn } from './rights.ts';

type Asked = Pick<Repositories, 'access' | 'groups' | 'users' | 'vaultTypes'>;

/** Asks for one vault after another; what several of them have in common is asked for once. */
export function administeringIn(storage: Asked) {
  const members = new Map<string, string[]>();
  const membersOf = async (groupId: string): Promise<string[]> => {
    const known = members.get(groupId) ?? (await storage.groups.memberIds(groupId));
    members.set(groupId, known);
    return known;
  };
  const ofTypes = new Map<string, string[]>();
  const byType = async ({ type, customTypeId, organisationId }: Vault): Promise<string[]> => {
    const key = customTypeId ?? type;
    const known = ofTypes.get(key);
    if (known) return known;
    const custom = customTypeId === null ? [] : await storage.vaultTypes.administrators(customTypeId);
    const company = type === 'company' ? await storage.users.administrators(organisationId) : [];
    const found = [...custom, ...company.map(({ id }) => id)];
    ofTypes.set(key, found);
    return found;
  };

  /** The people who have the level `admin` on a vault itself, with its key or without. */
  return async (vault: Vault): Promise<string[]> => {
    const entries = await storage.access.ofVault(vault.id);
    const concerning = new Map<string, typeof entries>();
    for (const entry of entries) {
      if (entry.folderId !== null) continue;
      const own = entry.userId !== null ? [entry.userId] : await membersOf(entry.groupId ?? '');
      for (const userId of own) concerning.set(userId, [...(concerning.get(userId) ?? []), entry]);
    }
    const named = [...concerning].filter(([, of]) => levelOn(of) === 'admin').map(([userId]) => userId);
    return [...new Set([...named, ...(await byType(vault))])];
  };
}
