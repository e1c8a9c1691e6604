/**
 * Who is asking: the access token, the master key hash, and the need that the endpoint
 * declares. It fails closed: an endpoint without a declared need cannot be registered,
 * and one that needs a right on an object cannot answer before the right was decided.
 */
import { timingSafeEqual } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { permissionsOf } from '../access/permissions.ts';
import { isPermission } from '../access/vocabulary.ts';
import type { User } from '../storage/people.ts';
import type { Api, Context } from './context.ts';
import { ApiError, forbidden } from './errors.ts';

/** The access token of a request; undefined when there is none. */
export function bearerToken(request: Pick<FastifyRequest, 'headers'>): string | undefined {
  const match = /^Bearer ([A-Za-z0-9+/_=-]{1,200})$/i.exec(request.headers.authorization ?? '');
  return match?.[1];
}

/** Official clients send the first name, third parties the second. */
const hashHeaders = ['x-master-key-hash', 'passwork-masterkeyhash'] as const;

/** The keyed form in which a master key hash is stored. */
export function masterKeyFingerprint(context: Pick<Context, 'seal'>, userId: string, hash: string): string {
  return context.seal.fingerprint(`master key of ${userId}`, hash).toString('hex');
}

/** Refuses a request whose master key hash is present and wrong. */
function checkMasterKeyHash(context: Context, request: FastifyRequest, user: User): void {
  if (user.masterKeyFingerprint === null) return;
  const expected = Buffer.from(user.masterKeyFingerprint, 'hex');
  for (const name of hashHeaders) {
    const sent = request.headers[name];
    if (sent === undefined) continue;
    const actual = Buffer.from(masterKeyFingerprint(context, user.id, String(sent)), 'hex');
    if (!timingSafeEqual(actual, expected)) {
      throw new ApiError(401, 'masterKeyInvalid', 'The master key hash is not that of this account.');
    }
  }
}

async function identify(context: Context, request: FastifyRequest): Promise<void> {
  const token = bearerToken(request);
  if (token === undefined) throw new ApiError(401, 'accessTokenInvalid', 'This needs an access token.');
  const session = await context.sessions.check(token);
  const user = await context.storage.users.find(session.userId);
  const organisation = user && (await context.storage.organisations.find(user.organisationId));
  if (!user || !organisation || user.isBlocked || user.isDeleted) {
    throw new ApiError(401, 'accessTokenInvalid', 'This account cannot be used.');
  }
  if (session.awaitsSecondFactor && !request.routeOptions.config.awaitsSecondFactor) {
    throw new ApiError(401, 'twoFactorAuthRequired', 'The log-in needs its second factor.');
  }
  checkMasterKeyHash(context, request, user);
  request.caller = {
    userId: user.id,
    login: user.login,
    organisationId: organisation.id,
    clientSideEncryption: organisation.clientSideEncryption,
    role: user.role,
    permissions: await permissionsOf(context.storage, user),
    isOwner: user.isOwner,
    sessionId: session.id,
  };
}

function refuseUndecided(request: FastifyRequest, reply: FastifyReply): void {
  if (reply.statusCode >= 400 || request.rightDecided) return;
  throw new Error('An endpoint answered before the right that it needs was decided.');
}

/** Puts the checks above in front of every endpoint. */
export function authenticate(app: Api, context: Context): void {
  app.decorateRequest('caller', null);
  app.decorateRequest('rightDecided', false);

  app.addHook('onRoute', (route) => {
    if (!route.config?.needs) throw new Error(`${route.url} does not say what it needs.`);
  });

  app.addHook('onRequest', async (request) => {
    if (request.is404) return;
    const need = request.routeOptions.config.needs;
    if (need === 'nothing') {
      request.rightDecided = true;
      return;
    }
    await identify(context, request);
    const isPermissionNeeded = need !== undefined && isPermission(need);
    if (isPermissionNeeded && !request.caller?.permissions.has(need)) throw forbidden(need);
    request.rightDecided = need === 'session' || isPermissionNeeded;
  });

  app.addHook('preSerialization', async (request, reply, payload) => {
    refuseUndecided(request, reply);
    return payload;
  });
  // Streams are not serialised and come this way only.
  app.addHook('onSend', async (request, reply, payload) => {
    if (payload instanceof Readable) refuseUndecided(request, reply);
    return payload;
  });
}
