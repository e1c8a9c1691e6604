/**
 * The one gate for wraps, opened for a while with a pair that is not in force yet: an account without
 * client-side encryption has no private key of its own, so the gate is lent the one that the master
 * password has opened. Pins and rules are those of the account.
 */
import type { PrivateKey } from '../../keychain/index.ts';
import { Recipients } from '../../sync/index.ts';
import type { Recipient, RecipientWish } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

/** Requests under way at the same time. */
const askedAtOnce = 4;

export interface Admitted {
  readonly own: Recipient;
  readonly others: readonly Recipient[];
}

/** @throws StrongroomError the codes of `Recipients.admit` and `Recipients.own`, network codes */
export async function admitAll(
  account: OpenAccount,
  privateKey: PrivateKey,
  wishes: readonly RecipientWish[],
): Promise<Admitted> {
  const { mirror, client } = account;
  const gate = new Recipients({
    ...{ mirror, client, now: Date.now },
    privateKey: () => privateKey,
    ownPublicKey: () => account.ownPublicKey(),
    rosters: account.rosters,
  });
  const own = gate.own();
  const waiting = wishes.filter(({ userId }) => userId !== own.userId);
  const others: Recipient[] = [];
  const work = async (): Promise<void> => {
    for (let wish = waiting.shift(); wish !== undefined; wish = waiting.shift()) {
      others.push(await gate.admit(wish));
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, work));
  return { own, others };
}
