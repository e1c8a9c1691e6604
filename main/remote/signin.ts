/**
 * Signing in and out, and who one is then (Passwork 7 protocol, "Auth flow").
 *
 * The account password goes from its bytes straight into the bytes of the request, which are
 * wiped afterwards; it is never a JavaScript string.
 */
import { z } from 'zod';
import { StrongroomError } from '../../contract/index.ts';
import type { RemoteClient } from './client.ts';
import type { Answer, Connection } from './connection.ts';
import { jsonStringOf } from './json.ts';
import { refusalOf } from './refusal.ts';
import { flag, readShape, serverId, shortText, tokenAnswer } from './shapes.ts';
import type { Tokens } from './tokens.ts';

const userInfo = z.object({
  id: serverId,
  login: shortText,
  fullName: shortText,
  email: shortText,
  isTwoFactorAuthEnabled: flag,
});
export type UserInfo = z.output<typeof userInfo>;

/** Signs in by login and account password (UTF-8). Throws `wrongCredentials`, `blockedAccount` and others. */
export async function signIn(connection: Connection, login: string, password: Uint8Array): Promise<Tokens> {
  const literal = jsonStringOf(password);
  const body = Buffer.concat([
    Buffer.from(`{"username":${JSON.stringify(login)},"password":`, 'utf8'),
    literal,
    Buffer.from('}', 'utf8'),
  ]);
  literal.fill(0);
  try {
    const answer = await connection.exchange({ method: 'POST', path: '/users/login', body });
    if (answer.status >= 300) throw signInRefusal(answer);
    return readShape(tokenAnswer, answer.json);
  } finally {
    body.fill(0);
  }
}

function signInRefusal(answer: Answer): StrongroomError {
  if (answer.errorCodes.some((code) => /blocked/i.test(code))) return new StrongroomError('blockedAccount');
  if (answer.status === 404) return new StrongroomError('notPasswork');
  const refused = [400, 401, 403, 422].includes(answer.status);
  return refused ? new StrongroomError('wrongCredentials') : refusalOf(answer);
}

/** Who is signed in. Throws `twoFactorRequired` where the server tells nothing before the second factor. */
export function readUserInfo(client: RemoteClient, signal?: AbortSignal): Promise<UserInfo> {
  return client.call(userInfo, { method: 'GET', path: '/users/info', signal });
}

const sessionInfo = z.object({}).nullable();

/** A cheap question whether the session stands. Throws `twoFactorRequired` while the second factor is due. */
export async function checkSession(client: RemoteClient, signal?: AbortSignal): Promise<void> {
  await client.call(sessionInfo, { method: 'GET', path: '/sessions/current/info', signal });
}

/** Gives the second factor. Throws `wrongTwoFactorCode`. */
export async function confirmTwoFactor(client: RemoteClient, code: string): Promise<void> {
  const answer = await client.connection.exchange({
    method: 'POST',
    path: '/users/2fa/totp/authorize',
    headers: client.tokens.authorisation(),
    body: { code },
  });
  if (answer.status < 300) return;
  const refused = [400, 401, 403, 422].includes(answer.status);
  throw refused ? new StrongroomError('wrongTwoFactorCode') : refusalOf(answer);
}

/** Ends the session on the server. The path is our server's own; others may not know it. */
export async function signOut(client: RemoteClient): Promise<void> {
  await client.call(z.unknown(), { method: 'POST', path: '/sessions/logout', body: {} });
}
