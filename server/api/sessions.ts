/** Logging in, session refresh in both styles of Passwork 7, session info and log-out. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { provesPassword } from '../directory/proof.ts';
import { hashPassword, passwordIterations, verifyPassword } from '../identity/passwords.ts';
import { failureThrottle } from '../identity/throttle.ts';
import { defaultLoginAttempts } from '../options.ts';
import type { User } from '../storage/people.ts';
import { loginForm } from '../storage/people.ts';
import { logNow } from './activitynotes.ts';
import { bearerToken } from './authentication.ts';
import type { Api, Context } from './context.ts';
import { callerOf } from './context.ts';
import { ApiError } from './errors.ts';
import { orUnavailable } from './directoryfaults.ts';
import { doneAnswer, objectId } from './schemas.ts';

const token = z.string().min(1).max(200);
const accessAnswer = z.object({ accessToken: z.string(), accessTokenExpiredAt: z.number() });
const refreshAnswer = z.object({ refreshToken: z.string(), refreshTokenExpiredAt: z.number() });
const pairAnswer = z.object({ ...accessAnswer.shape, ...refreshAnswer.shape });

const loginBody = z.object({
  username: z.string().min(1).max(1_000),
  password: z.string().min(1).max(1_000),
  hostname: z.string().max(1_000).optional(),
});

/**
 * How many log-ins may derive at once. The derivation is slow on purpose, and the rest of
 * the server needs the thread pool as well.
 */
const derivationsAtOnce = 32;

/** Under which attempts at an account are counted, wherever they come from. */
export function accountKey(context: Pick<Context, 'seal'>, login: string): string {
  return context.seal.fingerprint('attempts at an account', loginForm(login)).toString('hex');
}

/** Checks logins and passwords, telling nothing of which of the two was wrong. */
function passwordCheck(context: Context) {
  const iterations = context.options.passwordIterations ?? passwordIterations;
  const throttle = failureThrottle(context.clock, context.options.loginAttempts ?? defaultLoginAttempts);
  // An unknown login costs the same derivation as a known one.
  const nobody = hashPassword('nobody', iterations);
  let deriving = 0;

  /** Counts the attempt before it is judged. Locks look the same for logins that nobody has. */
  const count = (address: string, login: string): (() => void) => {
    // One login has many spellings, and all of them are guesses at the same account.
    const key = context.seal.fingerprint('log-in attempts', `${address} ${loginForm(login)}`).toString('hex');
    const account = accountKey(context, login);
    if (context.lockout.secondsToWait(account) > 0) {
      throw new ApiError(429, 'accountLocked', 'Too many attempts at this account. Wait or ask for help.');
    }
    if (throttle.secondsToWait(key) > 0 || deriving >= derivationsAtOnce) {
      throw new ApiError(429, 'tooManyAttempts', 'Too many attempts. Wait and try again.');
    }
    throttle.attempt(key);
    context.lockout.attempt(account);
    return () => {
      throttle.success(key);
      context.lockout.success(account);
    };
  };

  /** Refuses a wrong password. The log knows only of accounts that there are. */
  const refuse = async (request: FastifyRequest, user: User | undefined, login: string): Promise<never> => {
    if (user && !user.isDeleted) {
      const by = { actorId: user.id, organisationId: user.organisationId };
      const isLocked = context.lockout.secondsToWait(accountKey(context, login)) > 0;
      const events = ['user_auth_failed', ...(isLocked ? ['user_auth_blocked' as const] : [])] as const;
      const notes = events.map((event) => ({ event, objectId: user.id, by }));
      await logNow(context, request, notes);
    }
    throw new ApiError(401, 'credentialsInvalid', 'The login or the password is wrong.');
  };

  return async (request: FastifyRequest, login: string, password: string): Promise<User> => {
    const succeed = count(request.ip, login);
    const user = await context.storage.users.findByLogin(login);
    deriving += 1;
    try {
      // Nor does it tell who is of a directory, which is quicker to answer than a derivation.
      const decoy = user && !user.link ? false : verifyPassword(password, await nobody);
      const proof = user && orUnavailable(provesPassword(context.storage, user, password));
      const [, matches] = await Promise.all([decoy, proof]);
      if (!user || !matches || user.isDeleted) return await refuse(request, user, login);
      if (user.isBlocked) throw new ApiError(401, 'userBlocked', 'This account is blocked.');
      succeed();
      return user;
    } finally {
      deriving -= 1;
    }
  };
}

function refreshRoutes(app: Api, context: Context): void {
  app.post(
    '/sessions/refresh',
    {
      config: { needs: 'nothing', logs: 'nothing' },
      schema: {
        summary: 'Spend a refresh token for a new pair',
        body: z.object({ refreshToken: token }),
        response: { 200: pairAnswer },
      },
    },
    async (request) => context.sessions.refresh(request.body.refreshToken, bearerToken(request)),
  );

  app.post(
    '/sessions/refresh-access-token',
    {
      config: { needs: 'nothing', logs: 'nothing' },
      schema: {
        summary: 'A new access token for a session that can still be refreshed',
        body: z.object({ accessToken: token.optional() }),
        response: { 200: accessAnswer },
      },
    },
    async (request) => {
      const accessToken = request.body.accessToken ?? bearerToken(request);
      if (!accessToken) throw new ApiError(403, 'accessTokenInvalid', 'This needs an access token.');
      return context.sessions.refreshAccess(accessToken);
    },
  );

  app.post(
    '/sessions/refresh-refresh-token',
    {
      config: { needs: 'nothing', logs: 'nothing' },
      schema: {
        summary: 'Spend a refresh token for a new one',
        body: z.object({ refreshToken: token }),
        response: { 200: refreshAnswer },
      },
    },
    async (request) => context.sessions.refreshRefresh(request.body.refreshToken),
  );
}

/** Registers the endpoints of this file. */
export function sessionRoutes(app: Api, context: Context): void {
  const checkPassword = passwordCheck(context);
  refreshRoutes(app, context);

  app.post(
    '/users/login',
    {
      config: { needs: 'nothing', logs: 'itself' },
      schema: { summary: 'Log in', body: loginBody, response: { 200: pairAnswer } },
    },
    async (request) => {
      const { username, password } = request.body;
      const user = await checkPassword(request, username, password);
      const awaitsSecondFactor = user.twoFactor?.isEnabled === true;
      const opened = await context.sessions.open(user.id, awaitsSecondFactor);
      const by = { actorId: user.id, organisationId: user.organisationId };
      const note = { event: 'session_started', objectId: user.id, by } as const;
      if (!awaitsSecondFactor) await logNow(context, request, [note]);
      return opened;
    },
  );

  app.get(
    '/sessions/current/info',
    {
      config: { needs: 'session', awaitsSecondFactor: true },
      schema: {
        summary: 'The session of the access token',
        response: { 200: z.object({ id: objectId, userId: objectId, login: z.string() }) },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      return { id: caller.sessionId, userId: caller.userId, login: caller.login };
    },
  );

  app.post(
    '/sessions/logout',
    {
      config: { needs: 'session', keepsNoAnswer: true, logs: 'noted', awaitsSecondFactor: true },
      schema: { summary: 'End the session (own addition)', response: { 200: doneAnswer } },
    },
    async (request) => {
      const { sessionId, userId } = callerOf(request);
      await context.sessions.end(sessionId);
      request.activityNotes.push({ event: 'session_finished', objectId: userId });
      return { success: true as const };
    },
  );
}
