/**
 * Files that come inside a request are written before its handler runs, because handlers run in a
 * transaction, and with SQLite everybody waits for that. An object store that is slow or away then
 * keeps only those waiting who send files.
 *
 * Nobody's right has been decided by then: what the handler refuses, or does not need because it is a
 * repeat, is removed again before the answer goes out.
 */
import type { Api, Context } from './context.ts';
import type { SentAttachment } from './itembody.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The body has `attachments`, or is one itself. */
    carriesFiles?: boolean;
  }
  interface FastifyRequest {
    /** What was written of the body before the handler ran; null where nothing was, as in a refused request. */
    filesAhead: WrittenAhead[] | null;
  }
}

interface WrittenAhead {
  readonly fileName: string;
  /** Whether the handler has made use of it. */
  isTaken: boolean;
}

type Unsaved = Pick<SentAttachment, 'encryptedData'>;

const aheadOf = new WeakMap<object, WrittenAhead>();

/** The name of the file that was written for an entry of a body; undefined when none was. */
export function takeFileAhead(entry: object): string | undefined {
  const ahead = aheadOf.get(entry);
  if (!ahead) return undefined;
  ahead.isTaken = true;
  return ahead.fileName;
}

const isEntry = (value: unknown): value is Unsaved =>
  typeof value === 'object' && value !== null && !('id' in value && value.id !== undefined);

function entriesOf(body: unknown): Unsaved[] {
  if (typeof body !== 'object' || body === null) return [];
  if (!('attachments' in body)) return [body];
  return Array.isArray(body.attachments) ? body.attachments.filter(isEntry) : [];
}

/** Writes the files of every endpoint that is registered from now on and carries some. */
export function writeFilesAhead(app: Api, context: Context): void {
  app.decorateRequest('filesAhead', null);

  app.addHook('preHandler', async (request) => {
    if (!request.routeOptions.config.carriesFiles) return;
    const written: WrittenAhead[] = [];
    request.filesAhead = written;
    for (const entry of entriesOf(request.body)) {
      if (typeof entry.encryptedData !== 'string') continue;
      const ahead = {
        fileName: await context.storage.attachments.write(entry.encryptedData),
        isTaken: false,
      };
      written.push(ahead);
      aheadOf.set(entry, ahead);
    }
  });

  app.addHook('onSend', async (request, reply) => {
    if (!request.filesAhead) return;
    const isRefused = reply.statusCode >= 400;
    const unwanted = request.filesAhead.filter(({ isTaken }) => isRefused || !isTaken);
    request.filesAhead = null;
    if (unwanted.length === 0) return;
    const names = unwanted.map(({ fileName }) => fileName);
    await context.storage.attachments.discard(names).catch((error: unknown) => {
      // The answer stands without it: what stays is sealed, and goes with the next change of the key.
      request.log.error({ name: error instanceof Error ? error.name : 'unknown' }, 'file not removed');
    });
  });
}
