/**
 * People of the organisation as an administrator manages them. Ids of people, roles, groups and
 * invitations are the server's own. A password or code that was made for somebody stays in the main
 * process under an id: it is copied there, and crosses to the page only when it is asked for.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';
import { copied } from './records.ts';

const loginText = z.string().trim().min(1).max(255);
const lineText = z.string().trim().max(255);

export const person = z.strictObject({
  id: idText,
  login: z.string(),
  fullName: z.string(),
  email: z.string(),
  blocked: z.boolean(),
  roleId: idText,
  /** False until the person has set a master password, and again after a reset. */
  hasKeys: z.boolean(),
});
export type Person = z.infer<typeof person>;

export const wholePerson = person.extend({
  groups: z.array(z.strictObject({ id: idText, name: z.string() })),
  /** The account that is shown; nobody blocks, deletes or resets themselves. */
  self: z.boolean(),
});
export type WholePerson = z.infer<typeof wholePerson>;

/** The longest page of people that is answered. */
export const peoplePageLimit = 200;

export const peopleFilter = z.strictObject({
  search: z.string().max(500),
  roleId: z.nullable(idText),
  groupId: z.nullable(idText),
  blocked: z.nullable(z.boolean()),
});
export type PeopleFilter = z.infer<typeof peopleFilter>;

export const peoplePage = z.strictObject({
  total: z.number().int().nonnegative(),
  rows: z.array(person),
});
export type PeoplePage = z.infer<typeof peoplePage>;

export const accessLevels = ['forbidden', 'read', 'write', 'full', 'admin'] as const;
export const reachedVault = z.strictObject({
  /** The server's id of the vault. */
  id: idText,
  name: z.string(),
  access: z.enum(accessLevels),
  /** What lets the person in. */
  through: z.enum(['person', 'group', 'type', 'none']),
  /** Only somewhere inside the vault, not on the whole of it. */
  inFolder: z.boolean(),
  groups: z.array(z.string()),
  /** False while the person waits for somebody to hand over the vault key. */
  hasKey: z.boolean(),
});
export type ReachedVault = z.infer<typeof reachedVault>;

export const reach = z.strictObject({
  vaults: z.array(reachedVault),
  /** Vaults that the person reaches and whose access the asker may not see. */
  hidden: z.number().int().nonnegative(),
});
export type Reach = z.infer<typeof reach>;

const lostVaults = z.array(z.strictObject({ id: idText, name: z.string() }));
export type LostVaults = z.infer<typeof lostVaults>;

/** A secret made for somebody: where to ask for it, and until when it is kept. */
const handout = z.strictObject({ handoutId: idText, keptUntil: instant });
export type Handout = z.infer<typeof handout>;

const groupIds = z.array(idText).max(100);

export const invitation = z.strictObject({
  id: idText,
  email: z.string(),
  fullName: z.string(),
  roleId: idText,
  createdAt: z.nullable(instant),
  expiresAt: z.nullable(instant),
});
export type Invitation = z.infer<typeof invitation>;

const ofPerson = z.strictObject({ userId: idText });

/** How long an invitation can be good, in days. */
export const invitationDays = { least: 1, most: 30, usual: 7 } as const;

export const people = {
  page: channel(
    z.strictObject({
      ...peopleFilter.shape,
      offset: z.number().int().nonnegative(),
      limit: z.number().int().min(1).max(peoplePageLimit),
    }),
    peoplePage,
  ),
  read: channel(ofPerson, wholePerson),
  reach: channel(ofPerson, reach),
  /** Makes an account with a log-in password of the generator. Fails as `loginTaken`. */
  create: channel(
    z.strictObject({
      login: loginText,
      fullName: lineText,
      email: lineText,
      roleId: z.nullable(idText),
      groupIds,
    }),
    handout.extend({ userId: idText }),
    { maxSize: 16_384 },
  ),
  update: channel(z.strictObject({ userId: idText, fullName: lineText, email: lineText }), nothing),
  setRole: channel(z.strictObject({ userId: idText, roleId: idText }), nothing),
  setBlocked: channel(z.strictObject({ userId: idText, blocked: z.boolean() }), nothing),
  /** Ends a lock after failed log-ins. */
  unlock: channel(ofPerson, nothing),
  resetTwoFactor: channel(ofPerson, nothing),
  /** Another log-in password, of the generator; the person's sessions end. */
  setPassword: channel(ofPerson, handout),
  /** Vaults that nobody could open any more without this person's keys. */
  heldAlone: channel(ofPerson, z.strictObject({ vaults: lostVaults })),
  remove: channel(ofPerson, z.strictObject({ lostVaults })),
  /** Drops the person's keys. `requested`: in how many vaults they wait for a vault administrator. */
  resetMasterPassword: channel(
    ofPerson,
    z.strictObject({ lostVaults, requested: z.number().int().nonnegative() }),
  ),
  invite: channel(
    z.strictObject({
      email: lineText,
      fullName: lineText,
      roleId: z.nullable(idText),
      groupIds,
      days: z.number().int().min(invitationDays.least).max(invitationDays.most),
    }),
    handout.extend({ id: idText, expiresAt: z.nullable(instant) }),
    { maxSize: 16_384 },
  ),
  invitations: channel(nothing, z.strictObject({ invitations: z.array(invitation) })),
  withdraw: channel(z.strictObject({ id: idText }), nothing),
  copyHandout: channel(z.strictObject({ handoutId: idText }), copied, { reveals: 'secret' }),
  showHandout: channel(z.strictObject({ handoutId: idText }), z.strictObject({ text: z.string() }), {
    reveals: 'secret',
  }),
  forgetHandout: channel(z.strictObject({ handoutId: idText }), nothing),
};
