/** Groups of people. Their ids are the server's own; their members are listed by the page. */
import { z } from 'zod';
import { channel, idText, nothing } from './channel.ts';
import { accessLevels, peoplePage, peoplePageLimit } from './people.ts';

const name = z.string().trim().min(1).max(255);
const window = {
  search: z.string().max(500),
  offset: z.number().int().nonnegative(),
  limit: z.number().int().min(1).max(peoplePageLimit),
};

export const group = z.strictObject({
  id: idText,
  name: z.string(),
  /** Null where the server does not count. */
  memberCount: z.nullable(z.number().int().nonnegative()),
});
export type Group = z.infer<typeof group>;

export const groupVault = z.strictObject({
  /** The server's id of the vault. */
  id: idText,
  name: z.string(),
  access: z.enum(accessLevels),
  inFolder: z.boolean(),
});
export type GroupVault = z.infer<typeof groupVault>;

/** Where a group is named. Who joins it waits for the key of each of these vaults. */
export const groupReach = z.strictObject({
  vaults: z.array(groupVault),
  /** How many vaults that is, each counted once, with those that the asker may not see. */
  total: z.number().int().nonnegative(),
  hidden: z.number().int().nonnegative(),
});
export type GroupReach = z.infer<typeof groupReach>;

const ofGroup = z.strictObject({ groupId: idText });
const members = z.strictObject({ groupId: idText, userIds: z.array(idText).min(1).max(500) });

export const groups = {
  page: channel(
    z.strictObject(window),
    z.strictObject({ total: z.number().int().nonnegative(), rows: z.array(group) }),
  ),
  members: channel(z.strictObject({ groupId: idText, ...window }), peoplePage),
  reach: channel(ofGroup, groupReach),
  create: channel(z.strictObject({ name }), z.strictObject({ groupId: idText })),
  rename: channel(z.strictObject({ groupId: idText, name }), nothing),
  remove: channel(ofGroup, nothing),
  addMembers: channel(members, nothing, { maxSize: 65_536 }),
  removeMembers: channel(members, nothing, { maxSize: 65_536 }),
};
