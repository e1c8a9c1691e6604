/**
 * The walk through a vault's record keys that gives it another key.
 *
 * The new key was made on this device and lies sealed in the mirror; what the server states is only
 * held against it, since a server that could put a key of its own in its place would be given every
 * record key. The server keeps what is done, so a walk goes on wherever it was cut.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StrongroomError } from '../../../contract/errors.ts';
import { asVaultKey, sameKey, wipe } from '../../keychain/index.ts';
import type { VaultKey } from '../../keychain/index.ts';
import type { StoredVault } from '../../mirror/index.ts';
import { finishRekeying, putRecordKeys, readRecordKeys, readRekeying } from '../../remote/index.ts';
import type { KeyedRecord, RekeyPlace, RewrappedKey } from '../../remote/index.ts';
import type { VaultKeys } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { KnownWraps } from './knownwraps.ts';
import type { WrapKeys } from './knownwraps.ts';
import { passedOnKey } from './passedonkey.ts';
import { RenewedRecords } from './renewedrecords.ts';

/** Records are written meanwhile by others: so often the walk is begun anew for what is missing. */
const mostRounds = 20;
/** Sealed without a pause, about 2 ms. */
const sealedAtOnce = 50;

export interface RekeyingWalk {
  readonly account: OpenAccount;
  readonly vault: StoredVault;
  readonly signal: AbortSignal;
  /** Told how many record keys are done. */
  readonly progress: (done: number) => void;
}

interface WalkKeys extends WrapKeys {
  readonly known: KnownWraps;
  /** Null where the records keep their keys. */
  readonly renewing: RenewedRecords | null;
}

/**
 * Goes on with what was begun on this device until the new key is in force, here as well.
 * @throws StrongroomError `rekeyingGone` if it was given up or replaced elsewhere, `tampered` if the server has
 * another key for a known record, `cancelled`, `vaultKeyChanged`, network codes
 */
export async function walkRekeying(walk: RekeyingWalk): Promise<void> {
  const { account, vault, signal } = walk;
  const { vaultKeys } = account;
  const to = vaultKeys?.newKeyOf(vault.id) ?? null;
  if (vaultKeys === null || to === null) throw new StrongroomError('rekeyingGone');
  try {
    if (await isUnderWay(walk, vaultKeys, to)) await sealAllFrom(walk, vaultKeys, to);
  } finally {
    wipe(to);
  }
  if (signal.aborted) throw new StrongroomError('cancelled');
  await settleByOtherMeans(account, vault);
}

/** False where it is over there, one way or the other. */
async function isUnderWay(walk: RekeyingWalk, vaultKeys: VaultKeys, to: VaultKey): Promise<boolean> {
  const { account, vault, signal, progress } = walk;
  try {
    const state = await readRekeying(account.client, vault.serverId, signal);
    const stated = vaultKeys.candidate({
      ...vault,
      ...{ keyWrapped: state.masterKeyEncrypted, keySalt: null, keyHash: null },
    });
    const isOurs = stated !== null && sameKey(stated.bytes, to);
    stated?.dispose();
    if (!isOurs) throw new StrongroomError('rekeyingGone');
    progress(state.doneCount);
    return true;
  } catch (failure) {
    if (failure instanceof StrongroomError && failure.code === 'notFound') return false;
    throw failure;
  }
}

/** With a copy of the former key: a sync that takes the vault away meanwhile wipes the one in use. */
async function sealAllFrom(walk: RekeyingWalk, vaultKeys: VaultKeys, to: VaultKey): Promise<void> {
  const from = asVaultKey(Buffer.from(passedOnKey(walk.account, walk.vault.id)));
  try {
    const { account, vault } = walk;
    const isRenewing = vaultKeys.renewsRecords(vault.id);
    await sealAll(walk, {
      ...{ from, to, known: new KnownWraps(account, vault, vaultKeys) },
      renewing: isRenewing ? new RenewedRecords(account, vault, vaultKeys) : null,
    });
  } finally {
    wipe(from);
  }
}

async function sealAll(walk: RekeyingWalk, keys: WalkKeys): Promise<void> {
  const { account, vault, signal } = walk;
  for (let round = 0; round < mostRounds; round += 1) {
    // What was changed since is sealed as this device knows it, so it has to know it.
    if (keys.renewing !== null) await account.synchroniser.start();
    await sealMissing(walk, keys);
    try {
      return await finishRekeying(account.client, vault.serverId, signal);
    } catch (failure) {
      if (!(failure instanceof StrongroomError && failure.code === 'rekeyingIncomplete')) throw failure;
    }
  }
  throw new StrongroomError('rekeyingIncomplete');
}

async function sealMissing(walk: RekeyingWalk, keys: WalkKeys): Promise<void> {
  const { account, vault, signal, progress } = walk;
  let place: RekeyPlace | null = { kind: 'item', after: null };
  while (place !== null) {
    if (signal.aborted) throw new StrongroomError('cancelled');
    const { items, next }: Awaited<ReturnType<typeof readRecordKeys>> = await readRecordKeys(account.client, {
      ...{ vaultId: vault.serverId, place, contents: keys.renewing !== null, signal },
    });
    const records = await sealed(items, keys, signal);
    if (records.length > 0) {
      progress(await putRecordKeys(account.client, vault.serverId, records, signal));
    }
    place = next;
  }
}

async function sealed(
  items: readonly KeyedRecord[],
  keys: WalkKeys,
  signal: AbortSignal,
): Promise<RewrappedKey[]> {
  const records: RewrappedKey[] = [];
  for (const [index, item] of items.entries()) {
    if (index % sealedAtOnce === 0) await nextTurn();
    if (signal.aborted) throw new StrongroomError('cancelled');
    const record = sealedOne(item, keys);
    if (record !== null) records.push(record);
  }
  return records;
}

/** Null for what was changed since the last sync: the next round tries it again. */
function sealedOne(item: KeyedRecord, keys: WalkKeys): RewrappedKey | null {
  const { kind, id, keyEncrypted: formerKeyEncrypted, state } = item;
  // Also where it gets another key: this refuses one that is not the record's.
  const keyEncrypted = keys.known.rewrapped(item, keys);
  const renewed =
    keys.renewing === null || kind !== 'item' || state === undefined
      ? 'unknown'
      : keys.renewing.renewed(item, keys.to);
  if (renewed === 'changed') return null;
  if (renewed === 'unknown' || state === undefined) return { kind, id, formerKeyEncrypted, keyEncrypted };
  return { kind, id, formerKeyEncrypted, ...renewed, state };
}

/**
 * A sync brings the vault with its key of now: where that is the one made here it is taken, and
 * nothing is left to go on with. Else somebody has given it up.
 * @throws StrongroomError `rekeyingGone`, and why the sync stopped
 */
export async function settleByOtherMeans(account: OpenAccount, vault: StoredVault): Promise<void> {
  await account.synchroniser.start();
  const kept = account.vaultKeys?.newKeyOf(vault.id) ?? null;
  if (kept === null) return;
  wipe(kept);
  const { problem } = account.synchroniser.status();
  if (problem !== null) throw new StrongroomError(problem.code, problem.params);
  throw new StrongroomError('rekeyingGone');
}
