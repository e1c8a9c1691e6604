/**
 * Bringing an account to this device: the conversation from log-in to opened private key.
 *
 * The server is a stranger here, and nothing is pinned yet. So the order of the steps is the
 * protection: its key derivation is judged before the master password touches it, the private
 * key is fetched without any proof of the password and must open with it, and the public key
 * is computed, not believed. Only then may the hash of the master key leave.
 */
import { randomUUID } from 'node:crypto';
import type { EnrolmentStep } from '../../../contract/accounts.ts';
import { StrongroomError } from '../../../contract/index.ts';
import {
  asMasterKey,
  checkMasterKeyOptions,
  deriveMasterKey,
  keyFingerprint,
  masterKeyHash,
  openPrivateKey,
  parseMasterKeyOptions,
  publicPemOf,
  samePublicKey,
  wipe,
} from '../../keychain/index.ts';
import type { MasterKey, MasterKeyOptions, PrivateKey } from '../../keychain/index.ts';
import type { Pins } from '../../mirror/model.ts';
import {
  checkSession,
  confirmTwoFactor,
  Connection,
  HashGate,
  readOwnKeys,
  readUserInfo,
  RemoteClient,
  signIn,
  TokenKeeper,
} from '../../remote/index.ts';
import type { OwnKeys, ServerAddress, ServerTrust, Tokens, UserInfo } from '../../remote/index.ts';
import { chainStep, fromKeychain } from './chainfailure.ts';
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

  private constructor(start: EnrolmentStart, connection: Connection, tokens: Tokens) {
    const { address, trust, login } = start;
    this.#start = { address, trust, login };
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
    try {
      const enrolment = new Enrolment(start, connection, await signIn(connection, login, password));
      await enrolment.#learn();
      return enrolment;
    } catch (failure) {
      await connection.close();
      throw isStrangeAnswer(failure) ? new StrongroomError('notPasswork', { host: address.host }) : failure;
    }
  }

  /** What is missing to go on, and what may be shown meanwhile. */
  step(): EnrolmentStep {
    const shown = { enrolmentId: this.id, fullName: this.#user?.fullName ?? '', login: this.#start.login };
    if (this.#statement === null) return { ...shown, needs: 'twoFactorCode', keyDerivation: null };
    if (this.#statement.mode === 'none') return { ...shown, needs: 'devicePassphrase', keyDerivation: null };
    const { digest, iterations, bytes } = acceptedOptions(this.#statement);
    return { ...shown, needs: 'masterPassword', keyDerivation: { digest, iterations, bytes } };
  }

  /** @throws StrongroomError `wrongTwoFactorCode`. */
  async confirmTwoFactor(code: string): Promise<EnrolmentStep> {
    await confirmTwoFactor(this.#client, code);
    await this.#learn();
    if (this.#statement === null) throw new StrongroomError('wrongTwoFactorCode');
    return this.step();
  }

  /**
   * Opens the account's keys with the master password (UTF-8, wiped by the caller); without
   * client-side encryption there are none and the argument is not looked at.
   * @throws StrongroomError `wrongMasterPassword`, `kdfRefused`, `ownKeyMismatch`,
   * `hashDemandedTooEarly`, `twoFactorRequired`.
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
        masterKeyOptions: statement.masterKeyOptions,
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
    if (this.#statement?.mode === 'client') acceptedOptions(this.#statement);
  }

  async #openKeys(statement: ServerStatement, masterPassword: Uint8Array): Promise<OpenedKeys> {
    const options = acceptedOptions(statement);
    const own = await readOwnKeys(this.#client);
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
      };
    } finally {
      wipe(masterKey);
    }
  }
}

/** @throws StrongroomError `kdfRefused`: the master password is not used with what this server asks for. */
function acceptedOptions(statement: ServerStatement): MasterKeyOptions {
  return chainStep(() => {
    const options = parseMasterKeyOptions(statement.masterKeyOptions ?? '');
    checkMasterKeyOptions(options);
    return options;
  });
}

function openOwnKey(own: OwnKeys, masterKey: MasterKey, masterPassword: Uint8Array): PrivateKey {
  let privateKey: PrivateKey;
  try {
    privateKey = openPrivateKey(own.privateEncrypted, masterKey, masterPassword);
  } catch (failure) {
    throw new StrongroomError('wrongMasterPassword', {}, { cause: failure });
  }
  if (!isPublicHalf(own.publicPem, privateKey)) throw new StrongroomError('ownKeyMismatch');
  return privateKey;
}

function isPublicHalf(publicPem: string, privateKey: PrivateKey): boolean {
  try {
    return samePublicKey(publicPem, publicPemOf(privateKey));
  } catch {
    // A public key that cannot be read belongs to no private key.
    return false;
  }
}

/** At the first contact an answer of the wrong shape means that something else stands there. */
function isStrangeAnswer(failure: unknown): boolean {
  return failure instanceof StrongroomError && (failure.code === 'badAnswer' || failure.code === 'notFound');
}
