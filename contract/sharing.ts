/**
 * Giving a record to somebody who has no access to its vault: into the inbox of a person or of the
 * members of a group, or by a link that anybody opens who has it whole. All of it needs the server:
 * the channels ask it, and fail as `unreachable` without it.
 *
 * The code of a link is a secret. It is copied by the main process, and crosses to the page only
 * where a person asks to see the address.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';
import { rosterWord } from './keytrust.ts';
import { copied } from './records.ts';

/** The most that one send may name; more is given in turns. */
export const sharingBounds = { records: 100, people: 200, groups: 20, members: 500, listed: 500 } as const;

export const sharedAccess = z.enum(['read', 'write']);
export type SharedAccess = z.infer<typeof sharedAccess>;

/** Why records cannot be shared; `kind`: a shortcut or a received record, which are shared by their owners. */
export const sharingHindrance = z.enum(['kind', 'right', 'vaultKey', 'server', 'flagged']);
export type SharingHindrance = z.infer<typeof sharingHindrance>;

const records = z.array(idText).min(1).max(sharingBounds.records);

export const sharingOffer = z.strictObject({
  /** Whether the records can be sent to inboxes, and with which access at most. */
  send: z.nullable(sharedAccess),
  toGroups: z.boolean(),
  link: z.boolean(),
  /** Whether the server tells who has the record, and takes it back. */
  seesSent: z.boolean(),
  listsLinks: z.boolean(),
  /** Why neither is possible; null where one of them is. */
  hindrance: z.nullable(sharingHindrance),
  /** Records that have to get a key of their own first, because theirs opens the whole vault. */
  needNewKey: z.array(idText),
  /** False where the organisation has no client-side encryption: nothing is wrapped then. */
  sealed: z.boolean(),
});
export type SharingOffer = z.infer<typeof sharingOffer>;

export const sharedPerson = z.strictObject({ id: idText, name: z.string(), login: z.string() });
export type SharedPerson = z.infer<typeof sharedPerson>;
export const sharedGroup = z.strictObject({
  id: idText,
  name: z.string(),
  /** Null where the server does not tell. */
  memberCount: z.nullable(z.number().int()),
});
export type SharedGroup = z.infer<typeof sharedGroup>;

/** A person's key as it stands now; see `RecipientTrust` of the main process. */
export const receiverKey = z.strictObject({
  userId: idText,
  trust: z.enum(['missing', 'own', 'unseen', 'seen', 'verified', 'changed', 'unreadable']),
  fingerprint: z.nullable(z.string()),
  /** The key is too short to be used without being asked. */
  weak: z.boolean(),
  roster: z.nullable(rosterWord),
});
export type ReceiverKey = z.infer<typeof receiverKey>;

/** Whom to give it: the fingerprint is the one that was shown, null without client-side encryption. */
const receiver = z.strictObject({ userId: idText, fingerprint: z.nullable(z.string().max(64)) });

const sending = z.strictObject({
  recordIds: records,
  access: sharedAccess,
  people: z.array(receiver).max(sharingBounds.people),
  groups: z
    .array(z.strictObject({ groupId: idText, members: z.array(receiver).max(sharingBounds.members) }))
    .max(sharingBounds.groups),
});
export type SharingWish = z.infer<typeof sending>;

/** What became of a send. A record that got a key of its own first has another id now. */
export const sendingOutcome = z.strictObject({
  /** Entries that were made. */
  sent: z.number().int(),
  refused: z.array(
    z.strictObject({ recordName: z.string(), receiverId: z.nullable(idText), code: z.string() }),
  ),
  renewed: z.array(z.strictObject({ from: idText, to: idText })),
});
export type SendingOutcome = z.infer<typeof sendingOutcome>;

/** Somebody has a record in their inbox. Times in Unix milliseconds. */
export const givenRecord = z.strictObject({
  id: idText,
  /** The record in this copy; null where this person cannot read it any more. */
  recordId: z.nullable(idText),
  recordName: z.string(),
  receiver: z.nullable(sharedPerson),
  sender: z.nullable(sharedPerson),
  group: z.nullable(z.strictObject({ id: idText, name: z.string() })),
  access: sharedAccess,
  seen: z.boolean(),
  at: z.nullable(instant),
});
export type GivenRecord = z.infer<typeof givenRecord>;

