/**
 * The vault keys of one unlocked account.
 *
 * RSA is slow and says nothing about who wrapped a key, so each wrapped key is opened once:
 * the result is kept sealed in the mirror under the exact ciphertext it came from, and a
 * fingerprint of it is pinned at first sight. A server that later hands over another key for
 * a pinned vault is not believed: the old key stays in use for reading and the vault takes
 * no writes until a person has decided.
 */
import { createHash, createHmac } from 'node:crypto';
import { StrongroomError } from '../../../contract/index.ts';
import { LockedBytes, openValue, sealValue } from '../../custody/index.ts';
import {
  asVaultKey,
  KeychainError,
  openInboxKey,
  openRecordKey,
  unwrapVaultKey,
  verifyVaultKey,
} from '../../keychain/index.ts';
import type { PrivateKey, RecordKey, VaultKey } from '../../keychain/index.ts';
import type { Mirror } from '../../mirror/index.ts';
import type { StoredRecord, StoredVault, VaultKeyPin } from '../../mirror/model.ts';

export interface VaultKeysParts {
  readonly mirror: Mirror;
  /** Subkey under which unwrapped keys lie in the mirror's key cache. */
  readonly cacheKey: LockedBytes;
  /** Subkey of the fingerprints. */
  readonly manifestKey: LockedBytes;
  /** The own private key; asked for only when a wrapped key was never seen before. */
  readonly privateKey: () => PrivateKey;
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
    if (key !== null && this.#isBelievable(delivered, key, pin)) {
      this.#pin(delivered.id, this.#fingerprint(key), pin);
      this.#hold(delivered.id, key);
      return delivered;
    }
    key?.dispose();
    this.#distrust(delivered, pin);
    return keepKey(delivered, stored);
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
    try {
      const key = LockedBytes.adopt(unwrapVaultKey(wrapped, privateKey()));
      mirror.keyCache.set(name, sealValue(cacheKey, key.bytes, name));
      return key;
    } catch (failure) {
      if (failure instanceof KeychainError) return null;
      throw failure;
    }
  }

  #fingerprint(key: LockedBytes): string {
    return createHmac('sha256', this.#parts.manifestKey.bytes).update(key.bytes).digest('hex');
  }

  /** First sight is 'unverified'; a key that was doubted and is the pinned one after all is so again. */
  #pin(vaultId: string, mac: string, pin: VaultKeyPin | null): void {
    if (pin !== null && pin.trust !== 'keyChanged' && pin.trust !== 'keyMissing') return;
    const firstSeenAt = pin?.firstSeenAt ?? this.#parts.now();
    this.#parts.mirror.pins.setVaultKey({ vaultId, mac, trust: 'unverified', firstSeenAt });
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
