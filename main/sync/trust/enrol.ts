/**
 * Bringing an account to this device: the conversation from log-in to opened private key, or to a
 * new one where there is none yet.
 *
 * The server is a stranger here, and nothing is pinned yet. So the order of the steps is the
 * protection: its key derivation is judged before the master password touches it, the private
 * key is fetched without any proof of the password and must open with it, and the public key
 * is computed, not believed. Only then may the hash of the master key leave.
 *
 * A server that says there is no key pair could be lying about somebody who has one. It would get a
 * new public key for that and nothing else; what was wrapped for the old one stays closed to it.
 */
import { randomUUID } from 'node:crypto';
import type { EnrolmentStep } from '../../../contract/accounts.ts';
import { StrongroomError } from '../../../contract/index.ts';
import { LockedBytes } from '../../custody/index.ts';
import {
  asMasterKey,
  deriveMasterKey,
  keyFingerprint,
  masterKeyHash,
  publicPemOf,
  wipe,
} from '../../keychain/index.ts';
import type { MasterKey, PrivateKey } from '../../keychain/index.ts';
import type { Pins } from '../../mirror/model.ts';
import {
  checkSession,
  confirmTwoFactor,
  Connection,
  HashGate,
  readMasterPasswordRule,
  readOwnKeys,
  readUserInfo,
  RemoteClient,
  sendOwnKeys,
  signIn,
  TokenKeeper,
} from '../../remote/index.ts';
import type { MasterPasswordRule, ServerAddress, ServerTrust, Tokens, UserInfo } from '../../remote/index.ts';
import { fromKeychain } from './chainfailure.ts';
import { acceptedOptions, openOwnKey } from './masterpassword.ts';
import { isKept, makeKeys } from './newkeys.ts';
import type { KeysUnderPassword } from './newkeys.ts';
import { readStatement, type ServerStatement } from './verification.ts';

export interface EnrolmentStart {
  readonly address: ServerAddress;
  readonly trust: ServerTrust;
  readonly login: string;
  /** Account password, UTF-8; the caller wipes it. */
  readonly password: Uint8Array;
  /** Certificates (PEM) of authorities that count beside the system's own. */
  readonly authorities?: readonly string[];
}

/** Everything of a client-encrypted account that exists only after the master password. */
export interface OpenedKeys {
  /** The caller stores it sealed and wipes this copy. */
  readonly masterKey: MasterKey;
  readonly privateKey: PrivateKey;
  /** The private key as the server keeps it, to be opened again at each unlock. */
  readonly privateEncrypted: string;
  /** The options under which it was opened or sealed. */
  readonly masterKeyOptions: string;
}

/** What the floor above needs to make a profile. */
export interface EnrolmentResult {
  readonly server: { readonly origin: string; readonly host: string; readonly trust: ServerTrust };
  readonly account: { readonly userId: string; readonly login: string; readonly fullName: string };
  readonly pins: Pins;
  readonly tokens: Tokens;
  readonly features: ReadonlySet<string>;
  /** Null without client-side encryption. */
  readonly keys: OpenedKeys | null;
}

export class Enrolment {
  readonly id = randomUUID();
  readonly #start: Omit<EnrolmentStart, 'password'>;
  readonly #client: RemoteClient;
  #tokens: Tokens;
  #user: UserInfo | null = null;
  #statement: ServerStatement | null = null;
  /** What a new master password has to be like; null where the account has keys, or needs none. */
  #newPasswordRule: MasterPasswordRule | null = null;
  /** The log-in password, as long as it may have to be shown once more. */
  #password: LockedBytes | null;