export const linkKind = z.enum(['single_use', 'reusable']);
export type LinkKind = z.infer<typeof linkKind>;
/** As on the wire (Passwork 7 protocol, "External link"). */
export const linkLives = ['1 hour', '1 week', '1 month', 'unlimited'] as const;
export const linkLife = z.enum(linkLives);
export type LinkLife = z.infer<typeof linkLife>;

export const linkView = z.strictObject({
  id: idText,
  recordId: z.nullable(idText),
  recordName: z.string(),
  kind: linkKind,
  views: z.number().int(),
  createdAt: z.nullable(instant),
  expiresAt: z.nullable(instant),
  openedAt: z.nullable(instant),
  alive: z.boolean(),
  creator: z.nullable(sharedPerson),
  /** Where it is opened; `elsewhere` if that is not the server of this account. */
  host: z.string(),
  elsewhere: z.boolean(),
  /** Whether the whole address can be made again here: the code opens with the record's key. */
  copyable: z.boolean(),
});
export type LinkView = z.infer<typeof linkView>;

const listWindow = {
  query: z.string().max(200),
  offset: z.number().int().min(0).max(1_000_000),
  limit: z.number().int().min(1).max(100),
};
const entries = z.strictObject({ total: z.number().int(), entries: z.array(givenRecord) });
const links = z.strictObject({ total: z.number().int(), links: z.array(linkView) });
const manyIds = z.array(idText).min(1).max(sharingBounds.listed);

export const sharing = {
  offered: channel(z.strictObject({ recordIds: records }), sharingOffer, { maxSize: 8192 }),
  people: channel(
    z.strictObject({ ...listWindow, groupId: z.nullable(idText) }),
    z.strictObject({ total: z.number().int(), people: z.array(sharedPerson) }),
  ),
  /** Asks for the keys of people, a handful at a time; pins nothing. */
  keysOf: channel(
    z.strictObject({ userIds: z.array(idText).min(1).max(50) }),
    z.strictObject({ keys: z.array(receiverKey) }),
    { maxSize: 8192 },
  ),
  send: channel(sending, sendingOutcome, { maxSize: 2_000_000 }),
  /** Who has a record. */
  given: channel(z.strictObject({ recordId: idText }), entries),
  /** Everything that this person has sent, newest first, at most `sharingBounds.listed`. */
  sent: channel(nothing, entries),
  setAccess: channel(z.strictObject({ entryId: idText, access: sharedAccess }), nothing),
  takeBack: channel(z.strictObject({ entryIds: manyIds }), z.strictObject({ done: z.number().int() }), {
    maxSize: 65_536,
  }),
  /** A new key for a record, by a copy in its place; the former record goes to the bin. */
  renewKey: channel(z.strictObject({ recordId: idText }), z.strictObject({ recordId: idText })),
  makeLink: channel(
    z.strictObject({ recordId: idText, kind: linkKind, life: linkLife, files: z.boolean() }),
    z.strictObject({ link: linkView, copied, renewed: z.nullable(idText) }),
    { reveals: 'secret' },
  ),
  copyLink: channel(z.strictObject({ linkId: idText, recordId: z.nullable(idText) }), copied, {
    reveals: 'secret',
  }),
  /** The whole address, code included. */
  showLink: channel(
    z.strictObject({ linkId: idText, recordId: z.nullable(idText) }),
    z.strictObject({ url: z.string() }),
    { reveals: 'secret' },
  ),
  /** Links to a record, or with null every link that this person has made; newest first. */
  links: channel(z.strictObject({ recordId: z.nullable(idText) }), links),
  endLinks: channel(z.strictObject({ linkIds: manyIds }), z.strictObject({ done: z.number().int() }), {
    maxSize: 65_536,
  }),
};
