/**
 * Another key for a vault: given here, in portions that go on after a break, or given elsewhere, and
 * then for a person to accept before anything is written under it.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';
import { errorCodes } from './errors.ts';
import { fingerprintText, keyTrustState, rosterWord } from './keytrust.ts';

/** As many people as one vault is given another key for from here. */
export const mostKeyHolders = 2000;

/** Somebody who has the key of the vault now, or may enter it. */
export const keyHolder = z.strictObject({
  userId: idText,
  name: z.string(),
  login: z.string(),
  trust: keyTrustState,
  fingerprint: z.nullable(fingerprintText),
  words: z.array(z.string()).max(8),
  isWeak: z.boolean(),
  roster: z.nullable(rosterWord),
});
export type KeyHolder = z.infer<typeof keyHolder>;

/**
 * `running`: record keys are being sealed. `stopped`: it waits to be gone on with, on this device.
 * `elsewhere`: somebody has begun it on another device.
 */
export const rekeyingView = z.strictObject({
  vaultId: idText,
  vaultName: z.string(),
  state: z.enum(['running', 'stopped', 'elsewhere']),
  done: z.number().int().nonnegative(),
  /** Known records and shortcuts; former states and what is in the bin come on top. */
  atLeast: z.number().int().nonnegative(),
  startedAt: z.nullable(instant),
  /** Why it stopped. */
  failure: z.nullable(z.enum(errorCodes)),
});
export type RekeyingView = z.infer<typeof rekeyingView>;

/** What is known of a key that the server delivers in the place of the one that was known. */
export const doubtedKey = z.strictObject({
  /** Null: what was delivered does not open, so there is nothing to accept. */
  mac: z.nullable(z.string().max(128)),
  /** Records whose key, under the new vault key, is the known one, or seals a secret that is known here. */
  same: z.number().int().nonnegative(),
  /** Records of which neither is so. */
  other: z.number().int().nonnegative(),
  /** Records of this device that the server does not list. */
  missing: z.number().int().nonnegative(),
  /** What the activity log tells; null where it may not be read or tells nothing. */
  by: z.nullable(z.string()),
  at: z.nullable(instant),
});
export type DoubtedKey = z.infer<typeof doubtedKey>;

const ofVault = z.strictObject({ vaultId: idText });

export const rekeying = {
  /** Whose keys are to be seen before another vault key is wrapped for them. */
  holders: channel(
    ofVault,
    z.strictObject({
      holders: z.array(keyHolder).max(mostKeyHolders),
      underWay: z.nullable(rekeyingView),
      /** Whether this server lets records get new keys along with their vault. */
      mayRenewRecords: z.boolean(),
    }),
  ),
  /** Begins for those admitted under the fingerprints that were shown; everybody else is left out. */
  begin: channel(
    z.strictObject({
      vaultId: idText,
      admitted: z.array(z.strictObject({ userId: idText, fingerprint: fingerprintText })).max(mostKeyHolders),
      /** Seals every record under a new key of its own as well: what was sent or linked of it ends. */
      renewsRecords: z.optional(z.boolean()),
    }),
    nothing,
    { maxSize: 512 * 1024 },
  ),
  /** Goes on with one that was begun on this device. */
  goOn: channel(ofVault, nothing),
  /** Stops for now. */
  pause: channel(ofVault, nothing),
  giveUp: channel(ofVault, nothing),
  /** Those of this device that run or wait to be gone on with. */
  status: channel(nothing, z.strictObject({ rekeyings: z.array(rekeyingView).max(200) })),
  /** Looks at a key that was changed elsewhere. */
  examine: channel(ofVault, doubtedKey),
  /** Takes the key that was looked at. @throws `vaultKeyChanged` if the server has yet another one */
  accept: channel(z.strictObject({ vaultId: idText, mac: z.string().max(128) }), nothing),
};
