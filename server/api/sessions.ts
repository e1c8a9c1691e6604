/** Logging in, session refresh in both styles of Passwork 7, session info and log-out. */
import { z } from 'zod';
import { hashPassword, passwordIterations, verifyPassword } from '../identity/passwords.ts';
import { failureThrottle } from '../identity/throttle.ts';
import { defaultLoginAttempts } from '../options.ts';
import { loginForm } from '../storage/people.ts';
import { bearerToken } from './authentication.ts';
import type { Api, Context } from './context.ts';
import { callerOf } from './context.ts';
import { ApiError } from './errors.ts';
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

/** Checks logins and passwords, telling nothing of which of the two was wrong. */
function passwordCheck(context: Context) {
  const iterations = context.options.passwordIterations ?? passwordIterations;
  const throttle = failureThrottle(context.clock, context.options.loginAttempts ?? defaultLoginAttempts);
  // An unknown login costs the same derivation as a known one.
  const nobody = hashPassword('nobody', iterations);
  let deriving = 0;

  return async (address: string, login: string, password: string) => {
    // One login has many spellings, and all of them are guesses at the same account.
    const key = context.seal.fingerprint('log-in attempts', `${address} ${loginForm(login)}`).toString('hex');
    if (throttle.secondsToWait(key) > 0 || deriving >= derivationsAtOnce) {
      throw new ApiError(429, 'tooManyAttempts', 'Too many attempts. Wait and try again.');
    }
    throttle.attempt(key);
    const user = await context.storage.users.findByLogin(login);
    deriving += 1;
    try {
      const matches = await verifyPassword(password, user?.passwordHash ?? (await nobody));
      if (!user || !matches || user.isDeleted) {
        throw new ApiError(401, 'credentialsInvalid', 'The login or the password is wrong.');
      }
      if (user.isBlocked) throw new ApiError(401, 'userBlocked', 'This account is blocked.');
      throttle.success(key);
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
      config: { needs: 'nothing' },
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
      config: { needs: 'nothing' },
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
      config: { needs: 'nothing' },
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
      config: { needs: 'nothing' },
      schema: { summary: 'Log in', body: loginBody, response: { 200: pairAnswer } },
    },
    async (request) => {
      const { username, password } = request.body;
      const user = await checkPassword(request.ip, username, password);
      return context.sessions.open(user.id);
    },
  );

  app.get(
    '/sessions/current/info',
    {
      config: { needs: 'session' },
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
      config: { needs: 'session', keepsNoAnswer: true },
      schema: { summary: 'End the session (own addition)', response: { 200: doneAnswer } },
    },
    async (request) => {
      await context.sessions.end(callerOf(request).sessionId);
      return { success: true as const };
    },
  );
}
