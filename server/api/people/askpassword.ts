/**
 * Asking for the log-in password once more, before something that a stolen token alone must not do.
 *
 * It is done in front of the handler, because comparing is slow on purpose: inside the transaction
 * of the change it would make everybody wait. Wrong ones are bounded by account, as at log-in.
 */
import { provesPassword } from '../../directory/proof.ts';
import { failureThrottle } from '../../identity/throttle.ts';
import { defaultLoginAttempts } from '../../options.ts';
import type { Api, Context } from '../context.ts';
import { callerOf } from '../context.ts';
import { orUnavailable } from '../directoryfaults.ts';
import { ApiError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The member of the body that must be the caller's log-in password. */
    asksPassword?: 'password' | 'oldPassword';
  }
}

const memberOf = (body: unknown, name: string): string => {
  const value = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  const found = value.find(([member]) => member === name)?.[1] as unknown;
  return typeof found === 'string' ? found : '';
};

/** Asks on every endpoint whose `config` says so. */
export function askPasswords(app: Api, context: Context): void {
  const throttle = failureThrottle(context.clock, context.options.loginAttempts ?? defaultLoginAttempts);
  app.addHook('preHandler', async (request) => {
    const member = request.routeOptions.config.asksPassword;
    if (member === undefined) return;
    const { userId } = callerOf(request);
    if (throttle.secondsToWait(userId) > 0) {
      throw new ApiError(429, 'tooManyAttempts', 'Too many attempts. Wait and try again.');
    }
    throttle.attempt(userId);
    const user = await context.storage.users.find(userId);
    const given = memberOf(request.body, member);
    if (!user || !(await orUnavailable(provesPassword(context.storage, user, given)))) {
      throw new ApiError(403, 'passwordInvalid', 'The log-in password is wrong.', member);
    }
    throttle.success(userId);
  });
}
