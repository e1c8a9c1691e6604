/**
 * What an account was enrolled as: server, trust, person, mode of encryption.
 *
 * `profile.json` says all of it in the clear, since the list of accounts is shown before
 * anything is unlocked, and so whoever can write to the disk can change it. The facts are
 * therefore sealed into the mirror at enrolment and compared at each unlock, before there is a
 * connection: a profile that was pointed at another server must not be sent the tokens or the
 * hash of the master key that the unlock has just opened.
 */
import type { Profile } from '../../custody/index.ts';

/** One spelling of the facts, to be sealed and compared. */
export function enrolledFacts({ id, server, account, mode }: Profile): Buffer {
  const { origin, trust } = server;
  const pinned = trust.kind === 'pinned' ? [trust.fingerprint, trust.certificatePem] : [];
  const { userId, login, fullName } = account;
  return Buffer.from(
    JSON.stringify([id, origin, trust.kind, ...pinned, userId, login, fullName, mode]),
    'utf8',
  );
}
