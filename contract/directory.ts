/**
 * The LDAP directory that people and group members are taken from. The password of the account that
 * reads goes to the server and is never told back. Ids of groups are the server's.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing, typedSecret } from './channel.ts';

const line = z.string().trim().min(1).max(1000);
const bases = z.array(line).max(20);
const filter = z.string().trim().min(3).max(4000);
const attribute = z
  .string()
  .trim()
  .regex(/^[a-z][a-z0-9-]{0,99}$/i);

export const directoryIntervals = { least: 5, most: 7 * 24 * 60 } as const;

export const directorySettings = z.strictObject({
  /** `ldap://` or `ldaps://`, host and port. */
  url: z.string().trim().min(1).max(300),
  startTls: z.boolean(),
  /** Authorities in PEM that are trusted instead of the usual ones. */
  ca: z.nullable(z.string().max(100_000)),
  bindDn: line,
  people: z.strictObject({ bases: bases.min(1), filter }),
  groups: z.strictObject({
    ...{ bases, filter },
    /** Whose members are taken over; a group without an id is made by the next sync. */
    taken: z.array(z.strictObject({ dn: line, groupId: z.nullable(idText) })).max(1000),
  }),
  attributes: z.strictObject({
    ...{ login: attribute, fullName: attribute, email: attribute, uniqueId: attribute },
    ...{ groupName: attribute, groupMember: attribute },
  }),
  membersAre: z.enum(['dn', 'login']),
  /** People log in with their password of the directory. */
  logsIn: z.boolean(),
  /** Accounts that are here already are taken for those with the same login there. */
  adopts: z.boolean(),
  /** Null syncs on demand only. */
  intervalMinutes: z.nullable(z.number().int().min(directoryIntervals.least).max(directoryIntervals.most)),
});
export type DirectorySettings = z.infer<typeof directorySettings>;

export const directoryFaults = [
  ...(['unreachable', 'tlsRefused', 'credentialsRefused', 'baseMissing'] as const),
  ...(['tooMany', 'refused', 'tookTooLong', 'other'] as const),
] as const;
export const directoryFault = z.enum(directoryFaults);
export type DirectoryFault = z.infer<typeof directoryFault>;

export const directoryChangeKinds = [
  ...(['add', 'adopt', 'change', 'block', 'unblock'] as const),
  ...(['createGroup', 'join', 'leave', 'other'] as const),
] as const;
export const directoryConflictKinds = [
  ...(['loginTaken', 'loginTwice', 'unusable', 'protected'] as const),
  ...(['groupMissing', 'groupCut', 'other'] as const),
] as const;

export const directoryConflict = z.strictObject({ kind: z.enum(directoryConflictKinds), name: z.string() });
export const directoryChange = z.strictObject({
  kind: z.enum(directoryChangeKinds),
  /** As they will be; empty where a group is made. */
  ...{ login: z.string(), fullName: z.string(), group: z.string() },
  /** The login so far, where it changes. */
  formerLogin: z.nullable(z.string()),
});
export type DirectoryChange = z.infer<typeof directoryChange>;

export const directoryOutcome = z.strictObject({
  finishedAt: instant,
  result: z.enum(['done', 'failed', 'refused']),
  fault: z.nullable(directoryFault),
  counts: z.strictObject({
    ...{ added: z.number(), adopted: z.number(), changed: z.number(), blocked: z.number() },
    ...{ unblocked: z.number(), groupsMade: z.number(), joined: z.number(), left: z.number() },
    requested: z.number(),
  }),
  conflicts: z.array(directoryConflict),
  conflictCount: z.number(),
});
export type DirectoryOutcome = z.infer<typeof directoryOutcome>;

const sent = z.strictObject({
  settings: directorySettings,
  /** Null keeps the one that the server has, for the same address. */
  password: z.nullable(typedSecret),
});
const large = { maxSize: 2 * 1024 * 1024 } as const;

export const directory = {
  read: channel(
    nothing,
    z.strictObject({
      settings: z.nullable(directorySettings),
      progress: z.nullable(z.strictObject({ done: z.number(), total: z.number() })),
      outcome: z.nullable(directoryOutcome),
    }),
  ),
  save: channel(sent, nothing, large),
  remove: channel(nothing, nothing),
  /** What the directory answers to these settings; nothing is kept. */
  test: channel(
    sent,
    z.strictObject({
      fault: z.nullable(directoryFault),
      people: z.number(),
      unusable: z.number(),
      sample: z.array(z.strictObject({ login: z.string(), fullName: z.string(), email: z.string() })),
    }),
    large,
  ),
  groups: channel(
    nothing,
    z.strictObject({ groups: z.array(z.strictObject({ dn: z.string(), name: z.string() })) }),
  ),
  preview: channel(
    nothing,
    z.strictObject({
      digest: z.string(),
      changes: z.array(directoryChange),
      conflicts: z.array(directoryConflict),
      /** So many would be blocked that a sync by itself refuses to. */
      blocksTooMany: z.boolean(),
    }),
  ),
  /** Begins a sync; with a digest, of that very preview or not at all. */
  sync: channel(z.strictObject({ digest: z.nullable(z.string().max(64)) }), nothing),
};
