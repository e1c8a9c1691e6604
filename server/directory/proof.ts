/**
 * Whether a password is somebody's: by the hash that is stored here, or by asking the directory.
 *
 * The directory is asked only for accounts that are tied to an entry, and only where it may do
 * what the account may: whoever sets a directory up could let themselves in as anybody it vouches
 * for. The entry is found by its login and has to be the very one that the account is tied to.
 */
import { covers, permissionsOf } from '../access/permissions.ts';
import { verifyPassword } from '../identity/passwords.ts';
import type { User } from '../storage/people.ts';
import type { Repositories } from '../storage/storage.ts';
import { takesPassword, withDirectory } from './connection.ts';
import { readPerson } from './reading.ts';
import type { DirectorySettings } from './settings.ts';

type Read = Pick<Repositories, 'ldap' | 'users' | 'roles'>;

/** The directory that somebody logs in by; null when their password is kept here. */
export async function passwordDirectory(storage: Read, user: User): Promise<DirectorySettings | null> {
  if (!user.link || user.isOwner) return null;
  const settings = await storage.ldap.settings(user.organisationId);
  if (!settings?.logsIn) return null;
  const setter = await storage.users.find(settings.changedBy);
  const mayVouch =
    setter?.organisationId === user.organisationId &&
    covers(await permissionsOf(storage, setter), await permissionsOf(storage, user));
  return mayVouch ? settings : null;
}

/** Rejects with a `DirectoryProblem` when the directory cannot be asked. */
export async function provesPassword(storage: Read, user: User, password: string): Promise<boolean> {
  const settings = await passwordDirectory(storage, user);
  if (!settings) return verifyPassword(password, user.passwordHash);
  const person = await withDirectory(settings, (directory) => readPerson(directory, settings, user.login));
  if (!person || person.key !== user.link?.key) return false;
  return takesPassword(settings, person.dn, password);
}
