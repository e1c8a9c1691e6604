/**
 * Other people's public keys, as a person compares and accepts them. A key is told by its
 * fingerprint, which is public: as words for the telephone, and in hexadecimal for the picture.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';

/**
 * `missing`: there is no key pair yet. `own`: one's own. `unseen`: never used from this device.
 * `seen`: the one that was used before. `verified`: compared with its owner. `changed`: another one
 * than before. `unreadable`: not a key that anything could be wrapped for.
 */
export const keyTrustState = z.enum([
  'missing',
  'own',
  'unseen',
  'seen',
  'verified',
  'changed',
  'unreadable',
]);
export type KeyTrustState = z.infer<typeof keyTrustState>;

/** Hex SHA-256 of the SubjectPublicKeyInfo. */
export const fingerprintText = z.string().regex(/^[0-9a-f]{64}$/);

/** Eight English words that stand for a fingerprint; the same for everybody, in any language. */
export const keyWordList = z.array(z.string()).length(8);

const shownKey = z.strictObject({
  fingerprint: fingerprintText,
  words: keyWordList,
});
export type ShownKey = z.infer<typeof shownKey>;

/**
 * What signed rosters say that count on this device. `vouched`: they name this key. `differs`: they
 * name another one, and nothing is wrapped until somebody takes this key all the same.
 */
export const rosterWord = z.strictObject({
  standing: z.enum(['vouched', 'differs']),
  signers: z.array(z.strictObject({ name: z.string(), isOwn: z.boolean() })).max(500),
  /** By what names the first of the signers knows the owner of the key. */
  name: z.string(),
  login: z.string(),
  /** Somebody has taken this key although the rosters differ. */
  isOverruled: z.boolean(),
});
export type RosterWordView = z.infer<typeof rosterWord>;

/** Whether rosters stop a wrap: they name another key, and nobody has decided for this one. */
export function rosterStops(word: Pick<RosterWordView, 'standing' | 'isOverruled'> | null): boolean {
  return word?.standing === 'differs' && !word.isOverruled;
}

export const keyFacts = z.strictObject({
  userId: idText,
  trust: keyTrustState,
  /** The key as the server states it now; null where there is none that can be read. */
  key: z.nullable(shownKey),
  /** Under 2048 bits: nothing new should be wrapped for it without a reason. */
  isWeak: z.boolean(),
  bits: z.nullable(z.number().int()),
  /** The key that was known before, where another one has come. */
  former: z.nullable(shownKey),
  /** When this device saw the pinned key first, when it was compared, when a person accepted it. */
  firstSeenAt: z.nullable(instant),
  verifiedAt: z.nullable(instant),
  acceptedAt: z.nullable(instant),
  /** What the server says of the key's origin: a claim. */
  madeAt: z.nullable(instant),
  reset: z.nullable(z.strictObject({ at: z.nullable(instant), by: z.nullable(z.string()) })),
  /** Until then the key is so new after a reset that its owner should be asked in person. */
  freshUntil: z.nullable(instant),
  roster: z.nullable(rosterWord),
  /** By what name the key was compared on this device; null where it was not, or nobody knows. */
  comparedAs: z.nullable(z.string()),
});
export type KeyFacts = z.infer<typeof keyFacts>;

const decided = z.strictObject({ userId: idText, fingerprint: fingerprintText });

export const keyTrust = {
  /** Asks the server for a person's key and holds it against what is known here. */
  look: channel(z.strictObject({ userId: idText }), keyFacts),
  /** The words were compared with the owner, who was shown by this name. @throws `recipientKeyChanged` */
  verify: channel(z.strictObject({ ...decided.shape, name: z.string().max(1000).optional() }), keyFacts),
  /** Takes the mark of the comparison away; the key stays known. */
  unverify: channel(z.strictObject({ userId: idText }), keyFacts),
  /**
   * Takes this key in the place of the one that was known; to be compared still.
   * @throws `recipientKeyChanged` if the server states yet another one, `keyTooFresh` if the owner
   * has not been asked in person while that is due.
   */
  accept: channel(z.strictObject({ ...decided.shape, askedInPerson: z.boolean() }), keyFacts),
  /** One's own key, computed here; null without client-side encryption. */
  own: channel(nothing, z.strictObject({ key: z.nullable(shownKey) })),
};
