/**
 * The own key pair of an account that has none yet because client-side encryption is only about to
 * be turned on: made under a new master password, and opened when vaults are to be converted.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import { deriveMasterKey, keyFingerprint, publicPemOf, wipe } from '../../keychain/index.ts';
import type { MasterKeyOptions, PrivateKey } from '../../keychain/index.ts';
import {
  readMasterKeyOptions,
  readMasterPasswordRule,
  readOwnKeys,
  sendOwnKeys,
} from '../../remote/index.ts';
import type { OwnKeys } from '../../remote/index.ts';
import {
  acceptedOptions,
  fingerprintIfKey,
  fromKeychain,
  isKept,
  makeKeys,
  openOwnKey,
  readStatedKeys,
  refuseFewerRounds,
} from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { brokenRules } from '../accounts/secretrules.ts';

/** `here`: the pair that this device knows. `elsewhere`: one that it has not opened yet. */
export type OwnPairState = 'missing' | 'here' | 'elsewhere';

/** What the server has of the own pair, as this device sees it. Throws network codes. */
export async function ownPairState({ client, keysAhead }: OpenAccount): Promise<OwnPairState> {
  const keys = await readOwnKeys(client);
  if (keys === null) return 'missing';
  return keysAhead.own()?.fingerprint === fingerprintIfKey(keys.publicPem) ? 'here' : 'elsewhere';
}

/**
 * Makes a pair under a new master password, gives it to the server and remembers it. Both passwords
 * are UTF-8 and the caller's to wipe; `logIn` is the log-in password.
 * @throws StrongroomError `masterPasswordRules`, `wrongCredentials`, `changedMeanwhile` if there is a
 * pair already, `kdfRefused`, network codes
 */
export async function makeOwnPair(
  account: OpenAccount,
  { wanted, logIn }: { readonly wanted: Uint8Array; readonly logIn: Uint8Array },
): Promise<void> {
  const { client } = account;
  const [rule, asked] = await Promise.all([readMasterPasswordRule(client), readMasterKeyOptions(client)]);
  const { minimumLength, requiredSets } = rule;
  if (brokenRules(wanted, { minimumLength, requiredSets: [...requiredSets] }).length > 0) {
    throw new StrongroomError('masterPasswordRules');
  }
  const made = await makeKeys(wanted, asked === null ? undefined : acceptedOptions(asked).iterations);
  wipe(made.masterKey);
  const { sealed } = made;
  try {
    await sendOwnKeys(client, 'set', sealed, logIn);
  } catch (failure) {
    // An answer that was lost says nothing; what the server has now does.
    if (!isKept(await readOwnKeys(client), sealed)) throw failure;
  }
  if (account.closed) throw new StrongroomError('locked');
  const { publicPem, masterKeyOptions } = sealed;
  account.keysAhead.keepOwn({ fingerprint: keyFingerprint(publicPem), masterKeyOptions });
}

/**
 * Opens the own private key with the master password (UTF-8, the caller's to wipe). A pair that this
 * device has never seen was made on another one: it is taken as at an enrolment, since it opens
 * with this password, and remembered.
 * @throws StrongroomError `masterPasswordUnset`, `wrongMasterPassword`, `kdfRefused`, `ownKeyMismatch`
 * if it is another pair than the one remembered, network codes
 */
export async function openOwnPair(account: OpenAccount, masterPassword: Uint8Array): Promise<PrivateKey> {
  const { client, mirror, keysAhead } = account;
  const { options: text, keys } = await readStatedKeys(client);
  if (text === null || keys === null) throw new StrongroomError('masterPasswordUnset');
  const options = acceptedOptions(text);
  const known = keysAhead.own();
  if (keys.userId !== mirror.pins.read()?.userId) throw new StrongroomError('ownKeyMismatch');
  if (known !== null) {
    if (known.fingerprint !== fingerprintIfKey(keys.publicPem)) throw new StrongroomError('ownKeyMismatch');
    refuseFewerRounds(options, known.masterKeyOptions);
  }
  const privateKey = await opened(keys, options, masterPassword);
  if (account.closed) throw new StrongroomError('locked');
  const fingerprint = keyFingerprint(publicPemOf(privateKey));
  keysAhead.keepOwn({ fingerprint, masterKeyOptions: text });
  return privateKey;
}

async function opened(
  keys: OwnKeys,
  options: MasterKeyOptions,
  masterPassword: Uint8Array,
): Promise<PrivateKey> {
  const masterKey = await deriveMasterKey(masterPassword, options).catch((failure: unknown) => {
    throw fromKeychain(failure);
  });
  try {
    return openOwnKey(keys, masterKey, masterPassword);
  } finally {
    wipe(masterKey);
  }
}
