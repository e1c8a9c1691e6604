/**
 * Turning client-side encryption on or off for the organisation. Everything is converted on the
 * devices of those who administer the vaults and put by; one request puts all of it in force. Then
 * every device stops, since the mode that it knows has changed, and is set up anew by its owner.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing, typedSecret } from './channel.ts';
import { errorCodes } from './errors.ts';
import { fingerprintText } from './keytrust.ts';
import { keyHolder, mostKeyHolders } from './rekeying.ts';
import { masterPasswordRule } from './accounts.ts';

export const encryptionDirection = z.enum(['on', 'off']);
export type EncryptionDirection = z.infer<typeof encryptionDirection>;

const count = z.number().int().nonnegative();

/** As many vaults as one person converts from here. */
export const mostConverted = 5000;

/** A change that is under way, as the server tells it. */
export const encryptionChangeUnderWay = z.strictObject({
  direction: encryptionDirection,
  /** Who began it, by the server's word. */
  starter: z.string(),
  startedAt: instant,
  vaults: z.strictObject({ total: count, ready: count }),
  /** People who have no key pair yet. */
  withoutKeys: count,
  /** Who has vaults left to convert; told only to those who may finish. */
  waitingFor: z.array(z.strictObject({ userId: idText, name: z.string(), vaults: count })).max(500),
});
export type EncryptionChangeUnderWay = z.infer<typeof encryptionChangeUnderWay>;

/** A vault that the person administers, as far as it has come. */
export const convertedVault = z.strictObject({
  /** The server's id: a vault that is in the bin is not on this device. */
  vaultId: idText,
  name: z.string(),
  isInBin: z.boolean(),
  /** Null where nobody has begun. */
  startedBy: z.nullable(z.string()),
  done: count,
  total: count,
  isReady: z.boolean(),
});
export type ConvertedVault = z.infer<typeof convertedVault>;

/** The conversion that runs, or has stopped, on this device. */
export const conversionView = z.strictObject({
  direction: encryptionDirection,
  state: z.enum(['running', 'stopped', 'done']),
  vaults: z.strictObject({ total: count, ready: count }),
  /** The vault that is worked on. */
  vaultName: z.nullable(z.string()),
  /** Records and former states of that vault. */
  done: count,
  total: count,
  /** Why it stopped; null where the person stopped it. */
  failure: z.nullable(z.enum(errorCodes)),
  /**
   * Records that do not open, by name: they keep their vault from being ready. Without a record it is
   * the vault as a whole, whose key is missing here or in doubt.
   */
  unreadable: z.array(z.strictObject({ vaultName: z.string(), recordName: z.nullable(z.string()) })).max(200),
});
export type ConversionView = z.infer<typeof conversionView>;

export const encryptionChangeOverview = z.strictObject({
  /** The mode of this account on this device. */
  isEncrypted: z.boolean(),
  /** Whether this person may begin, finish and give up. */
  mayManage: z.boolean(),
  underWay: z.nullable(encryptionChangeUnderWay),
  /** The last one that was finished, by the server's word. */
  last: z.nullable(z.strictObject({ direction: encryptionDirection, by: z.string(), at: instant })),
  /** Whether this person has a key pair for the mode to come; null where none is needed. */
  ownKeys: z.nullable(z.enum(['missing', 'here', 'elsewhere'])),
  /** What a new master password has to be like; null where none is to be set. */
  masterPasswordRule: z.nullable(masterPasswordRule),
  /** What this person has to convert, those that are ready included. */
  vaults: z.array(convertedVault).max(mostConverted),
  conversion: z.nullable(conversionView),
});
export type EncryptionChangeOverview = z.infer<typeof encryptionChangeOverview>;

const vaultIds = z.array(idText).min(1).max(mostConverted);

export const encryptionChange = {
  /** The direction that the server told of at the last sync; asks nobody. */
  announced: channel(
    nothing,
    z.strictObject({
      direction: z.nullable(encryptionDirection),
      /** One that stopped or runs here. */
      conversion: z.nullable(conversionView),
    }),
  ),
  /** Asks the server. Also answers when the sync has stopped because the mode was changed. */
  read: channel(nothing, encryptionChangeOverview),
  /** `password` is the log-in password. @throws `encryptionChangeUnderWay`, `wrongCredentials` */
  begin: channel(z.strictObject({ direction: encryptionDirection, password: typedSecret }), nothing),
  giveUp: channel(nothing, nothing),
  /** Puts all of it in force. @throws `encryptionChangeIncomplete`, `wrongCredentials` */
  finish: channel(z.strictObject({ password: typedSecret }), nothing),
  /** Makes this person's key pair for the time when encryption is on. */
  setMasterPassword: channel(z.strictObject({ wanted: typedSecret, logIn: typedSecret }), nothing, {
    maxSize: 8192,
  }),
  /** Who may enter the vaults that this person has to convert, once each. */
  people: channel(
    nothing,
    z.strictObject({ holders: z.array(keyHolder).max(mostKeyHolders), vaults: z.array(convertedVault) }),
  ),
  /**
   * Turns vaults into the encrypted form, for those admitted under the fingerprints that were shown,
   * in the background. Also goes on with what has stopped.
   */
  encrypt: channel(
    z.strictObject({
      masterPassword: typedSecret,
      vaultIds,
      admitted: z.array(z.strictObject({ userId: idText, fingerprint: fingerprintText })).max(mostKeyHolders),
    }),
    nothing,
    { maxSize: 1024 * 1024 },
  ),
  /** Hands the plain form of vaults to the server, in the background. Also goes on with what has stopped. */
  handOver: channel(z.strictObject({ masterPassword: typedSecret, vaultIds }), nothing, {
    maxSize: 512 * 1024,
  }),
  pause: channel(nothing, nothing),
};
