/**
 * The moment in which a vault's new key takes the place of the old one. To be called in one
 * transaction: nobody ever reads a record under one key and its vault under the other.
 */
import type { KeyedKind } from '../storage/administrationtables.ts';
import type { Repositories } from '../storage/storage.ts';
import type { Keyed, PutBy, Rekeying } from '../storage/rekeying.ts';
import { keyedKinds } from '../storage/rekeying.ts';
import type { Vault } from '../storage/vaults.ts';
import { publicKeyFingerprint } from '../identity/publickeys.ts';
import type { Cause, RaisedRequest } from './entitlement.ts';
import { isEntitled, settleKeys } from './entitlement.ts';
import { endShares } from './shares.ts';

const portion = 500;

/** Everything of a vault that carries a record key, in portions. */
async function* keyedOf(storage: Repositories, vaultId: string): AsyncGenerator<readonly Keyed[]> {
  for (const kind of keyedKinds) {
    for (let after: string | null = ''; after !== null;) {
      const { keyed, last } = await storage.rekeyings.walk(vaultId, kind, after, portion);
      if (keyed.length > 0) yield keyed;
      after = last;
    }
  }
}

/** What was put by for everything that carries a record key of a vault, by kind and id. */
export type Rewrapped = ReadonlyMap<KeyedKind, readonly ReadonlyMap<string, PutBy>[]>;

/**
 * All that was put by, in portions, if nothing is missing; null where a record key has nothing put
 * by that is made from the key it has now.
 */
export async function wholeOrNothing(
  storage: Repositories,
  { id, vaultId }: Rekeying,
): Promise<Rewrapped | null> {
  const whole = new Map<KeyedKind, ReadonlyMap<string, PutBy>[]>();
  for await (const keyed of keyedOf(storage, vaultId)) {
    const current = await storage.rekeyings.currentPutBy(id, keyed);
    const [first] = keyed;
    if (!first || current.size < keyed.length) return null;
    whole.set(first.kind, [...(whole.get(first.kind) ?? []), current]);
  }
  return whole;
}

/** The records that get a record key of their own, and not only the one they have under another vault key. */
const renewed = (putBy: ReadonlyMap<string, PutBy>): string[] =>
  [...putBy].filter(([, each]) => typeof each !== 'string').map(([id]) => id);

/**
 * Puts the new key in force. Those for whom it was wrapped and who may still enter get theirs, if
 * they still have the public key that it was wrapped for; everybody else who may enter gets a request.
 */
export async function putInForce(
  storage: Repositories,
  vault: Vault,
  rekeying: Rekeying,
  rewrapped: Rewrapped,
  cause: Cause,
): Promise<RaisedRequest[]> {
  const by = { editorId: cause.requesterId, at: cause.at };
  for (const [kind, portions] of rewrapped) {
    for (const putBy of portions) {
      await endShares(storage, renewed(putBy));
      await storage.rekeyings.rewrap(kind, putBy, by);
    }
  }
  const holders = await storage.vaultKeys.holders(vault.id);
  await storage.rekeyings.replaceKey(vault, rekeying);
  await handOut(storage, vault, rekeying);
  await storage.rekeyings.remove(rekeying.id);
  return settleKeys(storage, [vault.id], [...holders], cause);
}

/** Gives the new key to those for whom it was wrapped, who may still enter and have that key pair. */
export async function handOut(storage: Repositories, vault: Vault, rekeying: Rekeying): Promise<void> {
  for (const [userId, key] of await storage.rekeyings.keys(rekeying.id)) {
    const publicPem = (await storage.users.find(userId))?.keys?.public;
    const isSame = publicPem !== undefined && publicKeyFingerprint(publicPem) === key.publicKeyFingerprint;
    if (!isSame || !(await isEntitled(storage, vault, userId))) continue;
    await storage.vaultKeys.set(vault.id, userId, key.masterKeyEncrypted);
  }
}
