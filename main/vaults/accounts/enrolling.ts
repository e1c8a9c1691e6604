/**
 * Bringing an account to this device, as far as no vault is open yet: looking at the server, using an
 * invitation, signing in, and the secret. What comes out is made into a profile by `Accounts`.
 *
 * A device that holds a copy of the account already goes on only if the person says so: a server that
 * claims that somebody has no keys any more must not get new ones made by the way.
 */
import type { EnrolmentStep, Invitation, ServerInspection } from '../../../contract/accounts.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { Profile, ProfileStore } from '../../custody/index.ts';
import { wipe } from '../../keychain/index.ts';
import {
  acceptInvitation,
  Connection,
  inspectServer,
  openInvitation,
  parseServerAddress,
} from '../../remote/index.ts';
import type { EnrolmentResult } from '../../sync/index.ts';
import { Enrolments } from './enrolments.ts';
import { brokenRules, isTooShort, shortestLogInPassword } from './secretrules.ts';
import { trustFor } from './signingin.ts';
import type { SignInInput } from './signingin.ts';

/** A server as a person named it, and what they accepted of it. */
type ServerInput = Pick<SignInInput, 'address' | 'acceptedFingerprint'>;

export interface AcceptInput extends SignInInput {
  readonly code: string;
  readonly fullName: string;
}

export class Enrolling {
  readonly #profiles: ProfileStore;
  readonly #enrolments = new Enrolments();

  constructor(profiles: ProfileStore) {
    this.#profiles = profiles;
  }

  /** Throws `badAddress`, `unreachable`. */
  async inspectServer(address: string): Promise<ServerInspection> {
    const { origin, host, certificate } = await inspectServer(parseServerAddress(address));
    return { origin, host, certificate };
  }

  /** Begins an enrolment. The password's bytes are wiped. */
  async signIn(input: SignInInput): Promise<EnrolmentStep> {
    try {
      return await this.#begin(input);
    } finally {
      wipe(input.password);
    }
  }

  /** What an invitation is to. Throws `inviteInvalid`, `notOffered`, codes of the connection. */
  async openInvitation(input: ServerInput & { readonly code: string }): Promise<Invitation> {
    const told = await this.#asStranger(input, (connection) => openInvitation(connection, input.code));
    const { organisation, fullName, email, isClientSideEncryptionEnabled } = told;
    return {
      ...{ organisation: organisation.name, fullName, email },
      clientSideEncryption: isClientSideEncryptionEnabled,
    };
  }

  /**
   * Makes the invited account and begins its enrolment. The password's bytes are wiped. Throws
   * `inviteInvalid`, `loginTaken`, `refused` for a password that is too short.
   */
  async acceptInvitation(input: AcceptInput): Promise<EnrolmentStep> {
    const { code, login, fullName, password } = input;
    try {
      if (isTooShort(password, shortestLogInPassword)) throw new StrongroomError('refused');
      const account = { code, login, fullName };
      await this.#asStranger(input, (connection) => acceptInvitation(connection, account, password));
      return await this.#begin(input);
    } finally {
      wipe(password);
    }
  }

  async confirmTwoFactor(enrolmentId: string, code: string): Promise<EnrolmentStep> {
    await this.#enrolments.confirmTwoFactor(enrolmentId, code);
    return this.#step(enrolmentId);
  }

  abandon(enrolmentId: string): Promise<void> {
    return this.#enrolments.end(enrolmentId);
  }

  abandonAll(): Promise<void> {
    return this.#enrolments.endAll();
  }

  /**
   * Opens the account's keys with the secret, or makes them. `beside`: the person knows of the copy
   * that is here. The secret's bytes stay the caller's. Throws `alreadyEnrolled`,
   * `masterPasswordRules`, `refused` for a passphrase that is too short, and as `Enrolment.finish`.
   */
  async finish(enrolmentId: string, secret: Uint8Array, beside: boolean): Promise<EnrolmentResult> {
    const { needs, masterPasswordRule, knownHere } = this.#step(enrolmentId);
    if (knownHere === true && !beside) throw new StrongroomError('alreadyEnrolled');
    if (needs === 'devicePassphrase' && isTooShort(secret)) throw new StrongroomError('refused');
    if (masterPasswordRule !== undefined && brokenRules(secret, masterPasswordRule).length > 0) {
      throw new StrongroomError('masterPasswordRules');
    }
    return this.#enrolments.finish(enrolmentId, secret);
  }

  /** Throws `alreadyEnrolled` if there is a copy of this account here. */
  refuseKnown({ server, account }: EnrolmentResult): void {
    if (this.#isKnown(server.origin, account.userId)) throw new StrongroomError('alreadyEnrolled');
  }

  /** Whether a copy of the account that was brought here later has taken this one's place. */
  isFormer({ server, account, createdAt }: Profile): boolean {
    return this.#copies(server.origin, account.userId).some((copy) => copy.createdAt > createdAt);
  }

  async #begin(input: SignInInput): Promise<EnrolmentStep> {
    const address = parseServerAddress(input.address);
    const trust = await trustFor(input);
    const { login, password } = input;
    const { enrolmentId } = await this.#enrolments.begin({ address, trust, login, password });
    return this.#step(enrolmentId);
  }

  #step(enrolmentId: string): EnrolmentStep {
    const step = this.#enrolments.step(enrolmentId);
    const { origin, userId } = this.#enrolments.whose(enrolmentId);
    return userId !== null && this.#isKnown(origin, userId) ? { ...step, knownHere: true } : step;
  }

  #isKnown(origin: string, userId: string): boolean {
    return this.#copies(origin, userId).length > 0;
  }

  #copies(origin: string, userId: string): Profile[] {
    const all = this.#profiles.list().flatMap(({ profile }) => profile ?? []);
    return all.filter(({ server, account }) => server.origin === origin && account.userId === userId);
  }

  async #asStranger<T>(input: ServerInput, ask: (connection: Connection) => Promise<T>): Promise<T> {
    const address = parseServerAddress(input.address);
    const connection = new Connection({ address, trust: await trustFor(input) });
    try {
      return await ask(connection);
    } finally {
      await connection.close();
    }
  }
}
