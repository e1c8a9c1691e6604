/**
 * Turning client-side encryption on or off (own addition): the change of the whole organisation.
 *
 * It is staged like giving a vault another key. Each vault is converted by somebody who administers
 * it, a private one by its owner: the server converts nothing, and hands nobody what they could not
 * read before. All of it is put by, and until one request puts everything in force everybody reads
 * and writes as before.
 */
import { z } from 'zod';
import { administeringIn } from '../../access/administering.ts';
import { allVaults, giveChangeUp, putChangeInForce } from '../../access/encryptionchange.ts';
import type { EncryptionDirection } from '../../storage/administrationtables.ts';
import type { EncryptionChange } from '../../storage/encryptionchanges.ts';
import { newId } from '../../storage/ids.ts';
import type { Repositories } from '../../storage/storage.ts';
import type { Vault } from '../../storage/vaults.ts';
import type { Api, Context } from '../context.ts';
import { callerOf, unixSeconds } from '../context.ts';
import { ApiError } from '../errors.ts';
import { createdId, doneAnswer } from '../schemas.ts';
import { notesOfRequests } from '../vaults/access.ts';
import { changeUnderWay, namedPerson, personAnswer } from './administered.ts';

const password = z.string().min(1).max(1_000);
/** The mode that a change leads to. */
export const direction = z.enum(['on', 'off']);
const mostWaitedFor = 500;

const stateSchema = z.object({
  underWay: z
    .object({
      ...{ direction, starter: namedPerson, startedAt: z.number() },
      vaults: z.object({ total: z.number(), ready: z.number() }),
      /** People who could make their keys and have not; of those who may log in. */
      withoutKeys: z.number(),
      /** Whoever administers vaults that are not ready, and how many of them. */
      waitingFor: z.array(z.object({ user: namedPerson, vaults: z.number() })),
    })
    .nullable(),
  last: z.object({ direction, at: z.number(), by: namedPerson }).nullable(),
});
type State = z.output<typeof stateSchema>;

const namedBy = async ({ storage }: Context, userId: string) =>
  personAnswer(userId, await storage.users.find(userId));

async function lastChange(context: Context, organisationId: string): Promise<State['last']> {
  const last = await context.storage.encryptionChanges.last(organisationId);
  if (!last) return null;
  return { direction: last.direction, at: last.finishedAt, by: await namedBy(context, last.finisherId) };
}

/** Every vault that is not ready yet, and how many vaults there are. */
async function unreadyVaults({ storage }: Context, change: EncryptionChange) {
  const vaults = await allVaults(storage, change.organisationId);
  const begun = new Set((await storage.rekeyings.ofChange(change.id)).map(({ vaultId }) => vaultId));
  const progress = await storage.conversions.progress([...begun]);
  const isReady = ({ id }: Vault) => {
    const { total, done } = progress.get(id) ?? { total: 0, done: -1 };
    return begun.has(id) && done >= total;
  };
  return { total: vaults.length, unready: vaults.filter((vault) => !isReady(vault)) };
}

