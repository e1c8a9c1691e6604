/**
 * Sending record keys into vaults whose key may have changed (an addition of our server, feature
 * `vaultKeyCheck`): the server is told which key they are under, and refuses one that the vault has
 * no more, since nobody else could open the record.
 */
import { KeychainError, openRecordKey, sealRecordKey, wipe } from '../../keychain/index.ts';
import type { OutboxOperation } from '../../mirror/index.ts';
import { recordHere, renewed } from '../outbox/pending.ts';
import type { PullContext } from '../pullcontext.ts';
import { formerHashKey } from '../trust/rewrapping.ts';

/** What of a pull's context is looked at here. */
export type KeyCheckContext = Pick<PullContext, 'features' | 'mirror' | 'vaultKeys'>;

/** Told instead of a check value that is not known any more: it is the one of no key. */
const noCheckValue = '0'.repeat(64);

/**
 * The check value that goes with a record key. It depends on the wrapped key alone as long as the
 * vault keeps its key, and a change of that is told apart: so a repeat is the same request.
 */
export function keyCheckOf(
  context: KeyCheckContext,
  vaultId: string,
  keyWrapped: string | null,
): { readonly vaultMasterKeyHash?: string } {
  const { features, mirror } = context;
  const hash = mirror.vaults.get(vaultId)?.keyHash ?? null;
  if (keyWrapped === null || hash === null || !features.has('vaultKeyCheck')) return {};
  if (isUnderKeyOfNow(context, vaultId, keyWrapped)) return { vaultMasterKeyHash: hash };
  return { vaultMasterKeyHash: mirror.syncState.get(formerHashKey(vaultId)) ?? noCheckValue };
}

function isUnderKeyOfNow({ vaultKeys }: KeyCheckContext, vaultId: string, keyWrapped: string): boolean {
  try {
    const key = vaultKeys?.keyOf(vaultId);
    if (key === undefined) return true;
    wipe(openRecordKey(keyWrapped, key));
    return true;
  } catch (failure) {
    if (failure instanceof KeychainError) return false;
    throw failure;
  }
}

/**
 * Puts the record key of a creation or move under the key that its vault has by now, as another
 * request. False where it is under that key already, or this device cannot do it. Call it inside a
 * transaction.
 */
export function sealAnew(context: KeyCheckContext, operation: OutboxOperation): boolean {
  const { mirror, vaultKeys } = context;
  const { change, id, object, objectId } = operation;
  if (object !== 'record' || vaultKeys === null) return false;
  if (change.kind !== 'create' && change.kind !== 'move') return false;
  const { keyWrapped, place } = change;
  const record = recordHere(mirror, objectId);
  if (keyWrapped === null || record === null || isUnderKeyOfNow(context, place.vaultId, keyWrapped)) {
    return false;
  }
  const key = vaultKeys.recordKeyOf(record);
  if (key === null) return false;
  try {
    mirror.outbox.rewrite(id, { ...change, keyWrapped: sealRecordKey(key, vaultKeys.keyOf(place.vaultId)) });
  } finally {
    wipe(key);
  }
  renewed(mirror, operation);
  return true;
}
