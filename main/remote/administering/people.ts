/** Accounts of the organisation as an administrator manages them (API description, "People"). */
import { z } from 'zod';
import type { RemoteClient } from '../client.ts';
import { flag, listOf, serverId, shortText } from '../shapes.ts';
import { createdId } from '../writing.ts';
import { administer } from './refusals.ts';

const account = z.object({
  id: serverId,
  login: shortText,
  fullName: shortText,
  email: shortText,
  isBlocked: flag,
  userRoleId: serverId,
  hasKeys: flag,
});
export type RemoteAccount = z.output<typeof account>;

const whole = account.extend({ userGroupIds: z.array(serverId).max(10_000) });
export type RemoteWholeAccount = z.output<typeof whole>;

/** The longest page that is asked for. */
export const accountsPage = 500;
const accounts = listOf(account, accountsPage);

export interface AccountsWish {
  readonly search?: string | undefined;
  readonly roleId?: string | undefined;
  readonly groupId?: string | undefined;
  readonly blocked?: boolean | undefined;
  readonly offset: number;
  /** At most `accountsPage`. */
  readonly limit: number;
}

/** A page of accounts and how many match. @throws StrongroomError `forbidden`, network codes */
export async function listAccounts(
  client: RemoteClient,
  { search, roleId, groupId, blocked, offset, limit }: AccountsWish,
): Promise<{ items: RemoteAccount[]; total: number }> {
  const query = {
    ...{ offset, limit },
    ...(search === undefined || search === '' ? {} : { search }),
    ...(roleId === undefined ? {} : { userRoleId: roleId }),
    ...(groupId === undefined ? {} : { userGroupId: groupId }),
    ...(blocked === undefined ? {} : { isBlocked: blocked ? '1' : '0' }),
  };
  const { items, total } = await administer(client, accounts, { method: 'GET', path: '/users', query });
  return { items, total: total ?? offset + items.length };
}

const pathOf = (userId: string, deed = ''): string => `/users/${serverId.parse(userId)}${deed}`;

export function readAccount(client: RemoteClient, userId: string): Promise<RemoteWholeAccount> {
  return administer(client, whole, { method: 'GET', path: pathOf(userId) });
}

export const accessLevel = z.enum(['forbidden', 'read', 'write', 'full', 'admin']);
const named = z.object({ id: serverId, name: shortText });
const reach = z.object({
  items: z
    .array(
      z.object({
        vault: named,
        access: accessLevel,
        source: z.object({
          kind: z.enum(['person', 'group', 'type', 'none']),
          folderId: serverId.nullable(),
          groups: z.array(named).max(1000),
        }),
        hasKey: flag,
      }),
    )
    .max(20_000),
  hiddenCount: z.number().int().nonnegative().catch(0),
});
export type RemoteReach = z.output<typeof reach>;

/** The vaults that a person reaches, and why. @throws StrongroomError `forbidden`, network codes */
export function readReach(client: RemoteClient, userId: string): Promise<RemoteReach> {
  return administer(client, reach, { method: 'GET', path: pathOf(userId, '/vaults') });
}

export interface NewAccount {
  readonly login: string;
  readonly fullName: string;
  readonly email: string;
  readonly password: string;
  readonly roleId: string | null;
  readonly groupIds: readonly string[];
}

/** Gives the new account's id. @throws StrongroomError `loginTaken`, `forbidden`, network codes */
export async function createAccount(client: RemoteClient, wanted: NewAccount): Promise<string> {
  const { login, fullName, email, password, roleId, groupIds } = wanted;
  const body = { login, fullName, email, password, userRoleId: roleId, userGroupIds: [...groupIds] };
  return (await administer(client, createdId, { method: 'POST', path: '/users', body })).id;
}

export interface AccountChange {
  readonly fullName?: string | undefined;
  readonly email?: string | undefined;
  readonly roleId?: string | undefined;
}

export function changeAccount(
  client: RemoteClient,
  userId: string,
  { fullName, email, roleId }: AccountChange,
): Promise<unknown> {
  const body = {
    ...(fullName === undefined ? {} : { fullName }),
    ...(email === undefined ? {} : { email }),
    ...(roleId === undefined ? {} : { userRoleId: roleId }),
  };
  return administer(client, z.unknown(), { method: 'PATCH', path: pathOf(userId), body });
}

/** What is done to an account without another word. */
export type AccountDeed = 'block' | 'unblock' | 'unlock' | 'reset-2fa';

/** @throws StrongroomError `notYourself`, `forbidden`, network codes */
export function actOnAccount(client: RemoteClient, userId: string, deed: AccountDeed): Promise<unknown> {
  return administer(client, z.unknown(), { method: 'POST', path: pathOf(userId, `/${deed}`), body: {} });
}

/** Another log-in password; every session of the person ends. */
export function setAccountPassword(client: RemoteClient, userId: string, password: string): Promise<unknown> {
  const path = pathOf(userId, '/password');
  return administer(client, z.unknown(), { method: 'POST', path, body: { password } });
}

const lost = z.object({ lostVaults: z.array(named).max(20_000) });
export type LostVault = z.output<typeof named>;

/** Deletes an account; gives the vaults that nobody has the key of any more. */
export async function deleteAccount(client: RemoteClient, userId: string): Promise<LostVault[]> {
  return (await administer(client, lost, { method: 'DELETE', path: pathOf(userId) })).lostVaults;
}

/** The vaults that only this person has the key of. */
export async function readHeldAlone(client: RemoteClient, userId: string): Promise<LostVault[]> {
  const path = pathOf(userId, '/reset-master-key');
  return (await administer(client, lost, { method: 'GET', path })).lostVaults;
}

const resetAnswer = lost.extend({ requested: z.number().int().nonnegative().catch(0) });

/** Drops a person's key pair; gives what is lost and in how many vaults the person waits. */
export function resetMasterKey(
  client: RemoteClient,
  userId: string,
): Promise<{ lostVaults: LostVault[]; requested: number }> {
  const path = pathOf(userId, '/reset-master-key');
  return administer(client, resetAnswer, { method: 'POST', path, body: {} });
}
