/**
 * Idempotency keys (own addition): a writing request that carries `Idempotency-Key` is carried
 * out once, and answered the same however often it comes.
 *
 * A device that edits without a network cannot know whether a request whose answer it never
 * heard has arrived. It sends it again under the same key. The answer is kept in the
 * transaction of the change itself, so there is never one without the other. It is done here,
 * around the handlers, so that no endpoint has to think of it. Only successes are kept: a
 * refused request has changed nothing, and is judged anew.
 */
import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { KeyedRequest } from '../storage/answers.ts';
import type { Api, Context } from './context.ts';
import { callerOf, unixSeconds } from './context.ts';
import { ApiError, invalid } from './errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A writing endpoint whose requests are carried out each time, with or without a key. */
    keepsNoAnswer?: boolean;
  }
  interface FastifyRequest {
    /** What is known of a request with an idempotency key before it is carried out. */
    keyed: KeyedRequest | null;
  }
}

/** The header that carries a request's key. */
export const idempotencyHeader = 'idempotency-key';

const keyForm = /^[A-Za-z0-9_-]{8,64}$/;
const deepestBody = 32;

/** JSON with the members of every object in order, so that the same request reads the same. */
function canonical(value: unknown, depth = 0): string {
  if (depth > deepestBody) throw invalid('malformedRequest', '', 'The body is nested too deep.');
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each, depth + 1)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  const written = members.map(([name, each]) => `${JSON.stringify(name)}:${canonical(each, depth + 1)}`);
  return `{${written.join(',')}}`;
}

function keyedRequest(context: Context, request: FastifyRequest): KeyedRequest | null {
  const key = request.headers[idempotencyHeader];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !keyForm.test(key)) {
    throw invalid('idempotencyKeyInvalid', idempotencyHeader, 'A key is 8 to 64 of A-Z, a-z, 0-9, - and _.');
  }
  const asked = `${request.method} ${request.url} ${canonical(request.body)}`;
  return {
    userId: callerOf(request).userId,
    key: context.seal.fingerprint('idempotency key', key),
    fingerprint: context.seal.fingerprint('request under an idempotency key', asked),
  };
}

/** Carries out a request unless it has been before; either way the answer is the same. */
async function answeredOnce(
  context: Context,
  request: FastifyRequest,
  keyed: KeyedRequest,
  carryOut: () => unknown,
): Promise<unknown> {
  return context.storage.whole(async () => {
    const { answers } = context.storage;
    const kept = await answers.find(keyed.userId, keyed.key);
    if (!kept) {
      const body = await carryOut();
      await answers.insert(keyed, body, unixSeconds(context));
      return body;
    }
    if (!timingSafeEqual(kept.fingerprint, keyed.fingerprint)) {
      const message = 'The key was used for another request.';
      throw new ApiError(422, 'idempotencyKeyReused', message, idempotencyHeader);
    }
    // It was decided when the request was carried out; the answer goes to whom it went then.
    request.rightDecided = true;
    return kept.body;
  });
}

/** Honours idempotency keys on every writing endpoint that is registered from now on. */
export function answerRepeats(app: Api, context: Context): void {
  app.decorateRequest('keyed', null);

  app.addHook('onRoute', (route) => {
    const { config } = route;
    if (route.method === 'GET' || config?.needs === 'nothing' || config?.keepsNoAnswer) return;
    const { handler } = route;
    // Before validation, which fills in and leaves out: what counts is what was sent.
    const note = async (request: FastifyRequest) => {
      request.keyed = keyedRequest(context, request);
    };
    route.preValidation = [note, ...[route.preValidation ?? []].flat()];
    route.handler = async function (request, reply) {
      const carryOut = () => handler.call(this, request, reply);
      return request.keyed ? answeredOnce(context, request, request.keyed, carryOut) : carryOut();
    };
  });
}
