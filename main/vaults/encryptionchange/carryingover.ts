/** What a copy of an account made before client-side encryption was on, for the copy that is set up after it. */
import type { OpenAccount } from '../accounts/openaccount.ts';

/**
 * Hands over by what vault keys are known again that were made on this device, so that a server that
 * puts others in their place is not believed to deliver those. To be called before the first sync.
 */
export function carryKeysOver(open: Iterable<OpenAccount>, to: OpenAccount): void {
  if (to.mode !== 'client') return;
  for (const from of open) {
    if (from.mode === 'client' || from.closed || !isSamePerson(from, to)) continue;
    to.keysAhead.takeOver(
      from.keysAhead,
      from.mirror.vaults.all().map(({ serverId }) => serverId),
    );
  }
}

function isSamePerson(one: OpenAccount, other: OpenAccount): boolean {
  const [{ account, server }, { account: otherAccount, server: otherServer }] = [one.profile, other.profile];
  return account.userId === otherAccount.userId && server.origin === otherServer.origin;
}
