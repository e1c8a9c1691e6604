/**
 * Whether the server and what it stores in are well (own addition), for whoever watches over it.
 * Open to everybody, so it tells two words and no reason.
 */
import { z } from 'zod';
import type { Api, Context } from './context.ts';

const part = z.enum(['ok', 'unreachable']);
const answer = <Status extends string>(status: Status) =>
  z.object({ status: z.literal(status), database: part, files: part });

/** Registers the endpoint of this file. */
export function healthRoutes(app: Api, context: Context): void {
  app.get(
    '/health',
    {
      config: { needs: 'nothing', neverWrapped: true },
      schema: {
        summary: 'Whether database and files can be reached; 503 when not (own addition)',
        response: { 200: answer('ok'), 503: answer('failing') },
      },
    },
    async (_request, reply) => {
      const reach = await context.storage.reach();
      const database = reach.database ? ('ok' as const) : ('unreachable' as const);
      const files = reach.files ? ('ok' as const) : ('unreachable' as const);
      if (reach.database && reach.files) return { status: 'ok' as const, database, files };
      return reply.status(503).send({ status: 'failing', database, files });
    },
  );
}
