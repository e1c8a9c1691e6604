/** Names of people whom a server states by their id alone. */
import type { NamedPerson } from '../../../contract/vaultadmin.ts';
import { listUsers } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

const usersPage = 1000;
/** As many people as are looked through for names. */
const mostUsers = 20_000;

/** The people with these ids, in this order: from the mirror, else as the server lists them. */
export async function namedPeople(account: OpenAccount, ids: readonly string[]): Promise<NamedPerson[]> {
  const known = new Map<string, NamedPerson>();
  for (const id of ids) {
    const user = account.mirror.users.get(id);
    if (user !== null) known.set(id, named(user));
  }
  for (let offset = 0; ids.some((id) => !known.has(id)) && offset < mostUsers; offset += usersPage) {
    const page = await listUsers(account.client, { offset, limit: usersPage });
    for (const user of page) if (!known.has(user.id)) known.set(user.id, named(user));
    if (page.length < usersPage) break;
  }
  return ids.map((userId) => known.get(userId) ?? { userId, name: '', login: '' });
}

/** How a person is shown: by full name, else by login. */
export function named(user: {
  readonly id: string;
  readonly fullName: string;
  readonly login: string;
}): NamedPerson {
  return { userId: user.id, name: user.fullName || user.login, login: user.login };
}
