/**
 * One's own account: master password, log-in password, second factor, emergency sheet. All of it
 * needs the server. Passwords cross as bytes; what has to be shown once crosses once.
 */
import { z } from 'zod';
import { masterPasswordRule } from './accounts.ts';
import { channel, nothing, typedSecret } from './channel.ts';
import { fingerprintText } from './keytrust.ts';

/** What this server lets people do with their own accounts. */
export const ownAccountOffers = ['masterPassword', 'logInPassword', 'twoFactor'] as const;
export type OwnAccountOffer = (typeof ownAccountOffers)[number];

export const ownAccountOverview = z.strictObject({
  login: z.string(),
  fullName: z.string(),
  host: z.string(),
  offers: z.array(z.enum(ownAccountOffers)),
  /** The second factor is in force. */
  twoFactor: z.boolean(),
  /** Null where there is no master password to change. */
  masterPasswordRule: z.nullable(masterPasswordRule),
  /** The own public key, for comparing; null without client-side encryption. */
  key: z.nullable(z.strictObject({ fingerprint: fingerprintText, words: z.array(z.string()).length(8) })),
});
export type OwnAccountOverview = z.infer<typeof ownAccountOverview>;

/** Six digits, or a recovery code. */
const secondFactor = z.string().min(4).max(32);
const recoveryCode = z.string().min(6).max(64);
const recoveryCodes = z.strictObject({ recoveryCodes: z.array(recoveryCode).min(1).max(50) });
const saved = z.strictObject({ saved: z.boolean() });

const line = z.string().min(1).max(400);
/** The words of the emergency sheet in the person's language; what stands beside them is filled in later. */
export const sheetWords = z.strictObject({
  ...{ language: z.enum(['en', 'ru']), title: line, purpose: line, server: line, login: line, name: line },
  ...{ keyWords: line, keyWordsUse: line, date: line, masterPassword: line, byHand: line, keep: line },
});
export type SheetWords = z.infer<typeof sheetWords>;

export const ownAccount = {
  overview: channel(nothing, ownAccountOverview),
  /**
   * Changes the master password. `settled` is false when the line was cut and nobody knows whether the
   * server took it: until the next contact either password opens this copy.
   */
  changeMasterPassword: channel(
    z.strictObject({ former: typedSecret, wanted: typedSecret, logIn: typedSecret }),
    z.strictObject({ settled: z.boolean() }),
    { maxSize: 8192 },
  ),
  /** Takes over a master password that was changed on another device. */
  adoptMasterPassword: channel(z.strictObject({ secret: typedSecret }), nothing),
  changeLogInPassword: channel(z.strictObject({ former: typedSecret, wanted: typedSecret }), nothing, {
    maxSize: 8192,
  }),
  /** A new secret that is not in force yet, as a QR code and to type. */
  setUpTwoFactor: channel(
    z.strictObject({ password: typedSecret }),
    z.strictObject({
      secret: z.string(),
      /** Modules on one side. */
      size: z.number().int().min(21).max(177),
      /** Row by row, `1` for a dark module. */
      modules: z.string().regex(/^[01]+$/),
    }),
    { reveals: 'secret' },
  ),
  /** Puts the second factor in force; the recovery codes are told this once. */
  enableTwoFactor: channel(z.strictObject({ code: secondFactor }), recoveryCodes, { reveals: 'secret' }),
  renewRecoveryCodes: channel(z.strictObject({ code: secondFactor }), recoveryCodes, { reveals: 'secret' }),
  disableTwoFactor: channel(z.strictObject({ code: secondFactor }), nothing),
  /** Writes the recovery codes that are shown into a file of the person's choice. */
  saveRecoveryCodes: channel(
    z.strictObject({ title: line, recoveryCodes: z.array(recoveryCode).min(1).max(50) }),
    saved,
  ),
  /** Writes a page to print: where the account is and a place for the master password, no secret. */
  saveSheet: channel(z.strictObject({ words: sheetWords }), saved, { maxSize: 8192 }),
};
