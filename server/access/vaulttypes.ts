/** The vault types of an organisation: the built-in ones with what it has set for them, and its own. */
import type { User } from '../storage/people.ts';
import type { Repositories } from '../storage/storage.ts';
import type { VaultTypeRules } from '../storage/vaulttypes.ts';
import { usualVaultTypeRules } from '../storage/vaulttypes.ts';
import type { Caller } from './rights.ts';
import type { VaultTypeCode } from './vocabulary.ts';
import { vaultTypes } from './vocabulary.ts';

export interface AnyVaultType {
  id: string;
  code: VaultTypeCode;
  name: string;
  rules: VaultTypeRules;
}

/** Every vault type of an organisation, the built-in ones first. */
export async function vaultTypesOf(
  storage: Pick<Repositories, 'vaultTypes'>,
  organisationId: string,
): Promise<AnyVaultType[]> {
  const stored = await storage.vaultTypes.list(organisationId);
  const byId = new Map(stored.map((type) => [type.id, type]));
  const builtIn = vaultTypes.map((type) => {
    const set = byId.get(type.id);
    return { ...type, name: set?.name ?? type.name, rules: set?.rules ?? usualVaultTypeRules };
  });
  const builtInIds = new Set<string>(vaultTypes.map(({ id }) => id));
  const own = stored
    .filter(({ id }) => !builtInIds.has(id))
    .map(({ id, name, rules }) => ({ id, code: 'custom' as const, name: name ?? '', rules }));
  return [...builtIn, ...own];
}

/**
 * Those who get into every vault of a type: whoever creates one wraps its key for them. With
 * client-side encryption only those who have a key pair yet.
 */
export async function typeAdministrators(
  storage: Pick<Repositories, 'vaultTypes' | 'users'>,
  caller: Pick<Caller, 'organisationId' | 'clientSideEncryption'>,
  type: Pick<AnyVaultType, 'id' | 'code'>,
): Promise<User[]> {
  if (type.code === 'privateShared') return [];
  const users =
    type.code === 'custom'
      ? [...(await storage.users.findMany(await storage.vaultTypes.administrators(type.id))).values()]
      : await storage.users.administrators(caller.organisationId);
  return users.filter((user) => !user.isDeleted && (!caller.clientSideEncryption || user.keys !== null));
}

/** Whether somebody may create vaults of a type. */
export function mayCreate(
  caller: Pick<Caller, 'userId' | 'permissions'>,
  type: AnyVaultType,
  administratorIds: readonly string[],
): boolean {
  if (type.rules.creation === 'everyone') return true;
  if (type.rules.creation === 'nobody') return false;
  return caller.permissions.has('vaultTypes:manage') || administratorIds.includes(caller.userId);
}
