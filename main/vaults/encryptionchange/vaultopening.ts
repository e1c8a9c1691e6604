/**
 * The key under which a vault is converted. Turned on, it is made here; turned off, it is the one
 * that has been known here all along. In neither case is a key taken because the server states it.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import {
  asVaultKey,
  generateSalt,
  generateVaultKey,
  ifItOpens,
  unwrapVaultKey,
  vaultCheckValue,
  verifyVaultKey,
  wipe,
} from '../../keychain/index.ts';
import type { PrivateKey, VaultKey } from '../../keychain/index.ts';
import { beginVaultEncryption, readVaultEncryption } from '../../remote/index.ts';
import type {
  ConversionOf,
  RemoteConvertible,
  RemoteVaultEncryption,
  VaultKeyAhead,
} from '../../remote/index.ts';
import type { Recipient } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { whoMayEnter } from './whomayenter.ts';

/** A vault that has been begun with, and its key, which the caller wipes. */
export interface OpenedVault {
  readonly of: ConversionOf;
  readonly key: VaultKey;
  readonly done: number;
}

/** Begins with a vault, or goes on with it. */
export type VaultOpening = (vault: RemoteConvertible, signal: AbortSignal) => Promise<OpenedVault>;

export interface MakingKeys {
  readonly account: OpenAccount;
  readonly privateKey: PrivateKey;
  readonly own: Recipient;
  /** Everybody who was admitted, oneself aside. */
  readonly others: readonly Recipient[];
}

/**
 * Gives vaults their keys. A vault is gone on with only under the key that was made on this device;
 * under any other it is begun anew, and what was put by under that is dropped.
 * The opening throws `rekeyingUnderWay`, `recipientKeyChanged`, `tampered`, network codes.
 */
export function makingKeys(making: MakingKeys): VaultOpening {
  return async (vault, signal) => {
    const { client } = making.account;
    const stands = await readVaultEncryption(client, vault.id, signal);
    const kept = stands === null ? null : keptKey(making, vault.id, stands);
    if (stands !== null && kept !== null) {
      return { of: { vaultId: vault.id, id: stands.id }, key: kept, done: stands.doneCount };
    }
    await begin(making, vault.id, stands !== null);
    const begun = await readVaultEncryption(client, vault.id, signal);
    const key = begun === null ? null : keptKey(making, vault.id, begun);
    if (begun === null || key === null) throw new StrongroomError('tampered');
    return { of: { vaultId: vault.id, id: begun.id }, key, done: begun.doneCount };
  };
}

/** The key that was made here, as the server has it wrapped; null where it is another one. */
function keptKey(
  { account, privateKey }: MakingKeys,
  vaultId: string,
  { masterKeyEncrypted, masterKeyHash, salt }: RemoteVaultEncryption,
): VaultKey | null {
  if (masterKeyEncrypted === null || masterKeyHash === null || salt === null) return null;
  const key = ifItOpens(() => unwrapVaultKey(masterKeyEncrypted, privateKey));
  if (key === null) return null;
  // A check value that does not fit would keep everybody else from their vault later.
  if (account.keysAhead.isVaultKey(vaultId, key) && verifyVaultKey(key, salt, masterKeyHash)) return key;
  wipe(key);
  return null;
}

async function begin(making: MakingKeys, vaultId: string, takesOver: boolean): Promise<void> {
  const { account } = making;
  const mayEnter = await whoMayEnter(account.client, vaultId);
  const key = generateVaultKey();
  try {
    // On the disk before the server hears of it: a start without an answer can be gone on with.
    account.keysAhead.keepVaultKey(vaultId, key);
    await beginVaultEncryption(account.client, vaultId, wrapped(making, key, mayEnter), takesOver);
  } finally {
    wipe(key);
  }
}

function wrapped({ own, others }: MakingKeys, key: VaultKey, mayEnter: ReadonlySet<string>): VaultKeyAhead {
  const salt = generateSalt();
  const given = [own, ...others.filter(({ userId }) => mayEnter.has(userId))];
  const keys = Object.fromEntries(
    given.map((recipient) => [
      recipient.userId,
      { masterKeyEncrypted: recipient.wrapVaultKey(key), publicKeyFingerprint: recipient.fingerprint },
    ]),
  );
  const leftOut = [...mayEnter].filter((userId) => keys[userId] === undefined);
  return { salt, masterKeyHash: vaultCheckValue(key, salt), keys, leftOut };
}

/**
 * Takes the known keys of vaults whose plain form is wanted. The opening throws `vaultKeyMissing` for
 * a vault that is not on this device, `vaultKeyChanged` where its key is in doubt, network codes.
 */
export function knownKeys(account: OpenAccount): VaultOpening {
  return async (vault, signal) => {
    const key = knownKey(account, vault.id);
    try {
      const stands = await readVaultEncryption(account.client, vault.id, signal);
      if (stands === null) await beginVaultEncryption(account.client, vault.id, null, false);
      const begun = stands ?? (await readVaultEncryption(account.client, vault.id, signal));
      if (begun === null) throw new StrongroomError('encryptionChangeGone');
      return { of: { vaultId: vault.id, id: begun.id }, key, done: begun.doneCount };
    } catch (failure) {
      wipe(key);
      throw failure;
    }
  };
}

function knownKey({ mirror, vaultKeys }: OpenAccount, vaultServerId: string): VaultKey {
  const vault = mirror.vaults.all().find(({ serverId }) => serverId === vaultServerId);
  if (vault === undefined || vaultKeys === null) throw new StrongroomError('vaultKeyMissing');
  const trust = mirror.pins.vaultKey(vault.id)?.trust;
  if (trust === 'keyChanged' || trust === 'keyMissing') throw new StrongroomError('vaultKeyChanged');
  // A copy: a sync that takes the vault away meanwhile wipes the one in use.
  return asVaultKey(Buffer.from(vaultKeys.keyOf(vault.id)));
}
