/**
 * New record keys while a vault gets another key.
 *
 * Whoever has lost access may have kept the keys of single records. So a record's secrets are sealed
 * anew under a key that nobody has had; its files keep their contents, and their keys are sealed anew.
 *
 * Only what this device knows is sealed: a server that swaps two secrets of a record is found out by
 * their ciphertexts, and sealing the swapped ones would make them genuine.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import { generateRecordKey, KeychainError, sealRecordKey, wipe } from '../../keychain/index.ts';
import type { RecordKey, VaultKey } from '../../keychain/index.ts';
import type { StoredRecord, StoredVault } from '../../mirror/index.ts';
import type { KeyedContents, RenewedContents } from '../../remote/index.ts';
import type { VaultKeys } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { fileKeyUnder, underKey } from '../editing/recordseals.ts';

/** A record under a new key: the key under the new vault key, and what it seals. */
export interface RenewedRecord {
  readonly keyEncrypted: string;
  readonly content: RenewedContents;
}

export class RenewedRecords {
  readonly #account: OpenAccount;
  readonly #vault: StoredVault;
  readonly #vaultKeys: VaultKeys;

  constructor(account: OpenAccount, vault: StoredVault, vaultKeys: VaultKeys) {
    this.#account = account;
    this.#vault = vault;
    this.#vaultKeys = vaultKeys;
  }

  /**
   * The record under a new key. `unknown`: this device has none such, or not all of it opens; its
   * key stays. `changed`: it was changed since the last sync, after which it can be tried again.
   * @throws StrongroomError `tampered` if a change of it was refused here
   */
  renewed(served: KeyedContents, to: VaultKey): RenewedRecord | 'unknown' | 'changed' {
    const { mirror } = this.#account;
    const record = mirror.records.byServerId('record', served.id);
    if (record === null || record.vaultId !== this.#vault.id) return 'unknown';
    if (record.flagged) throw new StrongroomError('tampered');
    if (!isSame(served, mirror.bases.record(record.id) ?? record)) return 'changed';
    const from = this.#vaultKeys.recordKeyOf(record);
    if (from === null) return 'unknown';
    const key = generateRecordKey();
    try {
      return { keyEncrypted: sealRecordKey(key, to), content: sealed(served, from, key) };
    } catch (failure) {
      if (failure instanceof KeychainError && failure.code === 'undecipherable') return 'unknown';
      throw failure;
    } finally {
      wipe(from, key);
    }
  }
}

function sealed(
  { passwordEncrypted, customs, attachments }: KeyedContents,
  from: RecordKey,
  to: RecordKey,
): RenewedContents {
  return {
    ...underKey({ passwordEncrypted, customs }, from, to),
    attachments: attachments.map(({ id, encryptedKey }) => ({
      ...{ id, encryptedKey: fileKeyUnder(encryptedKey, from, to) },
    })),
  };
}

/** Whether the server tells of a record what this device knows of it, ciphertext by ciphertext. */
function isSame(served: KeyedContents, known: StoredRecord): boolean {
  const files = new Map(known.attachments.map(({ serverId, encryptedKey }) => [serverId, encryptedKey]));
  return (
    (served.passwordEncrypted ?? '') === (known.passwordEncrypted ?? '') &&
    served.customs.length === known.customs.length &&
    served.customs.every(({ name, value, type }, at) => {
      const field = known.customs[at];
      return field?.name === name && field.value === value && field.type === type;
    }) &&
    served.attachments.length === known.attachments.filter(({ serverId }) => serverId !== null).length &&
    served.attachments.every(({ id, encryptedKey }) => files.get(id) === encryptedKey)
  );
}
