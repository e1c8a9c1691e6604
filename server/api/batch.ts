/**
 * Several requests in one. Each runs through the whole application on its own, with the
 * caller's headers, so that no check is ever skipped; their bodies are not wrapped.
 */
import { z } from 'zod';
import type { Api } from './context.ts';
import type { RequestGate } from './gate.ts';
import { idempotencyHeader } from './repeats.ts';

/** As many as the official clients send. */
const batchLimit = 25;

const batchBody = z.object({
  requests: z
    .array(
      z.object({
        method: z.enum(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']),
        relativeUrl: z
          .string()
          .max(10_000)
          .regex(
            /^\/api\/v1\/(?!.*\/parts\/)(?!batch|users\/login|setup|sessions)[\w\-/]+(\?.*)?$/,
            'Not an address that a batch may name.',
          ),
        body: z.unknown().optional(),
        /** What a single request carries as the header `Idempotency-Key` (own addition). */
        idempotencyKey: z.string().optional(),
      }),
    )
    .max(batchLimit),
});

const carried = ['authorization', 'x-master-key-hash', 'passwork-masterkeyhash'] as const;

/** Registers the endpoint of this file. */
export function batchRoutes(app: Api, gate: RequestGate): void {
  app.post(
    '/batch',
    {
      config: { needs: 'session', logs: 'nothing', keepsNoAnswer: true },
      schema: {
        summary: 'Up to 25 requests at once',
        body: batchBody,
        response: {
          200: z.object({ responses: z.array(z.object({ statusCode: z.number(), body: z.unknown() })) }),
        },
      },
    },
    async (request) => {
      const headers: Record<string, string> = { 'x-response-format': 'raw', ...gate.pass };
      for (const name of carried) {
        const value = request.headers[name];
        if (value !== undefined) headers[name] = String(value);
      }
      const responses: { statusCode: number; body: unknown }[] = [];
      for (const { method, relativeUrl, body, idempotencyKey } of request.body.requests) {
        const payload =
          method === 'GET' || body === undefined || body === null ? {} : { payload: JSON.stringify(body) };
        const answer = await app.inject({
          method,
          url: relativeUrl,
          headers: {
            ...headers,
            ...('payload' in payload ? { 'content-type': 'application/json' } : {}),
            ...(idempotencyKey === undefined ? {} : { [idempotencyHeader]: idempotencyKey }),
          },
          remoteAddress: request.ip,
          ...payload,
        });
        responses.push({ statusCode: answer.statusCode, body: JSON.parse(answer.body) });
      }
      return { responses };
    },
  );
}
