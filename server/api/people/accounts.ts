/** How an account comes to be, for the owner of a new organisation and for everybody else. */
import { z } from 'zod';
import type { RoleCode } from '../../access/vocabulary.ts';
import { formatMasterKeyOptions, newMasterKeyOptions } from '../../identity/masterkey.ts';
import { hashPassword, passwordIterations } from '../../identity/passwords.ts';
import { newId } from '../../storage/ids.ts';
import type { Organisation, User } from '../../storage/people.ts';
import type { Repositories } from '../../storage/storage.ts';
import { shortestPassword } from '../application.ts';
import { masterKeyFingerprint } from '../authentication.ts';
import type { Context } from '../context.ts';
import { unixSeconds } from '../context.ts';
import { invalid } from '../errors.ts';
import { shortText } from '../schemas.ts';
import { newUserKeys, userKeysBody } from './userkeys.ts';

/** Members of every body that creates an account. */
export const accountBody = {
  login: shortText.min(1),
  email: shortText.default(''),
  fullName: shortText.default(''),
  password: z.string().min(shortestPassword).max(1_000),
  ...userKeysBody,
};
type SentAccount = z.output<z.ZodObject<typeof accountBody>>;

async function refuseTakenLogin(storage: Pick<Repositories, 'users'>, login: string): Promise<void> {
  if (await storage.users.findByLogin(login)) {
    throw invalid('loginTaken', 'login', 'This login is taken.');
  }
}

/**
 * Stores a new account. The login is looked up once more: hashing the password took a
 * while, and somebody else may have taken it meanwhile.
 */
export async function storeAccount(storage: Repositories, user: User, createdAt: number): Promise<void> {
  await refuseTakenLogin(storage, user.login);
  await storage.users.insert(user, createdAt);
}

/** An account as it is first stored. Refuses a login that anybody on the server has. */
export async function newAccount(
  context: Context,
  organisation: Pick<Organisation, 'id' | 'clientSideEncryption'>,
  sent: SentAccount,
  standing: { role: RoleCode; roleId: string | null; isOwner: boolean },
): Promise<User> {
  await refuseTakenLogin(context.storage, sent.login);
  const id = newId(context.clock());
  const keys = newUserKeys(organisation.clientSideEncryption, sent);
  return {
    id,
    organisationId: organisation.id,
    login: sent.login.trim(),
    email: sent.email,
    fullName: sent.fullName,
    ...standing,
    isBlocked: false,
    isDeleted: false,
    passwordHash: await hashPassword(sent.password, context.options.passwordIterations ?? passwordIterations),
    masterKeyOptions: keys?.masterKeyOptions ?? formatMasterKeyOptions(newMasterKeyOptions()),
    masterKeyFingerprint: keys ? masterKeyFingerprint(context, id, keys.masterKeyHash) : null,
    keys: keys?.keys ?? null,
    keysMadeAt: keys ? unixSeconds(context) : undefined,
  };
}
