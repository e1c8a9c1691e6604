/**
 * Deciding about a vault key that was changed elsewhere. A server could have put a key of its own in
 * the place of the known one, so the new key is held against the records of this device: only
 * somebody who had the known key could seal the same record keys with another one, or, where records
 * were given new keys as well, the same secrets.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StrongroomError } from '../../../contract/errors.ts';
import type { DoubtedKey } from '../../../contract/rekeying.ts';
import type { LockedBytes } from '../../custody/index.ts';
import { asVaultKey, ifItOpens, openRecordKey, sameKey, wipe } from '../../keychain/index.ts';
import type { RecordKey, VaultKey } from '../../keychain/index.ts';
import type { StoredRecord, StoredVault } from '../../mirror/index.ts';
import {
  batchItems,
  batchLimit,
  listActivity,
  listItems,
  listShortcuts,
  listVaults,
} from '../../remote/index.ts';
import { announcedFeatures } from '../../sync/index.ts';
import type { VaultKeys } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { openValueWith } from '../reading/recordsecrets.ts';

/** Compared without a pause, about 2 ms. */
const comparedAtOnce = 50;

export class DoubtedKeyDesk {
  readonly #current: () => OpenAccount;

  constructor({ current }: { readonly current: () => OpenAccount }) {
    this.#current = current;
  }

  /** Throws the network's codes, `noSuchVault`, `vaultKeyMissing` where there is nothing to compare with. */
  async examine(vaultId: string): Promise<DoubtedKey> {
    const account = this.#current();
    const vaultKeys = keysOf(account);
    const { delivered, key } = await deliveredKey(account, vaultKeys, vaultId);
    const told = await whoChanged(account, delivered);
    if (key === null) return { mac: null, same: 0, other: 0, missing: 0, ...told };
    try {
      const sealed = await sealedThere(account, delivered);
      const counts = await compare(account, vaultKeys, vaultId, asVaultKey(key.bytes), sealed);
      return { mac: vaultKeys.fingerprintOf(key), ...counts, ...told };
    } finally {
      key.dispose();
    }
  }

  /**
   * Takes the key that was looked at, with all that lies here under the known one.
   * @throws StrongroomError `vaultKeyChanged` if the server has yet another one by now, or if it opens
   * none of the records that are here: whoever changed it never had the known key.
   */
  async accept(vaultId: string, mac: string): Promise<void> {
    const account = this.#current();
    const { mirror } = account;
    const vaultKeys = keysOf(account);
    const { delivered, key } = await deliveredKey(account, vaultKeys, vaultId);
    if (key === null) throw new StrongroomError('vaultKeyChanged');
    try {
      if (vaultKeys.fingerprintOf(key) !== mac) throw new StrongroomError('vaultKeyChanged');
      const sealed = await sealedThere(account, delivered);
      const { same, other } = await compare(account, vaultKeys, vaultId, asVaultKey(key.bytes), sealed);
      if (same === 0 && other > 0) throw new StrongroomError('vaultKeyChanged');
      mirror.durable(() => vaultKeys.adopt(delivered, key));
    } finally {
      key.dispose();
    }
    account.learned();
    account.aside(account.synchroniser.start());
  }
}

function keysOf({ vaultKeys }: OpenAccount): VaultKeys {
  if (vaultKeys === null) throw new StrongroomError('vaultKeyMissing');
  return vaultKeys;
}

/** The vault with its key as the server has it now; nothing of it is believed yet. */
async function deliveredKey(
  { client, mirror }: OpenAccount,
  vaultKeys: VaultKeys,
  vaultId: string,
): Promise<{ delivered: StoredVault; key: LockedBytes | null }> {
  const stored = mirror.vaults.get(vaultId);
  if (stored === null) throw new StrongroomError('noSuchVault');
  const listed = (await listVaults(client)).find(({ id }) => id === stored.serverId);
  if (listed === undefined) throw new StrongroomError('noSuchVault');
  const { masterKeyEncrypted: keyWrapped, salt: keySalt, masterKeyHash: keyHash } = listed;
  // Without its hash the row counts as old, and the next sync brings everything else of it.
  const delivered = { ...stored, keyWrapped, keySalt, keyHash, contentHash: '' };
  return { delivered, key: vaultKeys.candidate(delivered) };
}

/** What stands under a record key, on one side. */
type Secrets = Pick<StoredRecord, 'passwordEncrypted' | 'customs'>;

interface SealedThere extends Secrets {
  readonly keyEncrypted: string;
}

