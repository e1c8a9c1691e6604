/**
 * What a copy of an account knows, for the copy that is set up because client-side encryption was
 * turned on or off. Without it a server could use the moment: everything would be seen for the first
 * time, the keys of other people and of vaults that were made here.
 */
import type { OpenAccount } from '../accounts/openaccount.ts';

/** To be called before the first sync of `to`; the accounts that are open hand over what is of use. */
export function carryTrustOver(open: Iterable<OpenAccount>, to: OpenAccount): void {
  for (const from of open) {
    if (from.mode === to.mode || from.closed || !isSamePerson(from, to)) continue;
    const { mirror } = to;
    mirror.durable(() => {
      for (const pin of from.mirror.pins.userKeys()) {
        if (mirror.pins.userKey(pin.userId) === null) mirror.pins.setUserKey(pin);
      }
      mirror.rosters.takeOver(from.mirror.rosters);
    });
    const vaultIds = from.mirror.vaults.all().map(({ serverId }) => serverId);
    if (to.mode === 'client') to.keysAhead.takeOver(from.keysAhead, vaultIds);
  }
}

function isSamePerson(one: OpenAccount, other: OpenAccount): boolean {
  const [{ account, server }, { account: otherAccount, server: otherServer }] = [one.profile, other.profile];
  return account.userId === otherAccount.userId && server.origin === otherServer.origin;
}
