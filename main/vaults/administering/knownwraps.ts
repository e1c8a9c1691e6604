/**
 * The record keys of a vault that is given another key, held against those this device knows.
 *
 * Whoever has one record could have the server serve its key for another one of the vault: sealed
 * under the new key it would be that record's from then on, and on a new device nothing tells.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import { ifItOpens, openRecordKey, sameKey, wipe } from '../../keychain/index.ts';
import type { VaultKey } from '../../keychain/index.ts';
import type { StoredVault } from '../../mirror/index.ts';
import type { KeyedRecord } from '../../remote/index.ts';
import { rewrapped } from '../../sync/index.ts';
import type { SealedWraps, VaultKeys } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

export interface WrapKeys {
  readonly from: VaultKey;
  readonly to: VaultKey;
}

export class KnownWraps {
  readonly #account: OpenAccount;
  readonly #vault: StoredVault;
  readonly #vaultKeys: VaultKeys;
  readonly #done: SealedWraps = new Map();

  constructor(account: OpenAccount, vault: StoredVault, vaultKeys: VaultKeys) {
    this.#account = account;
    this.#vault = vault;
    this.#vaultKeys = vaultKeys;
  }

  /**
   * A record key under the new vault key. One that opens for nobody stays what it is: the vault does
   * not wait for it for ever.
   * @throws StrongroomError `tampered` if this device knows another key of the record
   */
  rewrapped(served: KeyedRecord, keys: WrapKeys): string {
    this.#refuseAnother(served, keys.from);
    return rewrapped(served.keyEncrypted, keys, this.#done) ?? served.keyEncrypted;
  }

  #refuseAnother({ kind, id, keyEncrypted }: KeyedRecord, from: VaultKey): void {
    const record = kind === 'item' ? this.#account.mirror.records.byServerId('record', id) : null;
    if (record === null || record.vaultId !== this.#vault.id) return;
    if (record.keyWrapped === keyEncrypted) return;
    const known = this.#vaultKeys.recordKeyOf(record);
    if (known === null) return;
    const now = ifItOpens(() => openRecordKey(keyEncrypted, from));
    const isSame = now !== null && sameKey(known, now);
    wipe(known);
    if (now !== null) wipe(now);
    if (!isSame) throw new StrongroomError('tampered');
  }
}
