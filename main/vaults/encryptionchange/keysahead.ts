/**
 * What this device remembers of keys that were made before client-side encryption is on.
 *
 * The account is still one without keys, so nothing is pinned for it. But a vault key is wrapped for
 * the own public key, and goes on being used after a break: whoever controls the server would have
 * every vault if it could put a pair or a vault key of its own in their place. So both are known
 * again here: the pair by its fingerprint, a vault key by a MAC that only this device can make. The
 * keys themselves are not kept: this device's copy may open with less than the master password.
 *
 * The MACs are made under a key that is drawn for them, so that the copy with which the account is set
 * up anew knows the vault keys again as well.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { openValue, sealValue } from '../../custody/index.ts';
import type { LockedBytes } from '../../custody/index.ts';
import { wipe } from '../../keychain/index.ts';
import type { VaultKey } from '../../keychain/index.ts';
import type { Mirror } from '../../mirror/index.ts';

export interface KeysAheadParts {
  readonly mirror: Mirror;
  /** Seals what is kept; owned by the account. */
  readonly sealKey: LockedBytes;
}

const ownPair = z.strictObject({ fingerprint: z.string(), masterKeyOptions: z.string() });
/** The own pair: hex SHA-256 of the public key, and the derivation under which it was made or opened. */
export type OwnPairAhead = z.infer<typeof ownPair>;

const ownName = 'ownKeysAhead';
const macKeyName = 'vaultKeysAhead';
const vaultName = (vaultId: string): string => `vaultKeyAhead:${vaultId}`;

export class KeysAhead {
  readonly #parts: KeysAheadParts;

  constructor(parts: KeysAheadParts) {
    this.#parts = parts;
  }

  /** The pair that was made or opened here; null for none. */
  own(): OwnPairAhead | null {
    const text = this.#get(ownName);
    return text === null ? null : ownPair.parse(JSON.parse(text.toString('utf8')));
  }

  /** From now on no other pair is taken for the own one. */
  keepOwn(pair: OwnPairAhead): void {
    this.#set(ownName, Buffer.from(JSON.stringify(pair), 'utf8'));
  }

  /** To be called before the server hears of a vault key. `vaultId` is the server's. */
  keepVaultKey(vaultId: string, key: VaultKey): void {
    if (this.#get(macKeyName) === null) this.#set(macKeyName, randomBytes(32));
    const mac = this.#mac(vaultId, key);
    if (mac !== null) this.#set(vaultName(vaultId), mac);
  }

  /** Whether a key is the one that was made here last for this vault. */
  isVaultKey(vaultId: string, key: VaultKey): boolean {
    const kept = this.#get(vaultName(vaultId));
    const found = kept === null ? null : this.#mac(vaultId, key);
    return kept !== null && found !== null && timingSafeEqual(kept, found);
  }

  /** Takes over by what another copy of the account knows the keys of some vaults. */
  takeOver(from: KeysAhead, vaultIds: readonly string[]): void {
    const macKey = from.#get(macKeyName);
    if (macKey === null) return;
    this.#parts.mirror.durable(() => {
      this.#seal(macKeyName, macKey);
      for (const vaultId of vaultIds) {
        const mac = from.#get(vaultName(vaultId));
        if (mac !== null) this.#seal(vaultName(vaultId), mac);
      }
    });
    wipe(macKey);
  }

  /** Null where no key was ever made here. */
  #mac(vaultId: string, key: VaultKey): Buffer | null {
    const macKey = this.#get(macKeyName);
    if (macKey === null) return null;
    const mac = createHmac('sha256', macKey).update(`${vaultId}\n`).update(key).digest();
    wipe(macKey);
    return mac;
  }

  #set(name: string, value: Buffer): void {
    this.#parts.mirror.durable(() => this.#seal(name, value));
  }

  #seal(name: string, value: Buffer): void {
    const { mirror, sealKey } = this.#parts;
    mirror.keyCache.set(name, sealValue(sealKey, value, name));
  }

  #get(name: string): Buffer | null {
    const { mirror, sealKey } = this.#parts;
    const sealed = mirror.keyCache.get(name);
    return sealed === null ? null : openValue(sealKey, sealed, name);
  }
}
