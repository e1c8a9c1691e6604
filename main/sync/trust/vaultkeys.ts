/**
 * The vault keys of one unlocked account.
 *
 * RSA is slow and says nothing about who wrapped a key, so each wrapped key is opened once:
 * the result is kept sealed in the mirror under the exact ciphertext it came from, and a
 * fingerprint of it is pinned at first sight. A server that later hands over another key for
 * a pinned vault is not believed: the old key stays in use for reading and the vault takes
 * no writes until a person has decided.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { StrongroomError } from '../../../contract/index.ts';
import { LockedBytes, openValue, sealValue } from '../../custody/index.ts';
import {
  asVaultKey,
  ifItOpens,
  KeychainError,
  openInboxKey,
  openRecordKey,
  unwrapVaultKey,
  verifyVaultKey,
  wipe,
} from '../../keychain/index.ts';
import type { PrivateKey, RecordKey, VaultKey } from '../../keychain/index.ts';
import type { Mirror } from '../../mirror/index.ts';
import type { StoredRecord, StoredVault, VaultKeyPin } from '../../mirror/model.ts';
import { raiseDoubt } from '../doubt.ts';
import { formerHashKey, rewrapVault } from './rewrapping.ts';

export interface VaultKeysParts {
  readonly mirror: Mirror;
  /** Subkey under which unwrapped keys lie in the mirror's key cache. */
  readonly cacheKey: LockedBytes;
  /** Subkey of the fingerprints. */
  readonly manifestKey: LockedBytes;
  /** The own private key; asked for only when a wrapped key was never seen before. */
  readonly privateKey: () => PrivateKey;
  /**
   * Whether a key was made on this device for a vault, by the server's id, before encryption was
   * turned on; it counts as verified at first sight.
   */
  readonly isMadeAhead?: (vaultId: string, key: VaultKey) => boolean;
  readonly now: () => number;
}

export class VaultKeys {
  readonly #parts: VaultKeysParts;
  readonly #open = new Map<string, LockedBytes>();

  constructor(parts: VaultKeysParts) {
    this.#parts = parts;
  }

