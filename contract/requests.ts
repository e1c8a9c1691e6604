/**
 * The queue of those who may enter a vault and wait for its key. It comes from the server, so
 * nothing in it is confirmed by itself: a person sees who, where and why, and whose key it is.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';
import { errorCodes } from './errors.ts';
import { fingerprintText, keyTrustState, rosterWord } from './keytrust.ts';

/** How many requests one page holds, and how many are confirmed with one answer. */
export const requestsPage = 50;

/**
 * Why a request cannot be confirmed as it stands. `noKey`: the person has made none. `unknownPerson`:
 * nobody by that id in the list of people. `rosterDiffers`: a signed roster names another key. `vaultKeyUnverified`: the key of the vault came from the
 * server and nobody has said yet that it is the vault they know.
 */
export const requestObstacle = z.enum([
  'noKey',
  'keyChanged',
  'rosterDiffers',
  'unknownPerson',
  'vaultKeyMissing',
  'vaultKeyChanged',
  'vaultKeyUnverified',
]);
export type RequestObstacle = z.infer<typeof requestObstacle>;

const named = z.strictObject({ id: idText, name: z.string() });

export const accessRequest = z.strictObject({
  id: idText,
  vault: named,
  person: z.strictObject({ ...named.shape, login: z.string() }),
  /** The group that lets the person in; null where they were named themselves. */
  group: z.nullable(z.string()),
  /** Whoever let them in. */
  requester: z.nullable(z.string()),
  reason: z.enum(['group', 'person', 'type', 'reset', 'rekey']),
  createdAt: z.nullable(instant),
  /** Of the key that the person is said to have, and what this device knows of it. */
  fingerprint: z.nullable(fingerprintText),
  trust: keyTrustState,
  roster: z.nullable(rosterWord),
  /** Compared here or by the signer of a roster: may be confirmed along with others. */
  isCompared: z.boolean(),
  obstacle: z.nullable(requestObstacle),
});
export type AccessRequestView = z.infer<typeof accessRequest>;

const outcome = z.strictObject({
  id: idText,
  /** Null when it was confirmed. */
  failure: z.nullable(
    z.strictObject({
      code: z.enum(errorCodes),
      params: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
});

const confirmation = z.strictObject({
  id: idText,
  vaultId: idText,
  userId: idText,
  /** The fingerprint that the person who confirms was shown. */
  fingerprint: fingerprintText,
  allowWeak: z.boolean(),
});

export const requests = {
  /** How many wait; 0 where the server has no queue. */
  waiting: channel(nothing, z.strictObject({ count: z.number().int().nonnegative() })),
  list: channel(
    z.strictObject({ offset: z.number().int().min(0).max(1_000_000) }),
    z.strictObject({
      total: z.number().int().nonnegative(),
      requests: z.array(accessRequest).max(requestsPage),
    }),
  ),
  /** Several at once only for people whose keys were compared. Each is answered by itself. */
  confirm: channel(
    z.strictObject({ requests: z.array(confirmation).min(1).max(requestsPage) }),
    z.strictObject({ outcomes: z.array(outcome).max(requestsPage) }),
    { maxSize: 32_768 },
  ),
  decline: channel(z.strictObject({ id: idText }), nothing),
  /** The person knows this vault by what is in it: its key may be handed on. */
  vouch: channel(z.strictObject({ vaultId: idText }), nothing),
};
