/**
 * Rosters: lists of compared public keys that somebody has signed, so that others need not compare
 * each key themselves. A roster is an ordinary record; it counts on this device only after a person
 * has compared the words of the key that it is signed with.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';
import { fingerprintText, keyWordList } from './keytrust.ts';

/** How many rosters, and people of a roster to be signed, one answer names. */
export const rosterBounds = { rosters: 100, people: 10_000 } as const;

/**
 * `unknown`: nobody has accepted its key here. `rolledBack`: a later one of the same key was seen.
 * `badSignature`: no roster, or not signed by the key that it names.
 */
export const rosterState = z.enum(['unknown', 'accepted', 'own', 'rolledBack', 'badSignature']);
export type RosterState = z.infer<typeof rosterState>;

export const foundRoster = z.strictObject({
  recordId: idText,
  recordName: z.string(),
  /** Null for one in the inbox. */
  vaultName: z.nullable(z.string()),
  state: rosterState,
  /** Null where the state is `badSignature`: nothing that such a record says is worth showing. */
  content: z.nullable(
    z.strictObject({
      /** The key it is signed with. */
      keyFingerprint: fingerprintText,
      words: keyWordList,
      /** As the roster says; the words are what makes it certain. */
      signerName: z.string(),
      number: z.number().int().positive(),
      signedAt: instant,
      count: z.number().int().nonnegative(),
    }),
  ),
});
export type FoundRosterView = z.infer<typeof foundRoster>;

const person = z.strictObject({ userId: idText, name: z.string(), login: z.string() });

export const proposedPerson = z.strictObject({
  ...person.shape,
  /** Beside the last roster of one's own: not in it, in it with this key, in it with another. */
  since: z.enum(['new', 'same', 'otherKey']),
  isOwn: z.boolean(),
});
export type ProposedPerson = z.infer<typeof proposedPerson>;

export const rosterProposal = z.strictObject({
  /** Why nothing can be signed: no key of one's own, or one that is too short. */
  obstacle: z.nullable(z.enum(['noKeys', 'weakKey'])),
  /** Words of one's own signing key, for others to compare; empty where nothing can be signed. */
  words: z.array(z.string()).max(8),
  people: z.array(proposedPerson).max(rosterBounds.people),
  /** In the last roster of one's own, and not among those compared any more. */
  leaving: z.array(person).max(rosterBounds.people),
  /** Where the last one lies; it is changed there. */
  last: z.nullable(
    z.strictObject({ vaultId: idText, vaultName: z.string(), recordName: z.string(), signedAt: instant }),
  ),
});
export type RosterProposal = z.infer<typeof rosterProposal>;

export const roster = {
  /** What was found in the records of this device, and whether one may sign oneself. */
  list: channel(
    nothing,
    z.strictObject({ rosters: z.array(foundRoster).max(rosterBounds.rosters), canSign: z.boolean() }),
  ),
  /** The words were compared with the signer. @throws `noSuchRecord`, `changedMeanwhile` */
  accept: channel(z.strictObject({ recordId: idText, keyFingerprint: fingerprintText }), nothing),
  /** Rosters of this key count no more. */
  withdraw: channel(z.strictObject({ keyFingerprint: fingerprintText }), nothing),
  /** Who would go into a roster signed now. */
  propose: channel(nothing, rosterProposal),
  /**
   * Signs those whose keys were compared on this device, and oneself. The last roster of one's own
   * in this vault is changed, else a record is made.
   * @throws `notOffered` where nothing can be signed, `rosterTooLarge`, and as the saving of a record
   */
  sign: channel(
    z.strictObject({ vaultId: idText, recordName: z.string().min(1).max(200) }),
    z.strictObject({ recordId: idText, count: z.number().int().positive() }),
  ),
};
