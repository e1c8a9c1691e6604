/**
 * What is checked of a known server at each sync, before anything else and before the hash
 * of the master key may leave: the mode of encryption, the key derivation and the own key
 * pair are those that were pinned when the account came to this device.
 */
import { StrongroomError } from '../../../contract/index.ts';
import type { EncryptionDirection } from '../../../contract/encryptionchange.ts';
import { checkMasterKeyOptions, parseMasterKeyOptions } from '../../keychain/index.ts';
import type { EncryptionMode, Pins } from '../../mirror/model.ts';
import { readFeatures, readMasterKeyOptions, readOwnKeys, readSettings } from '../../remote/index.ts';
import type { RemoteClient, StatedAccount } from '../../remote/index.ts';
import { chainStep } from './chainfailure.ts';
import { fingerprintIfKey } from './masterpassword.ts';
import type { OfflinePolicy } from '../offlineterm.ts';
import type { PasswordPolicies } from '../passwordpolicies.ts';

/** What a server says of itself and of the account before any proof was given to it. */
export interface ServerStatement {
  readonly features: ReadonlySet<string>;
  readonly mode: EncryptionMode;
  readonly masterKeyOptions: string | null;
  /** The right to be offline; null where the server states none. */
  readonly offline: OfflinePolicy | null;
  /** What it demands of passwords; null where it demands nothing. */
  readonly passwordPolicies: PasswordPolicies | null;
  /** In which direction client-side encryption is being changed; null where it is not. */
  readonly encryptionChange: EncryptionDirection | null;
}

/** Asks for features and mode; tells the gate whether the hash is wanted at all. */
export async function readStatement(client: RemoteClient, signal?: AbortSignal): Promise<ServerStatement> {
  const [features, settings, options] = await Promise.all([
    readFeatures(client, signal),
    readSettings(client, signal),
    readMasterKeyOptions(client, signal),
  ]);
  client.gate.announceOptional(features.has('masterKeyHashOptional'));
  const encrypted =
    options !== null && (settings.clientSideEncryption ?? (await readOwnKeys(client, signal)) !== null);
  return {
    features,
    mode: encrypted ? 'client' : 'none',
    masterKeyOptions: encrypted ? options : null,
    offline: settings.offline,
    passwordPolicies: settings.passwordPolicies,
    encryptionChange: settings.encryptionChange,
  };
}

/**
 * Asks a known server for its statement and holds it against the pins of the account.
 * @throws StrongroomError `encryptionModeChanged`, `kdfRefused`, `ownKeyChanged`.
 */
export async function verifyOnReturn(
  client: RemoteClient,
  pins: Pins,
  signal?: AbortSignal,
): Promise<ServerStatement> {
  const statement = await readStatement(client, signal);
  verifyDerivation(statement, pins);
  if (pins.mode === 'none') return statement;
  const keys = await readOwnKeys(client, signal);
  if (keys === null) throw new StrongroomError('encryptionModeChanged');
  verifyOwnKey(keys.userId, keys.publicPem, pins);
  return statement;
}

/**
 * The same checks on the statement that comes with a page of the change feed.
 * @throws StrongroomError `encryptionModeChanged`, `kdfRefused`, `ownKeyChanged`.
 */
export function verifyStatedAccount(account: StatedAccount, pins: Pins): void {
  const { isClientSideEncryptionEnabled, masterKeyOptions, publicKey } = account;
  const mode = isClientSideEncryptionEnabled && masterKeyOptions !== null ? 'client' : 'none';
  verifyDerivation({ mode, masterKeyOptions }, pins);
  if (pins.mode === 'none') {
    if (account.id !== pins.userId) throw new StrongroomError('ownKeyChanged');
    return;
  }
  if (publicKey === null) throw new StrongroomError('encryptionModeChanged');
  verifyOwnKey(account.id, publicKey, pins);
}

function verifyDerivation(stated: Pick<ServerStatement, 'mode' | 'masterKeyOptions'>, pins: Pins): void {
  if (stated.mode !== pins.mode) throw new StrongroomError('encryptionModeChanged');
  if (pins.mode === 'none') return;
  const { masterKeyOptions } = stated;
  if (masterKeyOptions === null || pins.masterKeyOptions === null)
    throw new StrongroomError('encryptionModeChanged');
  const pinned = pins.masterKeyOptions;
  chainStep(() =>
    checkMasterKeyOptions(parseMasterKeyOptions(masterKeyOptions), parseMasterKeyOptions(pinned)),
  );
}

function verifyOwnKey(userId: string, publicPem: string, pins: Pins): void {
  const same = userId === pins.userId && fingerprintIfKey(publicPem) === pins.ownPublicKey;
  if (!same) throw new StrongroomError('ownKeyChanged');
}