  /** Wipes every opened key. */
  dispose(): void {
    for (const key of this.#open.values()) key.dispose();
    this.#open.clear();
  }

  /** Forgets the key of a vault that is gone from this device; its pin stays. */
  forget(vault: StoredVault): void {
    this.#close(vault.id);
    if (vault.keyWrapped !== null) this.#parts.mirror.keyCache.remove(cacheName(vault.keyWrapped));
  }

  /**
   * The key of a vault, valid until the account is locked.
   * @throws StrongroomError `vaultKeyMissing`; `vaultKeyChanged` if what the mirror holds is not the pinned key.
   */
  keyOf(vaultId: string): VaultKey {
    const open = this.#open.get(vaultId);
    if (open !== undefined) return asVaultKey(open.bytes);
    const wrapped = this.#parts.mirror.vaults.get(vaultId)?.keyWrapped ?? null;
    return this.#openPinned(vaultId, wrapped);
  }

  /** The key that opens a record; where the vault itself came without one, the record's own copy is used. */
  keyForRecord(record: Pick<StoredRecord, 'vaultId' | 'vaultKeyWrapped'>): VaultKey {
    if (record.vaultId === null) throw new StrongroomError('vaultKeyMissing');
    const open = this.#open.get(record.vaultId);
    if (open !== undefined) return asVaultKey(open.bytes);
    const wrapped = this.#parts.mirror.vaults.get(record.vaultId)?.keyWrapped ?? record.vaultKeyWrapped;
    return this.#openPinned(record.vaultId, wrapped);
  }

  /**
   * Pins the key of a vault that was made on this device, as `verified`: whatever a server delivers
   * for the vault, only this key counts. The caller keeps and wipes its own copy.
   */
  pinMade(vaultId: string, key: VaultKey): void {
    const own = LockedBytes.adopt(Buffer.from(key));
    const firstSeenAt = this.#parts.now();
    const mac = this.#fingerprint(own);
    this.#parts.mirror.durable(() => {
      this.#parts.mirror.pins.setVaultKey({ vaultId, mac, trust: 'verified', firstSeenAt });
    });
    this.#hold(vaultId, own);
  }

  /** A person knows the vault by what is in it: its pinned key counts as verified. */
  vouch(vaultId: string): void {
    const { mirror } = this.#parts;
    const pin = mirror.pins.vaultKey(vaultId);
    if (pin?.trust !== 'unverified') return;
    mirror.durable(() => mirror.pins.setVaultKey({ ...pin, trust: 'verified' }));
  }

  /** The key of a record, for the caller to wipe; null if it does not open here. */
  recordKeyOf(record: StoredRecord): RecordKey | null {
    const { keyWrap, keyWrapped } = record;
    if (keyWrapped === null || keyWrapped === '') return null;
    try {
      return keyWrap === 'rsa'
        ? openInboxKey(keyWrapped, this.#parts.privateKey())
        : openRecordKey(keyWrapped, this.keyForRecord(record));
    } catch (failure) {
      const missing = failure instanceof StrongroomError && failure.code.startsWith('vaultKey');
      if (missing || failure instanceof KeychainError) return null;
      throw failure;
    }
  }

  /**
   * Judges the key that a listing delivers for a vault and gives the row to be stored: with
   * the delivered key, or with the previous one if the delivered key is not believed.
   */
  accept(delivered: StoredVault): StoredVault {
    const { mirror } = this.#parts;
    const stored = mirror.vaults.get(delivered.id);
    const pin = mirror.pins.vaultKey(delivered.id);
    if (delivered.keyWrapped === null) return keepKey(delivered, stored);
    if (isKnown(delivered, stored, pin)) return delivered;
    const key = this.#unwrap(delivered.keyWrapped);
    if (key === null && pin === null) return delivered;
    if (key !== null && this.#isMadeHere(delivered, key)) return this.adopt(delivered, key);
    if (key !== null && this.#isBelievable(delivered, key, pin)) {
      const isMadeAhead = this.#parts.isMadeAhead?.(delivered.serverId, asVaultKey(key.bytes)) ?? false;
      this.#pin(delivered.id, this.#fingerprint(key), pin, isMadeAhead ? 'verified' : 'unverified');
      this.#hold(delivered.id, key);
      return delivered;
    }
    key?.dispose();
    this.#distrust(delivered, pin);
    return keepKey(delivered, stored);
  }

  /**
   * Keeps the key that a vault is on its way to, until it is in force or given up, and whether its
   * records are to get new keys as well.
   */
  keepNewKey(vaultId: string, key: VaultKey, renewsRecords: boolean): void {
    const { mirror, cacheKey } = this.#parts;
    const name = newKeyName(vaultId);
    mirror.durable(() => {
      mirror.keyCache.set(name, sealValue(cacheKey, key, name));
      mirror.syncState.set(renewingKey(vaultId), renewsRecords ? 'yes' : null);
    });
  }

  /** Whether the records of a vault that is on its way to another key get new keys as well. */
  renewsRecords(vaultId: string): boolean {
    return this.#parts.mirror.syncState.get(renewingKey(vaultId)) !== null;
  }

  /** The key that this device has begun to give to a vault, for the caller to wipe; null for none. */
  newKeyOf(vaultId: string): VaultKey | null {
    const { mirror, cacheKey } = this.#parts;
    const name = newKeyName(vaultId);
    const kept = mirror.keyCache.get(name);
    return kept === null ? null : asVaultKey(openValue(cacheKey, kept, name));
  }

  hasNewKey(vaultId: string): boolean {
    return this.#parts.mirror.keyCache.get(newKeyName(vaultId)) !== null;
  }

  dropNewKey(vaultId: string): void {
    const { mirror } = this.#parts;
    mirror.durable(() => mirror.keyCache.remove(newKeyName(vaultId)));
  }

  /**
   * The key that a server delivers for a vault, for a person to decide about; nothing is believed
   * by it. The caller disposes of it. Null where it does not open or fails its check value.
   */
  candidate(delivered: StoredVault): LockedBytes | null {
    const key = delivered.keyWrapped === null ? null : this.#unwrap(delivered.keyWrapped);
    if (key === null || passesCheck(delivered, key)) return key;
    key.dispose();
    return null;
  }

  /** By which a key that was looked at is known again; it says nothing of the key to anybody else. */
  fingerprintOf(key: LockedBytes): string {
    return this.#fingerprint(key);
  }

  /**
   * Takes a key in the place of the pinned one, as `verified`, with all that lies here under it, and
   * gives the row of the vault as it is stored. Only for a key that was made here or that a person
   * has decided for. Takes the key over.
   */
  adopt(delivered: StoredVault, key: LockedBytes): StoredVault {
    const { mirror, now } = this.#parts;
    const { id: vaultId } = delivered;
    mirror.transaction(() => {
      const former = this.#formerKey(vaultId);
      if (former !== null) rewrapVault(mirror, { vaultId, from: former, to: asVaultKey(key.bytes) });
      const mac = this.#fingerprint(key);
      mirror.pins.setVaultKey({ vaultId, mac, trust: 'verified', firstSeenAt: now() });
      mirror.syncState.set(formerHashKey(vaultId), mirror.vaults.get(vaultId)?.keyHash ?? null);
      mirror.vaults.upsert(delivered);
      mirror.keyCache.remove(newKeyName(vaultId));
      // What was told while the key was in doubt was not taken in: only the listings tell it again.
      raiseDoubt(mirror);
    });
    // Opened from the row when it is asked for: the caller's transaction may yet come to nothing.
    this.#close(vaultId);
    key.dispose();
    return delivered;
  }

  /** Null where the vault's own copy is not here: then nothing here can be brought under another key. */
  #formerKey(vaultId: string): VaultKey | null {
    try {
      return this.keyOf(vaultId);
    } catch (failure) {
      if (failure instanceof StrongroomError && failure.code === 'vaultKeyMissing') return null;
      throw failure;
    }
  }

  /** Whether it is the key that this device has begun to give to the vault. */
  #isMadeHere(delivered: StoredVault, key: LockedBytes): boolean {
    const made = this.newKeyOf(delivered.id);
    if (made === null) return false;
    try {
      return passesCheck(delivered, key) && timingSafeEqual(sha256(made), sha256(key.bytes));
    } finally {
      wipe(made);
    }
  }

  #openPinned(vaultId: string, wrapped: string | null): VaultKey {
    if (wrapped === null) throw new StrongroomError('vaultKeyMissing');
    const key = this.#unwrap(wrapped);
    if (key === null) throw new StrongroomError('vaultKeyMissing');
    const pin = this.#parts.mirror.pins.vaultKey(vaultId);
    const mac = this.#fingerprint(key);
    if (pin !== null && pin.mac !== mac) {
      key.dispose();
      throw new StrongroomError('vaultKeyChanged');
    }
    if (pin === null) this.#pin(vaultId, mac, null);
    this.#hold(vaultId, key);
    return asVaultKey(key.bytes);
  }

  #isBelievable(vault: StoredVault, key: LockedBytes, pin: VaultKeyPin | null): boolean {
    return (pin === null || pin.mac === this.#fingerprint(key)) && passesCheck(vault, key);
  }

  /** Null for whatever does not open: nothing tells the server why, and nothing is tried again. */
  #unwrap(wrapped: string): LockedBytes | null {
    const { mirror, cacheKey, privateKey } = this.#parts;
    const name = cacheName(wrapped);
    const cached = mirror.keyCache.get(name);
    if (cached !== null) return LockedBytes.adopt(openValue(cacheKey, cached, name));
    const opened = ifItOpens(() => unwrapVaultKey(wrapped, privateKey()));
    if (opened === null) return null;
    const key = LockedBytes.adopt(opened);
    mirror.keyCache.set(name, sealValue(cacheKey, key.bytes, name));
    return key;
  }

  #fingerprint(key: LockedBytes): string {
    return createHmac('sha256', this.#parts.manifestKey.bytes).update(key.bytes).digest('hex');
  }

  /** First sight is 'unverified'; a key that was doubted and is the pinned one after all is so again. */
  #pin(
    vaultId: string,
    mac: string,
    pin: VaultKeyPin | null,
    trust: 'unverified' | 'verified' = 'unverified',
  ): void {
    if (pin !== null && pin.trust !== 'keyChanged' && pin.trust !== 'keyMissing') return;
    const firstSeenAt = pin?.firstSeenAt ?? this.#parts.now();
    this.#parts.mirror.pins.setVaultKey({ vaultId, mac, trust, firstSeenAt });
  }

  #distrust(vault: StoredVault, pin: VaultKeyPin | null): void {
    const { mirror, now } = this.#parts;
    if (pin?.trust === 'keyChanged') return;
    if (pin !== null) mirror.pins.setVaultKey({ ...pin, trust: 'keyChanged' });
    mirror.notices.add({ at: now(), kind: 'vaultKeyChanged', subject: vault.name, recordId: null });
  }

  #hold(vaultId: string, key: LockedBytes): void {
    this.#close(vaultId);
    this.#open.set(vaultId, key);
  }

  #close(vaultId: string): void {
    this.#open.get(vaultId)?.dispose();
    this.#open.delete(vaultId);
  }
}

const renewingKey = (vaultId: string): string => `renewsRecords:${vaultId}`;

function newKeyName(vaultId: string): string {
  return `newVaultKey:${vaultId}`;
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

function cacheName(wrapped: string): string {
  return `vault:${createHash('sha256').update(wrapped, 'utf8').digest('hex')}`;
}

function isKnown(delivered: StoredVault, stored: StoredVault | null, pin: VaultKeyPin | null): boolean {
  const same = delivered.keyWrapped === stored?.keyWrapped && delivered.keyHash === stored?.keyHash;
  return same && pin !== null && pin.trust !== 'keyChanged';
}

/** A check value tells a mix-up, not a lie, since the server could make one for any key. */
function passesCheck({ keySalt, keyHash }: StoredVault, key: LockedBytes): boolean {
  return keySalt === null || keyHash === null || verifyVaultKey(asVaultKey(key.bytes), keySalt, keyHash);
}

function keepKey(delivered: StoredVault, stored: StoredVault | null): StoredVault {
  const { keyWrapped = null, keySalt = null, keyHash = null } = stored ?? {};
  return { ...delivered, keyWrapped, keySalt, keyHash };
}
