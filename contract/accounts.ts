/** Accounts on this device: enrolling one, listing, removing. */
import { z } from 'zod';
import { channel, idText, instant, nothing, typedSecret } from './channel.ts';
import { weaknessReasons } from './health.ts';

/** Where a server stands as seen from this device before anything secret was sent. */
export const serverInspection = z.strictObject({
  /** Normalised origin, e.g. `https://vault.corp.example` (a path prefix is kept). */
  origin: z.string(),
  host: z.string(),
  /** Null for plain HTTP, which is accepted on this computer's own address only. */
  certificate: z.nullable(
    z.strictObject({
      /** Accepted by the system's own authorities. */
      trusted: z.boolean(),
      /** SHA-256 of the certificate, upper-case hex pairs joined by colons. */
      fingerprint: z.string(),
      subject: z.string(),
      issuer: z.string(),
      validFrom: instant,
      validTo: instant,
      /** Why the system does not trust it: 'selfSigned' | 'unknownAuthority' | 'expired' | 'wrongHost' | 'other'. */
      reason: z.nullable(z.enum(['selfSigned', 'unknownAuthority', 'expired', 'wrongHost', 'other'])),
    }),
  ),
});
export type ServerInspection = z.infer<typeof serverInspection>;

/** What a new master password has to be like. */
export const masterPasswordRule = z.strictObject({
  minimumLength: z.number().int().min(12).max(128),
  requiredSets: z.array(z.enum(['upper', 'digits', 'symbols'])),
});
export type MasterPasswordRule = z.infer<typeof masterPasswordRule>;

/** What is missing to finish an enrolment. */
export const enrolmentStep = z.strictObject({
  enrolmentId: idText,
  /**
   * `twoFactorCode`: the server asks for a second factor. `masterPassword`: client-side
   * encryption is on. `newMasterPassword`: it is on and the account has no keys yet, or none any
   * more after a reset. `devicePassphrase`: it is off, so the person picks a passphrase for the copy
   * on this device.
   */
  needs: z.enum(['twoFactorCode', 'masterPassword', 'newMasterPassword', 'devicePassphrase']),
  fullName: z.string(),
  login: z.string(),
  /** Shown on a new device so that a weakened key derivation can be noticed. */
  keyDerivation: z.nullable(
    z.strictObject({ digest: z.string(), iterations: z.number().int(), bytes: z.number().int() }),
  ),
  /** With `newMasterPassword` only. */
  masterPasswordRule: z.optional(masterPasswordRule),
  /**
   * This device has a copy of the same account already. Going on makes another one beside it, which
   * is right after a reset of the master password and for nothing else.
   */
  knownHere: z.optional(z.boolean()),
});
export type EnrolmentStep = z.infer<typeof enrolmentStep>;

export const accountView = z.strictObject({
  id: idText,
  login: z.string(),
  fullName: z.string(),
  host: z.string(),
  /** The server's address as the account was brought here with it. */
  origin: z.string(),
  clientSideEncryption: z.boolean(),
  unlocked: z.boolean(),
  /** The account whose vaults the window shows. */
  current: z.boolean(),
  /** An older copy of an account that was brought here anew after a reset of its master password. */
  former: z.boolean(),
  lastSyncedAt: z.nullable(instant),
});
export type AccountView = z.infer<typeof accountView>;

/** Score in the classes of zxcvbn: 0 is guessed at once, 4 is out of reach. */
export const secretJudgement = z.strictObject({
  score: z.number().int().min(0).max(4),
  reason: z.enum(weaknessReasons),
  broken: z.array(z.enum(['length', 'upper', 'digits', 'symbols'])),
});
export type SecretJudgement = z.infer<typeof secretJudgement>;

export const invitation = z.strictObject({
  organisation: z.string(),
  fullName: z.string(),
  email: z.string(),
  clientSideEncryption: z.boolean(),
});
export type Invitation = z.infer<typeof invitation>;

const server = {
  address: z.string().min(1).max(2048),
  /** The fingerprint the person accepted, if the system does not trust the certificate. */
  acceptedFingerprint: z.nullable(z.string().max(128)),
};
const inviteCode = z.string().min(1).max(100);
/** Six digits, or a recovery code. */
const secondFactor = z.string().min(4).max(32);

export const accounts = {
  list: channel(
    nothing,
    z.strictObject({
      accounts: z.array(accountView),
      /** Ids of accounts whose files on this device cannot be read; they can only be removed. */
      damaged: z.array(idText),
    }),
    { needs: 'anytime' },
  ),
  inspectServer: channel(z.strictObject({ address: z.string().min(1).max(2048) }), serverInspection, {
    needs: 'anytime',
  }),
  /** Sends login and account password (not the master password) to the inspected server. */
  signIn: channel(
    z.strictObject({ ...server, login: z.string().min(1).max(256), password: typedSecret }),
    enrolmentStep,
    { needs: 'anytime', maxSize: 8192 },
  ),
  confirmTwoFactor: channel(z.strictObject({ enrolmentId: idText, code: secondFactor }), enrolmentStep, {
    needs: 'anytime',
  }),
  /**
   * Finishes the enrolment; the account is then unlocked and current, and its first sync runs. With
   * `newMasterPassword` the key pair is made here first. `beside`: the person knows that a copy of
   * this account is here already and stays; without it such an enrolment fails as `alreadyEnrolled`.
   */
  enrol: channel(
    z.strictObject({ enrolmentId: idText, secret: typedSecret, beside: z.optional(z.boolean()) }),
    accountView,
    { needs: 'anytime' },
  ),
  /** How soon a new secret would be guessed, and which rules it breaks; nothing is kept of it. */
  judgeSecret: channel(
    z.strictObject({
      secret: typedSecret,
      rule: z.nullable(masterPasswordRule),
      /** What a guesser would try first: login, name, host. */
      ownWords: z.array(z.string().max(256)).max(8),
    }),
    secretJudgement,
    { needs: 'anytime', maxSize: 8192 },
  ),
  /** What an invitation is to. */
  openInvitation: channel(z.strictObject({ ...server, code: inviteCode }), invitation, {
    needs: 'anytime',
    maxSize: 8192,
  }),
  /** Makes the invited account and signs in to it. */
  acceptInvitation: channel(
    z.strictObject({
      ...{ ...server, code: inviteCode, fullName: z.string().max(256) },
      login: z.string().min(1).max(256),
      password: typedSecret,
    }),
    enrolmentStep,
    { needs: 'anytime', maxSize: 8192 },
  ),
  abandonEnrolment: channel(z.strictObject({ enrolmentId: idText }), nothing, { needs: 'anytime' }),
  /** Signs in again after the tokens have ended; the vaults stay readable meanwhile. */
  renewSignIn: channel(
    z.strictObject({ accountId: idText, password: typedSecret, code: z.nullable(z.string().max(32)) }),
    nothing,
  ),
  /** Erases the profile, its keys and its mirror from this device. */
  remove: channel(z.strictObject({ accountId: idText }), nothing, { needs: 'anytime' }),
};