/** Wrapped record keys and what they seal as the server has them now, by kind and id. */
async function sealedThere(
  { client, mirror }: OpenAccount,
  { serverId }: StoredVault,
): Promise<Map<string, SealedThere>> {
  const sealed = new Map<string, SealedThere>();
  const keep = (name: string, { keyEncrypted, passwordEncrypted, customs }: Told): void => {
    if (keyEncrypted !== null) sealed.set(name, { keyEncrypted, passwordEncrypted, customs });
  };
  const { rows } = await listItems(client, serverId, null);
  for (const row of rows) keep(`record ${row.id}`, row);
  const short = rows.filter(({ whole }) => !whole).map(({ id }) => id);
  for (let at = 0; at < short.length; at += batchLimit) {
    for (const item of await batchItems(client, short.slice(at, at + batchLimit))) {
      if (item !== null) keep(`record ${item.id}`, item);
    }
  }
  if (!announcedFeatures(mirror).has('shortcutList')) return sealed;
  for (const { shortcut, ...item } of (await listShortcuts(client, serverId, null)).rows) {
    keep(`shortcut ${shortcut.id}`, { ...item, keyEncrypted: shortcut.keyEncrypted });
  }
  return sealed;
}

type Told = Secrets & { readonly keyEncrypted: string | null };

/** Holds every record key of this device against the one that the server has. */
async function compare(
  { mirror }: OpenAccount,
  vaultKeys: VaultKeys,
  vaultId: string,
  candidate: VaultKey,
  sealed: ReadonlyMap<string, SealedThere>,
): Promise<Pick<DoubtedKey, 'same' | 'other' | 'missing'>> {
  const counts = { same: 0, other: 0, missing: 0 };
  for (const [index, { id, keyWrapped }] of mirror.records.wrappedKeys(vaultId).entries()) {
    if (index % comparedAtOnce === 0) await nextTurn();
    const record = mirror.records.get(id);
    const known = ifItOpens(() => openRecordKey(keyWrapped, vaultKeys.keyOf(vaultId)));
    // Not sent yet, or it opened nowhere before: that says nothing of the new key.
    if (record === null || record.serverId === '' || known === null) continue;
    const there = sealed.get(`${record.kind} ${record.serverId}`);
    const now = there === undefined ? null : ifItOpens(() => openRecordKey(there.keyEncrypted, candidate));
    if (there === undefined) counts.missing += 1;
    else if (now === null) counts.other += 1;
    else if (sameKey(known, now)) counts.same += 1;
    else {
      const verdict = sameSecrets(mirror.bases.record(id) ?? record, known, there, now);
      if (verdict !== 'nothing') counts[verdict] += 1;
    }
    wipe(known);
    if (now !== null) wipe(now);
  }
  return counts;
}

/**
 * Under another record key: whether a secret of this device stands there too, which nobody could
 * seal who has not had it. `nothing` where there is no secret on this device.
 */
function sameSecrets(
  here: Secrets,
  known: RecordKey,
  there: Secrets,
  now: RecordKey,
): 'same' | 'other' | 'nothing' {
  const mine = valuesOf(here, known);
  const theirs = valuesOf(there, now);
  const isSame = mine.some((value) => theirs.some((other) => sameKey(value, other)));
  wipe(...mine, ...theirs);
  if (mine.length === 0) return 'nothing';
  return isSame ? 'same' : 'other';
}

/** Password and values of custom fields, those that open and are not empty; the caller wipes them. */
function valuesOf({ passwordEncrypted, customs }: Secrets, key: RecordKey): Buffer[] {
  return [passwordEncrypted ?? '', ...customs.map(({ value }) => value)].flatMap((wire) => {
    const value = wire === '' ? null : ifItOpens(() => openValueWith(wire, key));
    return value === null || value.length === 0 ? [] : [value];
  });
}

/** What the activity log says; it may be closed to the person, or be none. */
async function whoChanged(
  { client, mirror }: OpenAccount,
  { serverId }: StoredVault,
): Promise<Pick<DoubtedKey, 'by' | 'at'>> {
  if (!announcedFeatures(mirror).has('activityLog')) return { by: null, at: null };
  const wish = { events: ['vault_rekeyed'], actorId: null, vaultId: null, from: null, to: null };
  try {
    const place = { kind: 'vault', id: serverId } as const;
    const { items } = await listActivity(client, place, wish, { offset: 0, limit: 1 });
    const actor = items[0]?.actor ?? null;
    return { by: actor && (actor.fullName || actor.login), at: items[0]?.at ?? null };
  } catch (failure) {
    const isClosed =
      failure instanceof StrongroomError && (failure.code === 'forbidden' || failure.code === 'notFound');
    if (!isClosed) throw failure;
    return { by: null, at: null };
  }
}
