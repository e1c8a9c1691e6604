/** Accounts on this device: enrolling one, listing, removing. */
import { z } from 'zod';
import { channel, idText, instant, nothing, typedSecret } from './channel.ts';

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

/** What is missing to finish an enrolment. */
export const enrolmentStep = z.strictObject({
  enrolmentId: idText,
  /**
   * `twoFactorCode`: the server asks for a second factor. `masterPassword`: client-side
   * encryption is on. `devicePassphrase`: it is off, so the person picks a passphrase for
   * the copy on this device.
   */
  needs: z.enum(['twoFactorCode', 'masterPassword', 'devicePassphrase']),
  fullName: z.string(),
  login: z.string(),
  /** Shown on a new device so that a weakened key derivation can be noticed. */
  keyDerivation: z.nullable(
    z.strictObject({ digest: z.string(), iterations: z.number().int(), bytes: z.number().int() }),
  ),
});
export type EnrolmentStep = z.infer<typeof enrolmentStep>;

export const accountView = z.strictObject({
  id: idText,
  login: z.string(),
  fullName: z.string(),
  host: z.string(),
  clientSideEncryption: z.boolean(),
  unlocked: z.boolean(),
  /** The account whose vaults the window shows. */
  current: z.boolean(),
  lastSyncedAt: z.nullable(instant),
});
export type AccountView = z.infer<typeof accountView>;

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
    z.strictObject({
      address: z.string().min(1).max(2048),
      /** The fingerprint the person accepted, if the system does not trust the certificate. */
      acceptedFingerprint: z.nullable(z.string().max(128)),
      login: z.string().min(1).max(256),
      password: typedSecret,
    }),
    enrolmentStep,
    { needs: 'anytime', maxSize: 8192 },
  ),
  confirmTwoFactor: channel(
    z.strictObject({ enrolmentId: idText, code: z.string().min(4).max(16) }),
    enrolmentStep,
    { needs: 'anytime' },
  ),
  /** Finishes the enrolment; the account is then unlocked and current, and its first sync runs. */
  enrol: channel(z.strictObject({ enrolmentId: idText, secret: typedSecret }), accountView, {
    needs: 'anytime',
  }),
  abandonEnrolment: channel(z.strictObject({ enrolmentId: idText }), nothing, { needs: 'anytime' }),
  /** Signs in again after the tokens have ended; the vaults stay readable meanwhile. */
  renewSignIn: channel(
    z.strictObject({ accountId: idText, password: typedSecret, code: z.nullable(z.string().max(16)) }),
    nothing,
  ),
  /** Erases the profile, its keys and its mirror from this device. */
  remove: channel(z.strictObject({ accountId: idText }), nothing, { needs: 'anytime' }),
};
