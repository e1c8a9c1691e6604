/**
 * The outermost check: how many requests an address may make. The parts of a batch have
 * been counted with the batch; they carry a pass that only this process knows.
 */
import { randomBytes } from 'node:crypto';
import { requestThrottle } from '../identity/throttle.ts';
import type { Clock } from '../clock.ts';
import type { ServerOptions } from '../options.ts';
import { defaultRequestRate } from '../options.ts';
import type { Api } from './context.ts';
import { ApiError } from './errors.ts';

export interface RequestGate {
  /** The header that lets the parts of a batch through. */
  readonly pass: Readonly<Record<string, string>>;
}

const passHeader = 'x-strongroom-batch-part';

/** Puts the gate in front of the application. */
export function guardRate(app: Api, clock: Clock, options: ServerOptions): RequestGate {
  const allowed = requestThrottle(clock, options.requestRate ?? defaultRequestRate);
  const secret = randomBytes(32).toString('hex');
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers[passHeader] === secret || allowed(request.ip)) return;
    reply.header('Retry-After', '1');
    throw new ApiError(429, 'tooManyRequests', 'Too many requests. Slow down.');
  });
  return { pass: { [passHeader]: secret } };
}