/** How many of some vaults wait for whom: for those who can open them, if there are any. */
async function waitedFor({ storage }: Context, change: EncryptionChange, vaults: readonly Vault[]) {
  const administrators = administeringIn(storage);
  const people = new Map(
    (await storage.directory.list(change.organisationId)).map((user) => [user.id, user]),
  );
  const counts = new Map<string, number>();
  for (const vault of vaults) {
    const all = (await administrators(vault)).filter((id) => people.get(id)?.isBlocked === false);
    const holders = change.direction === 'off' ? await storage.vaultKeys.holders(vault.id) : null;
    const able = all.filter((id) => (holders ? holders.has(id) : people.get(id)?.hasKeys === true));
    for (const id of able.length > 0 ? able : all) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return [...counts]
    .map(([id, count]) => ({ user: personAnswer(id, people.get(id)), vaults: count }))
    .toSorted((one, other) => other.vaults - one.vaults || (one.user.name < other.user.name ? -1 : 1))
    .slice(0, mostWaitedFor);
}

async function stateOf(context: Context, change: EncryptionChange, tellsWho: boolean) {
  const { storage } = context;
  const { total, unready } = await unreadyVaults(context, change);
  const people = change.direction === 'on' ? await storage.directory.list(change.organisationId) : [];
  return {
    direction: change.direction,
    starter: await namedBy(context, change.starterId),
    startedAt: change.createdAt,
    vaults: { total, ready: total - unready.length },
    withoutKeys: people.filter(({ isBlocked, hasKeys }) => !isBlocked && !hasKeys).length,
    waitingFor: tellsWho ? await waitedFor(context, change, unready) : [],
  };
}

/** Which way an organisation is on; null where it stays as it is. */
export async function statedChange(
  storage: Pick<Repositories, 'encryptionChanges'>,
  organisationId: string,
): Promise<EncryptionDirection | null> {
  return (await storage.encryptionChanges.underWay(organisationId))?.direction ?? null;
}

function beginningRoutes(app: Api, context: Context): void {
  app.post(
    '/encryption-change',
    {
      config: { needs: 'settings:manage', logs: 'noted', keepsNoAnswer: true, asksPassword: 'password' },
      schema: {
        summary: 'Begin to turn client-side encryption on or off (own addition)',
        ...{ body: z.object({ direction, password }), response: { 200: createdId } },
      },
    },
    async (request) => {
      const { organisationId, userId, clientSideEncryption } = callerOf(request);
      if ((request.body.direction === 'on') === clientSideEncryption) {
        throw new ApiError(409, 'encryptionAlreadySo', 'The organisation is in that mode.');
      }
      if (await context.storage.encryptionChanges.underWay(organisationId)) {
        throw new ApiError(409, 'encryptionChangeUnderWay', 'It has been begun already.');
      }
      const id = newId(context.clock());
      const about = { id, organisationId, starterId: userId, createdAt: unixSeconds(context) };
      await context.storage.encryptionChanges.insert({ ...about, direction: request.body.direction });
      const action = request.body.direction;
      request.activityNotes.push({ event: 'encryption_change_begun', objectId: organisationId, action });
      return { id };
    },
  );

  app.delete(
    '/encryption-change',
    {
      config: { needs: 'settings:manage', logs: 'noted' },
      schema: {
        summary: 'Give up turning client-side encryption on or off (own addition)',
        response: { 200: doneAnswer },
      },
    },
    async (request) => {
      const { organisationId } = callerOf(request);
      const { storage } = context;
      const files = await giveChangeUp(storage, await changeUnderWay(context, request));
      await storage.afterCommit(() => storage.attachments.discard(files));
      request.activityNotes.push({ event: 'encryption_change_given_up', objectId: organisationId });
      return { success: true as const };
    },
  );
}

/** Registers the endpoints of this file. */
export function encryptionChangeRoutes(app: Api, context: Context): void {
  beginningRoutes(app, context);

  app.get(
    '/encryption-change',
    {
      config: { needs: 'session' },
      schema: {
        summary: 'How far client-side encryption is on its way to be turned on or off (own addition)',
        response: { 200: stateSchema },
      },
    },
    async (request) => {
      const { organisationId, permissions } = callerOf(request);
      const change = await context.storage.encryptionChanges.underWay(organisationId);
      const tellsWho = permissions.has('settings:manage');
      return {
        underWay: change ? await stateOf(context, change, tellsWho) : null,
        last: await lastChange(context, organisationId),
      };
    },
  );

  app.post(
    '/encryption-change/finish',
    {
      config: { needs: 'settings:manage', logs: 'noted', keepsNoAnswer: true, asksPassword: 'password' },
      schema: {
        summary: 'Put client-side encryption, or its end, in force, all at once (own addition)',
        ...{ body: z.object({ password }), response: { 200: doneAnswer } },
      },
    },
    async (request) => {
      const { organisationId, userId } = callerOf(request);
      const { storage } = context;
      const change = await changeUnderWay(context, request);
      const by = { requesterId: userId, at: unixSeconds(context) };
      const changed = await putChangeInForce(storage, change, by);
      if (!changed) {
        throw new ApiError(409, 'encryptionChangeIncomplete', 'Something is missing, or was changed since.');
      }
      await storage.afterCommit(() => storage.attachments.discard(changed.unwantedFiles));
      const event = change.direction === 'on' ? 'encryption_turned_on' : 'encryption_turned_off';
      const subject = { event, objectId: organisationId } as const;
      request.activityNotes.push(subject, ...notesOfRequests(changed.raised));
      return { success: true as const };
    },
  );
}
