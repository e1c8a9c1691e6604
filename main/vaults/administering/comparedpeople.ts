/**
 * By what names this device knows people whose keys were compared. A server says which name belongs
 * to which account, and may say another one tomorrow; the name under which somebody compared a key
 * stays here.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { RosterPerson } from '../../keychain/index.ts';
import { readAccount } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { named, namedPeople } from './names.ts';

/**
 * Everybody whose key was compared on this device, under the names they were compared by. Who never
 * had a name here is without one.
 */
export function comparedPeople({ mirror }: OpenAccount): RosterPerson[] {
  return mirror.pins.comparedKeys().map(({ userId, fingerprint }) => {
    const { name, login } = mirror.rosters.comparedAs(userId) ?? { name: '', login: '' };
    return { userId, name, login, fingerprint };
  });
}

/**
 * Remembers by what name a key was compared: the one that the person was shown, else the server's.
 * Without an answer of the server the log-in stays unknown.
 */
export async function rememberCompared(
  account: OpenAccount,
  userId: string,
  shownName: string,
): Promise<void> {
  const told = await answerOf(readAccount(account.client, userId));
  const { name, login } = told === null ? { name: '', login: '' } : named({ ...told, id: userId });
  const compared = { userId, name: shownName || name, login };
  if (compared.name !== '') keep(account, [compared]);
}

/** Finds names for those who were compared before this device remembered names. */
export async function learnNames(account: OpenAccount): Promise<void> {
  const { mirror } = account;
  const ids = mirror.pins.comparedKeys().map(({ userId }) => userId);
  const nameless = ids.filter((userId) => mirror.rosters.comparedAs(userId) === null);
  if (nameless.length === 0) return;
  const told = await answerOf(namedPeople(account, nameless));
  keep(
    account,
    (told ?? []).filter(({ name }) => name !== ''),
  );
}

function keep(
  { mirror }: OpenAccount,
  people: readonly { userId: string; name: string; login: string }[],
): void {
  mirror.durable(() => {
    for (const { userId, name, login } of people) {
      mirror.rosters.setComparedAs({ userId, name: bounded(name), login: bounded(login) });
    }
  });
}

/** As much of a name as a roster takes, and more than anybody has. */
const bounded = (name: string): string => name.slice(0, 1000);

/** Null where the server gives none: a comparison holds without a name. */
async function answerOf<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (failure) {
    if (failure instanceof StrongroomError && failure.code !== 'locked') return null;
    throw failure;
  }
}