  private constructor(start: EnrolmentStart, connection: Connection, tokens: Tokens) {
    const { address, trust, login } = start;
    this.#start = { address, trust, login };
    this.#password = LockedBytes.adopt(Uint8Array.from(start.password));
    this.#tokens = tokens;
    const persist = (renewed: Tokens): void => {
      this.#tokens = renewed;
    };
    this.#client = new RemoteClient({
      connection,
      tokens: new TokenKeeper({ connection, tokens, persist }),
      gate: new HashGate(address),
    });
  }

  /**
   * Signs in. @throws StrongroomError `wrongCredentials`, `blockedAccount`, `notPasswork`,
   * `unreachable`, `certificateUntrusted`, `certificateChanged` and others.
   */
  static async begin(start: EnrolmentStart): Promise<Enrolment> {
    const { address, trust, authorities = [], login, password } = start;
    const connection = new Connection({ address, trust, authorities });
    let enrolment: Enrolment | null = null;
    try {
      enrolment = new Enrolment(start, connection, await signIn(connection, login, password));
      await enrolment.#learn();
      return enrolment;
    } catch (failure) {
      if (enrolment !== null) enrolment.#forgetPassword();
      await connection.close();
      throw isStrangeAnswer(failure) ? new StrongroomError('notPasswork', { host: address.host }) : failure;
    }
  }

  /** What is missing to go on, and what may be shown meanwhile. */
  step(): EnrolmentStep {
    const shown = { enrolmentId: this.id, fullName: this.#user?.fullName ?? '', login: this.#start.login };
    if (this.#statement === null) return { ...shown, needs: 'twoFactorCode', keyDerivation: null };
    if (this.#statement.mode === 'none') return { ...shown, needs: 'devicePassphrase', keyDerivation: null };
    const { digest, iterations, bytes } = acceptedOptions(this.#statement.masterKeyOptions);
    const keyDerivation = { digest, iterations, bytes };
    if (this.#newPasswordRule === null) return { ...shown, needs: 'masterPassword', keyDerivation };
    const { minimumLength, requiredSets } = this.#newPasswordRule;
    const masterPasswordRule = { minimumLength, requiredSets: [...requiredSets] };
    return { ...shown, needs: 'newMasterPassword', keyDerivation, masterPasswordRule };
  }

  /** The server's, as it stands in a profile. */
  get origin(): string {
    return this.#start.address.origin;
  }

  /** Who has signed in; null before the second factor was given. */
  get userId(): string | null {
    return this.#user?.id ?? null;
  }

  /** @throws StrongroomError `wrongTwoFactorCode`. */
  async confirmTwoFactor(code: string): Promise<EnrolmentStep> {
    await confirmTwoFactor(this.#client, code);
    await this.#learn();
    if (this.#statement === null) throw new StrongroomError('wrongTwoFactorCode');
    return this.step();
  }

  /**
   * Opens the account's keys with the master password (UTF-8, wiped by the caller), or makes them
   * where the step is `newMasterPassword`; the rules for a new one are the caller's to hold it to.
   * Without client-side encryption there are no keys and the argument is not looked at.
   * @throws StrongroomError `wrongMasterPassword`, `kdfRefused`, `ownKeyMismatch`,
   * `hashDemandedTooEarly`, `twoFactorRequired`, `wrongCredentials`.
   */
  async finish(masterPassword: Uint8Array): Promise<EnrolmentResult> {
    const statement = this.#statement;
    const user = this.#user;
    if (statement === null || user === null) throw new StrongroomError('twoFactorRequired');
    const { address, trust, login } = this.#start;
    const keys = statement.mode === 'client' ? await this.#openKeys(statement, masterPassword) : null;
    return {
      server: { origin: address.origin, host: address.host, trust },
      account: { userId: user.id, login: user.login || login, fullName: user.fullName },
      pins: {
        mode: statement.mode,
        masterKeyOptions: keys === null ? null : keys.masterKeyOptions,
        ownPublicKey: keys === null ? null : keyFingerprint(publicPemOf(keys.privateKey)),
        userId: user.id,
      },
      tokens: this.#tokens,
      features: statement.features,
      keys,
    };
  }

  /** Closes the connection and forgets the tokens. To be called in any case, after `finish` as well. */
  async end(): Promise<void> {
    this.#forgetPassword();
    this.#client.gate.close();
    this.#client.tokens.clear();
    await this.#client.connection.close();
  }

  /** Asks who is signed in and what the server is; leaves both open while a second factor is due. */
  async #learn(): Promise<void> {
    try {
      this.#user = await readUserInfo(this.#client);
      if (this.#user.isTwoFactorAuthEnabled) await checkSession(this.#client);
      this.#statement = await readStatement(this.#client);
    } catch (failure) {
      if (!(failure instanceof StrongroomError && failure.code === 'twoFactorRequired')) throw failure;
      this.#statement = null;
    }
    if (this.#statement === null) return;
    if (this.#statement.mode === 'client') {
      acceptedOptions(this.#statement.masterKeyOptions);
      await this.#lookForKeys(this.#statement);
    }
    if (this.#newPasswordRule === null) this.#forgetPassword();
  }

  async #lookForKeys({ features }: ServerStatement): Promise<void> {
    // A server that wants the hash first is told of when the password is there to be refused.
    if (!features.has('masterPasswordSet') || (await readOwnKeys(this.#client)) !== null) return;
    this.#newPasswordRule = await readMasterPasswordRule(this.#client);
  }

  async #openKeys(stated: ServerStatement, masterPassword: Uint8Array): Promise<OpenedKeys> {
    const own = await readOwnKeys(this.#client);
    if (own === null && this.#newPasswordRule !== null) return this.#makeKeys(stated, masterPassword);
    // Keys that came meanwhile, from an attempt whose answer was lost, have options of their own.
    const isLate = this.#newPasswordRule !== null;
    const statement = isLate ? await readStatement(this.#client) : stated;
    const options = acceptedOptions(statement.masterKeyOptions);
    if (own === null || own.userId !== this.#user?.id) throw new StrongroomError('ownKeyMismatch');
    const masterKey = await deriveMasterKey(masterPassword, options).catch((failure: unknown) => {
      throw fromKeychain(failure);
    });
    try {
      const privateKey = openOwnKey(own, masterKey, masterPassword);
      this.#client.gate.open(masterKeyHash(masterKey));
      return {
        masterKey: asMasterKey(Buffer.from(masterKey)),
        privateKey,
        privateEncrypted: own.privateEncrypted,
        masterKeyOptions: statement.masterKeyOptions ?? '',
      };
    } finally {
      wipe(masterKey);
    }
  }

  async #makeKeys(stated: ServerStatement, masterPassword: Uint8Array): Promise<OpenedKeys> {
    const { iterations } = acceptedOptions(stated.masterKeyOptions);
    const made = await makeKeys(masterPassword, iterations);
    try {
      await this.#store(made);
    } catch (failure) {
      wipe(made.masterKey);
      throw failure;
    }
    const { masterKey, privateKey, sealed } = made;
    this.#forgetPassword();
    this.#client.gate.open(sealed.masterKeyHash);
    const { privateEncrypted, masterKeyOptions } = sealed;
    return { masterKey, privateKey, privateEncrypted, masterKeyOptions };
  }

  /** An answer that was lost says nothing; what the server has now does. */
  async #store({ sealed }: KeysUnderPassword): Promise<void> {
    if (this.#password === null) throw new StrongroomError('enrolmentExpired');
    try {
      await sendOwnKeys(this.#client, 'set', sealed, this.#password.bytes);
    } catch (failure) {
      if (!isKept(await readOwnKeys(this.#client), sealed)) throw failure;
    }
  }

  #forgetPassword(): void {
    this.#password?.dispose();
    this.#password = null;
  }
}

/** At the first contact an answer of the wrong shape means that something else stands there. */
function isStrangeAnswer(failure: unknown): boolean {
  return failure instanceof StrongroomError && (failure.code === 'badAnswer' || failure.code === 'notFound');
}
