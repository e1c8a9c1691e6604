/**
 * A master password held against what a server keeps: the derivation it asks for is judged before
 * the password is used, and the private key it hands out has to open and be the pinned one before
 * anything of it counts (D3 rows 1 to 4 of the threat table).
 */
import { StrongroomError } from '../../../contract/index.ts';
import {
  checkMasterKeyOptions,
  deriveMasterKey,
  keyFingerprint,
  masterKeyHash,
  openPrivateKey,
  parseMasterKeyOptions,
  publicPemOf,
  wipe,
} from '../../keychain/index.ts';
import type { MasterKey, MasterKeyOptions, PrivateKey } from '../../keychain/index.ts';
import type { Pins } from '../../mirror/index.ts';
import { readMasterKeyOptions, readOwnKeys } from '../../remote/index.ts';
import type { OwnKeys, RemoteClient } from '../../remote/index.ts';
import { chainStep, fromKeychain } from './chainfailure.ts';
import { isPublicHalf, type KeysUnderPassword } from './newkeys.ts';

/** @throws StrongroomError `kdfRefused`: the master password is not used with what this server asks for. */
export function acceptedOptions(text: string | null): MasterKeyOptions {
  return chainStep(() => {
    const options = parseMasterKeyOptions(text ?? '');
    checkMasterKeyOptions(options);
    return options;
  });
}

/** @throws StrongroomError `wrongMasterPassword`, `ownKeyMismatch`. */
export function openOwnKey(own: OwnKeys, masterKey: MasterKey, masterPassword: Uint8Array): PrivateKey {
  let privateKey: PrivateKey;
  try {
    privateKey = openPrivateKey(own.privateEncrypted, masterKey, masterPassword);
  } catch (failure) {
    throw new StrongroomError('wrongMasterPassword', {}, { cause: failure });
  }
  if (!isPublicHalf(own.publicPem, publicPemOf(privateKey))) throw new StrongroomError('ownKeyMismatch');
  return privateKey;
}

/** What a server states of the account's master password now. */
export interface StatedKeys {
  readonly options: string | null;
  readonly keys: OwnKeys | null;
}

/** Asks for the derivation and the pair; the hash of the master key does not go along. */
export async function readStatedKeys(client: RemoteClient, signal?: AbortSignal): Promise<StatedKeys> {
  client.gate.close();
  const [options, keys] = await Promise.all([
    readMasterKeyOptions(client, signal),
    readOwnKeys(client, signal),
  ]);
  return { options, keys };
}

/**
 * Proves a master password that was changed on another device: the pair has to be the pinned one,
 * and to open. The salt may be another; the iterations may not have fallen.
 * `masterPassword` is UTF-8 and the caller's to wipe.
 * @throws StrongroomError `kdfRefused`, `ownKeyChanged`, `encryptionModeChanged`,
 * `wrongMasterPassword`, network codes.
 */
export async function proveChangedPassword(
  client: RemoteClient,
  pins: Pins,
  masterPassword: Uint8Array,
): Promise<KeysUnderPassword> {
  const { options: text, keys } = await readStatedKeys(client);
  if (text === null || keys === null) throw new StrongroomError('encryptionModeChanged');
  const options = acceptedOptions(text);
  refuseFewerRounds(options, pins.masterKeyOptions ?? '');
  if (keys.userId !== pins.userId || fingerprintIfKey(keys.publicPem) !== pins.ownPublicKey)
    throw new StrongroomError('ownKeyChanged');
  const masterKey = await deriveMasterKey(masterPassword, options).catch((failure: unknown) => {
    throw fromKeychain(failure);
  });
  try {
    const privateKey = openOwnKey(keys, masterKey, masterPassword);
    const { publicPem, privateEncrypted } = keys;
    const hash = masterKeyHash(masterKey);
    const sealed = { masterKeyHash: hash, masterKeyOptions: text, publicPem, privateEncrypted };
    return { masterKey, privateKey, sealed };
  } catch (failure) {
    wipe(masterKey);
    throw failure;
  }
}

/** `pinned`: the options under which the pair was opened before. @throws StrongroomError `kdfRefused` */
export function refuseFewerRounds(options: MasterKeyOptions, pinned: string): void {
  chainStep(() => {
    const known = parseMasterKeyOptions(pinned);
    checkMasterKeyOptions({ ...options, salt: known.salt }, known);
  });
}

/** Null for what is no key, which can never be the pinned one. */
export function fingerprintIfKey(publicPem: string): string | null {
  try {
    return keyFingerprint(publicPem);
  } catch {
    // Which fault the key has is the server's affair; here it counts as another key.
    return null;
  }
}
