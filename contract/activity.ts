/**
 * The activity log as it is read: the whole of it, that of a vault and that of a record. The server's
 * entries name objects by id alone; what this device can put a name to has one here.
 */
import { z } from 'zod';
import { channel, idText, instant } from './channel.ts';

/** Of vaults and records by their ids on this device. */
export const activityScope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('vault'), vaultId: idText }),
  z.strictObject({ kind: z.literal('record'), recordId: idText }),
]);
export type ActivityScope = z.infer<typeof activityScope>;

export const activityFilter = z.strictObject({
  /** Codes of the log; empty for every event. */
  events: z.array(z.string().max(64)).max(100),
  /** Whoever did it, by the server's id. */
  actorId: z.nullable(idText),
  /** Narrows the whole log to a vault of this device. */
  vaultId: z.nullable(idText),
  from: z.nullable(instant),
  /** The last moment that still counts. */
  to: z.nullable(instant),
});
export type ActivityFilter = z.infer<typeof activityFilter>;

const thing = z.strictObject({
  id: z.string(),
  /** Null where nothing here knows it by name. */
  name: z.nullable(z.string()),
});

export const activityEntry = z.strictObject({
  id: z.string(),
  event: z.string(),
  /** Null where nobody had signed in. */
  actor: z.nullable(z.strictObject({ id: z.string(), login: z.string(), fullName: z.string() })),
  object: thing,
  /** The person or group that it concerns. */
  subject: z.nullable(thing),
  vault: z.nullable(thing),
  /** By the clock of whoever did it; null where the server does not tell. */
  at: z.nullable(instant),
  arrivedAt: z.nullable(instant),
  /** Done without contact and told afterwards. */
  offline: z.boolean(),
  action: z.nullable(z.string()),
  address: z.nullable(z.string()),
  client: z.nullable(z.string()),
});
export type ActivityEntry = z.infer<typeof activityEntry>;

/** The longest page of the log that is answered. */
export const activityPageLimit = 100;

export const activity = {
  /** Whether the log of a vault or record can be asked for: by announcement and rights. */
  offered: channel(z.strictObject({ scope: activityScope }), z.strictObject({ offered: z.boolean() })),
  page: channel(
    z.strictObject({
      scope: activityScope,
      filter: activityFilter,
      offset: z.number().int().nonnegative(),
      limit: z.number().int().min(1).max(activityPageLimit),
    }),
    z.strictObject({ total: z.number().int().nonnegative(), rows: z.array(activityEntry) }),
    { maxSize: 16_384 },
  ),
  /** Writes the log, at most 50,000 entries, to a file that the person chooses in the system's dialog. */
  export: channel(
    z.strictObject({ filter: activityFilter, format: z.enum(['csv', 'json']) }),
    z.strictObject({ saved: z.boolean() }),
    { maxSize: 16_384 },
  ),
};
