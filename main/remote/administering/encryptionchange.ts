/**
 * Turning client-side encryption on or off (API description, "Turning client-side encryption on or
 * off"; feature `encryptionChange`). All of it is the server's claim: what is made of a vault's
 * contents is decided on the device.
 */
import { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import type { EncryptionDirection } from '../../../contract/encryptionchange.ts';
import { encryptionDirection, mostConverted } from '../../../contract/encryptionchange.ts';
import type { RemoteClient } from '../client.ts';
import { withSecretBody } from '../secretbody.ts';
import { flag, serverId, shortText, unixSeconds } from '../shapes.ts';
import { refuseByMeaning, type Meanings } from './refusals.ts';

export const encryptionChangeFeature = 'encryptionChange';

const count = z.number().int().nonnegative();
const named = z.object({ id: serverId, name: shortText });
/** The moment of something that has happened, in milliseconds. */
const moment = unixSeconds.transform((at) => at ?? 0);

const change = z.object({
  underWay: z.nullable(
    z.object({
      direction: encryptionDirection,
      starter: named,
      startedAt: moment,
      vaults: z.object({ total: count, ready: count }),
      withoutKeys: count,
      waitingFor: z.array(z.object({ user: named, vaults: count })).max(500),
    }),
  ),
  last: z.nullable(z.object({ direction: encryptionDirection, at: moment, by: named })),
});
/** What is under way, and what was finished last. Times in milliseconds. */
export type RemoteEncryptionChange = z.output<typeof change>;

/** Codes of the server's error form, for everything about the change. */
const meanings: Meanings = {
  encryptionChangeUnderWay: 'encryptionChangeUnderWay',
  encryptionAlreadySo: 'encryptionAlreadySo',
  encryptionChangeIncomplete: 'encryptionChangeIncomplete',
  passwordInvalid: 'wrongCredentials',
};

const path = '/encryption-change';

/** @throws StrongroomError network codes */
export function readEncryptionChange(
  client: RemoteClient,
  signal?: AbortSignal,
): Promise<RemoteEncryptionChange> {
  return client.call(change, { method: 'GET', path, signal });
}

/**
 * Begins; `password` is the log-in password (UTF-8, the caller's to wipe).
 * @throws StrongroomError `encryptionChangeUnderWay`, `encryptionAlreadySo`, `wrongCredentials`,
 * `forbidden`, network codes
 */
export function beginEncryptionChange(
  client: RemoteClient,
  direction: EncryptionDirection,
  password: Uint8Array,
): Promise<void> {
  return sendWithPassword(client, path, { direction }, password);
}

/**
 * Puts everything in force, for everybody. `password` as in `beginEncryptionChange`.
 * @throws StrongroomError `encryptionChangeIncomplete`, `encryptionChangeGone`, `wrongCredentials`,
 * `forbidden`, network codes
 */
export async function finishEncryptionChange(client: RemoteClient, password: Uint8Array): Promise<void> {
  await whileUnderWay(sendWithPassword(client, `${path}/finish`, {}, password));
}

/** @throws StrongroomError `encryptionChangeGone`, `forbidden`, network codes */
export async function giveUpEncryptionChange(client: RemoteClient): Promise<void> {
  await whileUnderWay(client.call(z.unknown(), { method: 'DELETE', path }));
}

async function sendWithPassword(
  client: RemoteClient,
  to: string,
  members: Readonly<Record<string, unknown>>,
  password: Uint8Array,
): Promise<void> {
  await withSecretBody(members, { password }, async (body) => {
    const answer = await client.send({ method: 'POST', path: to, body });
    refuseByMeaning(answer, meanings);
    client.read(z.unknown(), answer);
  });
}

/** What the server does not find while nothing is under way. */
async function whileUnderWay<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (failure) {
    if (failure instanceof StrongroomError && failure.code === 'notFound') {
      throw new StrongroomError('encryptionChangeGone', {}, { cause: failure });
    }
    throw failure;
  }
}

const convertible = z.object({
  id: serverId,
  name: shortText,
  isInBin: flag,
  startedBy: z.nullable(named),
  doneCount: count,
  total: count,
  isReady: z.boolean(),
});
/** A vault that the caller administers; `total` counts records and former states. */
export type RemoteConvertible = z.output<typeof convertible>;

const convertibles = z.object({ vaults: z.array(convertible).max(mostConverted) });

/** What the caller has to convert. @throws StrongroomError `encryptionChangeGone`, network codes */
export async function listConvertibles(
  client: RemoteClient,
  signal?: AbortSignal,
): Promise<RemoteConvertible[]> {
  const request = { method: 'GET', path: `${path}/vaults`, signal } as const;
  return (await whileUnderWay(client.call(convertibles, request))).vaults;
}
