/**
 * The second factor of logging in. `POST users/2fa/totp/authorize` is Passwork's (protocol, "Auth
 * flow"): a session that awaits it is answered `twoFactorAuthRequired` everywhere else. Setting it up,
 * switching it off, recovery codes and the reset by an administrator are own additions.
 */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { failureThrottle } from '../../identity/throttle.ts';
import { acceptCode, newRecoveryCodes, newTwoFactor, spendRecoveryCode } from '../../identity/totp.ts';
import { defaultLoginAttempts } from '../../options.ts';
import type { TwoFactor, User } from '../../storage/people.ts';
import { logNow } from '../activitynotes.ts';
import type { Api, Context } from '../context.ts';
import { callerOf } from '../context.ts';
import { ApiError } from '../errors.ts';
import { doneAnswer, idParams } from '../schemas.ts';
import { requireBelow } from './roles.ts';
import { colleague } from './users.ts';

const codeBody = z.object({ code: z.string().min(6).max(20) });
const codesAnswer = z.object({ recoveryCodes: z.array(z.string()) });

async function callersAccount(context: Context, request: Pick<FastifyRequest, 'caller'>): Promise<User> {
  const { organisationId, userId } = callerOf(request);
  return colleague(context, organisationId, userId);
}

/** Carries out what a good code is for, in the transaction in which the code is spent. */
type TakeCode = <Result>(
  request: FastifyRequest,
  code: string,
  isEnabled: boolean,
  use: (user: User, twoFactor: TwoFactor) => Promise<Result>,
) => Promise<Result>;

function codeTaking(context: Context): TakeCode {
  const throttle = failureThrottle(context.clock, context.options.loginAttempts ?? defaultLoginAttempts);
  return async (request, code, isEnabled, use) => {
    const { userId } = callerOf(request);
    if (throttle.secondsToWait(userId) > 0) {
      throw new ApiError(429, 'tooManyAttempts', 'Too many attempts. Wait and try again.');
    }
    throttle.attempt(userId);
    const taken = await context.storage.whole(async () => {
      const user = await callersAccount(context, request);
      requireState(user, isEnabled);
      const { twoFactor } = user;
      const accepted =
        twoFactor &&
        (acceptCode(twoFactor, code, context.clock()) ??
          spendRecoveryCode(context.seal, user.id, twoFactor, code));
      return accepted ? { result: await use(user, accepted) } : null;
    });
    if (!taken) {
      await logNow(context, request, [{ event: 'user_2fa_auth_failed', objectId: userId }]);
      throw new ApiError(403, 'twoFactorCodeInvalid', 'The code is wrong or has been used.');
    }
    throttle.success(userId);
    return taken.result;
  };
}

function requireState(user: User, isEnabled: boolean): void {
  if ((user.twoFactor?.isEnabled === true) === isEnabled) return;
  const code = isEnabled ? 'twoFactorOff' : 'twoFactorOn';
  throw new ApiError(409, code, 'The second factor is not in that state.');
}

function settingUpRoutes(app: Api, context: Context, takeCode: TakeCode): void {
  app.post(
    '/users/2fa/totp/setup',
    {
      config: { needs: 'session', logs: 'noted', keepsNoAnswer: true, asksPassword: 'password' },
      schema: {
        summary: 'A new secret for the second factor, not in force yet (own addition)',
        body: z.object({ password: z.string().min(1).max(1_000) }),
        response: { 200: z.object({ secret: z.string(), uri: z.string() }) },
      },
    },
    async (request) => {
      const user = await callersAccount(context, request);
      requireState(user, false);
      const organisation = await context.storage.organisations.find(user.organisationId);
      const { twoFactor, uri } = newTwoFactor(user.login, organisation?.name ?? '');
      await context.storage.users.update({ ...user, twoFactor });
      request.activityNotes.push({ event: 'user_2fa_auth_set_up', objectId: user.id });
      return { secret: twoFactor.secret, uri };
    },
  );

  app.post(
    '/users/2fa/totp/enable',
    {
      config: { needs: 'session', logs: 'itself', keepsNoAnswer: true },
      schema: {
        summary: 'Put the second factor in force with a first code; answers recovery codes (own addition)',
        ...{ body: codeBody, response: { 200: codesAnswer } },
      },
    },
    async (request) =>
      takeCode(request, request.body.code, false, async (user, accepted) => {
        const { codes, twoFactor } = newRecoveryCodes(context.seal, user.id, accepted);
        await context.storage.users.update({ ...user, twoFactor: { ...twoFactor, isEnabled: true } });
        await context.sessions.endAllOf(user.id, callerOf(request).sessionId);
        await logNow(context, request, [{ event: 'user_2fa_auth_enabled', objectId: user.id }]);
        return { recoveryCodes: codes };
      }),
  );
}

function usingRoutes(app: Api, context: Context, takeCode: TakeCode): void {
  app.post(
    '/users/2fa/totp/authorize',
    {
      config: { needs: 'session', logs: 'itself', awaitsSecondFactor: true, keepsNoAnswer: true },
      schema: {
        summary: 'Show the second factor of a log-in: a code, or a recovery code',
        ...{ body: codeBody, response: { 200: doneAnswer } },
      },
    },
    async (request) =>
      takeCode(request, request.body.code, true, async (user, twoFactor) => {
        await context.storage.users.update({ ...user, twoFactor });
        await context.sessions.passSecondFactor(callerOf(request).sessionId);
        await logNow(context, request, [{ event: 'session_started', objectId: user.id }]);
        return { success: true as const };
      }),
  );

  app.post(
    '/users/2fa/totp/recovery-codes',
    {
      config: { needs: 'session', logs: 'itself', keepsNoAnswer: true },
      schema: {
        summary: 'New recovery codes in place of the former ones (own addition)',
        ...{ body: codeBody, response: { 200: codesAnswer } },
      },
    },
    async (request) =>
      takeCode(request, request.body.code, true, async (user, accepted) => {
        const { codes, twoFactor } = newRecoveryCodes(context.seal, user.id, accepted);
        await context.storage.users.update({ ...user, twoFactor });
        const note = { event: 'user_2fa_auth_set_up', objectId: user.id, action: 'recovery codes' } as const;
        await logNow(context, request, [note]);
        return { recoveryCodes: codes };
      }),
  );

  app.post(
    '/users/2fa/totp/disable',
    {
      config: { needs: 'session', logs: 'itself', keepsNoAnswer: true },
      schema: {
        summary: 'Switch the second factor off with a code (own addition)',
        ...{ body: codeBody, response: { 200: doneAnswer } },
      },
    },
    async (request) =>
      takeCode(request, request.body.code, true, async (user) => {
        await context.storage.users.update({ ...user, twoFactor: undefined });
        await logNow(context, request, [{ event: 'user_2fa_auth_disabled', objectId: user.id }]);
        return { success: true as const };
      }),
  );
}

/** Registers the endpoints of this file. */
export function twoFactorRoutes(app: Api, context: Context): void {
  const takeCode = codeTaking(context);
  settingUpRoutes(app, context, takeCode);
  usingRoutes(app, context, takeCode);

  app.post(
    '/users/:id/reset-2fa',
    {
      config: { needs: 'users:manage', logs: 'user_2fa_reset' },
      schema: {
        summary: "Switch somebody's second factor off, and end their sessions (own addition)",
        ...{ params: idParams, response: { 200: doneAnswer } },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const user = await colleague(context, caller.organisationId, request.params.id);
      await requireBelow(context, caller, user);
      await context.storage.users.update({ ...user, twoFactor: undefined });
      await context.sessions.endAllOf(user.id);
      return { success: true as const };
    },
  );
}
