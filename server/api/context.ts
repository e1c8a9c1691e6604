/** What every group of endpoints is given, and what a request carries once it is known. */
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Right } from '../access/levels.ts';
import type { Caller, Rights } from '../access/rights.ts';
import type { Permission } from '../access/vocabulary.ts';
import type { FailureThrottle } from '../identity/throttle.ts';
import type { SessionService } from '../identity/sessions.ts';
import type { Clock } from '../clock.ts';
import type { DirectoryDesk } from '../directory/desk.ts';
import type { ServerOptions } from '../options.ts';
import type { Seal } from '../sealing/cipher.ts';
import type { Activity } from '../storage/activity.ts';
import type { Storage } from '../storage/storage.ts';
import { ApiError } from './errors.ts';

/** The application as the endpoint files see it: schemas are zod's. */
export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

export interface Context {
  readonly storage: Storage;
  readonly rights: Rights;
  readonly sessions: SessionService;
  readonly directory: DirectoryDesk;
  readonly seal: Seal;
  readonly clock: Clock;
  /** Counts failed log-ins by account, wherever they come from. */
  readonly lockout: FailureThrottle;
  readonly setupToken: string;
  readonly options: ServerOptions;
  /** The address that the server is reached at; known once it listens. */
  readonly address: () => string;
  /** Tells the outside, where that is configured, what was logged. */
  readonly tellActivity: (entries: readonly Activity[]) => void;
}

/**
 * What an endpoint needs of its caller: nothing at all, a session, a permission that comes with
 * their role in the organisation, or a right on the object that the request names.
 */
export type Need = 'nothing' | 'session' | Permission | Right;

declare module 'fastify' {
  interface FastifyContextConfig {
    needs?: Need;
    /** Open to a session whose second factor has not been shown yet. */
    awaitsSecondFactor?: boolean;
  }
  interface FastifyRequest {
    /** Null on endpoints that need nothing. */
    caller: Caller | null;
    /** Set once the right that the endpoint names has been decided. */
    rightDecided: boolean;
  }
}

/** The caller of an endpoint that needs a session. */
export function callerOf(request: { caller: Caller | null }): Caller {
  if (!request.caller) throw new ApiError(401, 'accessTokenInvalid', 'This needs an access token.');
  return request.caller;
}

/** Now, in Unix seconds, the unit of every time on the wire. */
export function unixSeconds(context: Pick<Context, 'clock'>): number {
  return Math.floor(context.clock() / 1000);
}
