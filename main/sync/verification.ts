/**
 * What is checked of a known server at each sync, before anything else and before the hash
 * of the master key may leave: the mode of encryption, the key derivation and the own key
 * pair are those that were pinned when the account came to this device.
 */
import { StrongroomError } from '../../contract/index.ts';
import { checkMasterKeyOptions, keyFingerprint, parseMasterKeyOptions } from '../keychain/index.ts';
import type { EncryptionMode, Pins } from '../mirror/model.ts';
import { readFeatures, readMasterKeyOptions, readOwnKeys, readStatedEncryption } from '../remote/index.ts';
import type { RemoteClient } from '../remote/index.ts';
import { chainStep } from './chainfailure.ts';

/** What a server says of itself and of the account before any proof was given to it. */
export interface ServerStatement {
  readonly features: ReadonlySet<string>;
  readonly mode: EncryptionMode;
  readonly masterKeyOptions: string | null;
}

/** Asks for features and mode; tells the gate whether the hash is wanted at all. */
export async function readStatement(client: RemoteClient, signal?: AbortSignal): Promise<ServerStatement> {
  const [features, stated, options] = await Promise.all([
    readFeatures(client, signal),
    readStatedEncryption(client, signal),
    readMasterKeyOptions(client, signal),
  ]);
  client.gate.announceOptional(features.has('masterKeyHashOptional'));
  const encrypted = options !== null && (stated ?? (await readOwnKeys(client, signal)) !== null);
  return { features, mode: encrypted ? 'client' : 'none', masterKeyOptions: encrypted ? options : null };
}

/**
 * Holds a server's statement against the pins of the account.
 * @throws StrongroomError `encryptionModeChanged`, `kdfRefused`, `ownKeyChanged`.
 */
export async function verifyOnReturn(
  client: RemoteClient,
  pins: Pins,
  signal?: AbortSignal,
): Promise<ServerStatement> {
  const statement = await readStatement(client, signal);
  if (statement.mode !== pins.mode) throw new StrongroomError('encryptionModeChanged');
  if (pins.mode === 'none') return statement;
  const { masterKeyOptions } = statement;
  if (masterKeyOptions === null || pins.masterKeyOptions === null)
    throw new StrongroomError('encryptionModeChanged');
  const pinned = pins.masterKeyOptions;
  chainStep(() =>
    checkMasterKeyOptions(parseMasterKeyOptions(masterKeyOptions), parseMasterKeyOptions(pinned)),
  );
  const keys = await readOwnKeys(client, signal);
  if (keys === null) throw new StrongroomError('encryptionModeChanged');
  const same = keys.userId === pins.userId && fingerprintOf(keys.publicPem) === pins.ownPublicKey;
  if (!same) throw new StrongroomError('ownKeyChanged');
  return statement;
}

/** A key that cannot be read is not the pinned one. */
function fingerprintOf(publicPem: string): string | null {
  try {
    return keyFingerprint(publicPem);
  } catch {
    // Which fault the key has is the server's affair; here it counts as another key.
    return null;
  }
}
