/**
 * The moment in which a vault's new key takes the place of the old one. To be called in one
 * transaction: nobody ever reads a record under one key and its vault under the other.
 */
import type { Repositories } from '../storage/storage.ts';
import type { Keyed, Rekeying } from '../storage/rekeying.ts';
import { keyedKinds } from '../storage/rekeying.ts';
import type { Vault } from '../storage/vaults.ts';
import type { Cause, RaisedRequest } from './entitlement.ts';
import { isEntitled, settleKeys } from './entitlement.ts';

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

/** How many record keys of the vault have nothing put by that is made from the key they have now. */
export async function countMissing(storage: Repositories, { id, vaultId }: Rekeying): Promise<number> {
  let missing = 0;
  for await (const keyed of keyedOf(storage, vaultId)) {
    missing += keyed.length - (await storage.rekeyings.currentPutBy(id, keyed)).size;
  }
  return missing;
}

/**
 * Puts the new key in force. Those for whom it was wrapped and who may still enter get theirs, if
 * they still have the public key that it was wrapped for; everybody else who may enter gets a request.
 */
export async function putInForce(
  storage: Repositories,
  vault: Vault,
  rekeying: Rekeying,
  cause: Cause,
  fingerprintOf: (publicPem: string) => string | null,
): Promise<RaisedRequest[]> {
  const by = { editorId: cause.requesterId, at: cause.at };
  for await (const keyed of keyedOf(storage, vault.id)) {
    const rewrapped = await storage.rekeyings.currentPutBy(rekeying.id, keyed);
    for (const { kind, id } of keyed) {
      const key = rewrapped.get(id);
      if (key !== undefined) await storage.rekeyings.rewrap(kind, id, key, by);
    }
  }
  const holders = await storage.vaultKeys.holders(vault.id);
  await storage.rekeyings.replaceKey(vault, rekeying);
  for (const [userId, key] of await storage.rekeyings.keys(rekeying.id)) {
    const publicPem = (await storage.users.find(userId))?.keys?.public;
    const isSame = publicPem !== undefined && fingerprintOf(publicPem) === key.publicKeyFingerprint;
    if (!isSame || !(await isEntitled(storage, vault, userId))) continue;
    await storage.vaultKeys.set(vault.id, userId, key.masterKeyEncrypted);
  }
  await storage.rekeyings.remove(rekeying.id);
  return settleKeys(storage, [vault.id], [...holders], cause);
}
