/**
 * How the activity log is written: an endpoint names its event in its `config`, and the entry is
 * stored in the transaction of the change itself, so there is never one without the other. What only
 * reads changes nothing: its entry is stored together with those of others who read at the same
 * time, and the answer waits until that is kept for good.
 *
 * An endpoint that does several things, or whose event depends on the request, notes them itself.
 * It is done here, around the handlers, so that no endpoint has to think of storing; that every one
 * which changes something says what it logs is seen to by the test of the rights.
 */
import type { FastifyRequest } from 'fastify';
import { newOrderedId } from '../storage/ids.ts';
import type { Activity } from '../storage/activity.ts';
import type { ActivityEvent } from '../storage/events.ts';
import { writtenTogether } from '../storage/together.ts';
import type { Api, Context } from './context.ts';
import { unixSeconds } from './context.ts';

/** What an endpoint tells the log. Ids only: nothing of what objects hold is logged. */
export interface ActivityNote {
  event: ActivityEvent;
  objectId: string;
  subjectId?: string | null;
  vaultId?: string | null;
  action?: string | null;
  /** Who did it and where, when it is not the caller. */
  by?: { actorId: string; organisationId: string };
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * The event that a success means, about the object that the address or else the answer names;
     * `noted` when the handler notes what happened; `itself` when it stores that as well, because its
     * refusals are worth knowing too; `nothing` when nobody needs to know.
     */
    logs?: ActivityEvent | 'noted' | 'itself' | 'nothing';
  }
  interface FastifyRequest {
    activityNotes: ActivityNote[];
    /** The vault that the request was found to be about. */
    concernedVaultId: string | null;
  }
}

const longestClient = 200;
const readingMethods: ReadonlySet<string> = new Set(['GET', 'HEAD']);

const idIn = (value: unknown): string | null => {
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
  return typeof id === 'string' ? id : null;
};

/** The entries that some notes amount to. */
export function entriesOf(
  context: Pick<Context, 'clock'>,
  request: Pick<FastifyRequest, 'caller' | 'ip' | 'headers' | 'concernedVaultId'>,
  notes: readonly ActivityNote[],
): Activity[] {
  const now = unixSeconds(context);
  const client = request.headers['user-agent']?.slice(0, longestClient) ?? null;
  return notes.flatMap((note) => {
    const organisationId = note.by?.organisationId ?? request.caller?.organisationId;
    if (organisationId === undefined) return [];
    const vaultId = note.vaultId === undefined ? request.concernedVaultId : note.vaultId;
    return [
      {
        ...{ id: newOrderedId(context.clock()), organisationId, event: note.event, objectId: note.objectId },
        ...{ actorId: note.by?.actorId ?? request.caller?.userId ?? '', vaultId },
        ...{ subjectId: note.subjectId ?? null, actedAt: now, arrivedAt: now, isOffline: false },
        ...{ action: note.action ?? null, address: request.ip, client },
      },
    ];
  });
}

/** Stores notes now, in the transaction that the caller works in, if there is one. */
export async function logNow(
  context: Context,
  request: FastifyRequest,
  notes: readonly ActivityNote[],
): Promise<void> {
  const entries = entriesOf(context, request, notes);
  await context.storage.activity.insert(entries);
  await context.storage.afterCommit(async () => context.tellActivity(entries));
}

/** Keeps the log of every endpoint that is registered from now on. */
export function keepActivityLog(app: Api, context: Context): void {
  app.decorateRequest('concernedVaultId', null);
  app.addHook('onRequest', async (request) => {
    request.activityNotes = [];
  });
  const store = async (entries: Activity[]) => {
    await context.storage.activity.insert(entries);
    context.tellActivity(entries);
  };
  const keepTogether = writtenTogether<Activity>(store);
  app.addHook('onRoute', (route) => {
    const logs = route.config?.logs;
    if (logs === undefined || logs === 'itself' || logs === 'nothing') return;
    const { handler } = route;
    const notesOf = (request: FastifyRequest, answer: unknown): ActivityNote[] => {
      const objectId = idIn(request.params) ?? idIn(answer);
      const own = logs === 'noted' || objectId === null ? [] : [{ event: logs, objectId }];
      return [...own, ...request.activityNotes];
    };
    const onlyReads = [route.method].flat().every((method) => readingMethods.has(method));
    route.handler = async function (request, reply) {
      const answered = async () => handler.call(this, request, reply) as unknown;
      if (onlyReads) {
        const answer = await answered();
        await keepTogether(entriesOf(context, request, notesOf(request, answer)));
        return answer;
      }
      return context.storage.whole(async () => {
        const answer = await answered();
        await logNow(context, request, notesOf(request, answer));
        return answer;
      });
    };
  });
}
