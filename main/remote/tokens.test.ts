import { afterEach, describe, expect, it } from 'vitest';
import { startAnswering, type Handler } from '../../testing/hostile/answering.ts';
import { parseServerAddress } from './address.ts';
import { RemoteClient } from './client.ts';
import { Connection } from './connection.ts';
import { HashGate } from './masterkeyproof.ts';
import { checkSession, confirmTwoFactor, signIn } from './signin.ts';
import { TokenKeeper, type Tokens } from './tokens.ts';
import { listVaults } from './vaults.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

const firstPair: Tokens = {
  accessToken: 'access-1',
  refreshToken: 'refresh-1',
  accessTokenExpiredAt: null,
  refreshTokenExpiredAt: null,
};

async function signedIn(
  handler: Handler,
  persist: (tokens: Tokens) => void | Promise<void> = () => undefined,
) {
  const server = await startAnswering(handler);
  const address = parseServerAddress(server.url);
  const connection = new Connection({ address, trust: { kind: 'system' } });
  open.push(server, connection);
  const tokens = new TokenKeeper({ connection, tokens: firstPair, persist });
  return { server, client: new RemoteClient({ connection, tokens, gate: new HashGate(address) }) };
}

const expired = { status: 401, json: { errors: [{ code: 'accessTokenExpired' }] } };
const vaults = { json: { items: [] } };
const bearerOf = (headers: { authorization?: string | undefined }): string | undefined =>
  headers.authorization;

describe('tokens', () => {
  it('are renewed once, however many requests find them ended', async () => {
    const order: string[] = [];
    const { server, client } = await signedIn(
      ({ path, headers }) => {
        if (path.endsWith('/sessions/refresh')) {
          order.push('refresh');
          return {
            json: { accessToken: 'access-2', refreshToken: 'refresh-2', accessTokenExpiredAt: 1_700_000_000 },
          };
        }
        return bearerOf(headers) === 'Bearer access-2' ? vaults : expired;
      },
      async (tokens) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        order.push(`persisted ${tokens.refreshToken}`);
      },
    );
    await Promise.all(Array.from({ length: 12 }, () => listVaults(client)));
    expect(order).toEqual(['refresh', 'persisted refresh-2']);
    const first = server.seen.findIndex(({ headers }) => bearerOf(headers) === 'Bearer access-2');
    expect(server.seen.slice(first).every(({ headers }) => bearerOf(headers) === 'Bearer access-2')).toBe(
      true,
    );
    expect(server.seen.find(({ path }) => path.endsWith('/refresh'))).toMatchObject({
      headers: { authorization: 'Bearer access-1' },
      body: JSON.stringify({ accessToken: 'access-1', refreshToken: 'refresh-1' }),
    });
  });

  it.each([401, 403, 400])('that the server will not renew (%i) ask for a new sign-in', async (status) => {
    const { client } = await signedIn(({ path }) =>
      path.endsWith('/refresh') ? { status, json: {} } : expired,
    );
    await expect(listVaults(client)).rejects.toMatchObject({ code: 'signInAgain' });
  });

  it('survive a server that is busy for the moment', async () => {
    let busy = true;
    const { client } = await signedIn(({ path, headers }) => {
      if (!path.endsWith('/refresh')) return bearerOf(headers) === 'Bearer access-2' ? vaults : expired;
      return busy
        ? { status: 503, json: {} }
        : { json: { accessToken: 'access-2', refreshToken: 'refresh-2' } };
    });
    await expect(listVaults(client)).rejects.toMatchObject({ code: 'serverBusy', params: { status: 503 } });
    busy = false;
    await expect(listVaults(client)).resolves.toEqual([]);
  });

  it('that are refused right after the renewal are not renewed again and again', async () => {
    const { server, client } = await signedIn(({ path }) =>
      path.endsWith('/refresh') ? { json: { accessToken: 'access-2', refreshToken: 'refresh-2' } } : expired,
    );
    await expect(listVaults(client)).rejects.toMatchObject({ code: 'signInAgain' });
    expect(server.seen).toHaveLength(3);
  });

  it('are not used when they could not be stored', async () => {
    const { server, client } = await signedIn(
      ({ path }) =>
        path.endsWith('/refresh') ? { json: { accessToken: 'access-2', refreshToken: 'r' } } : expired,
      () => Promise.reject(new Error('disk')),
    );
    await expect(listVaults(client)).rejects.toThrow('disk');
    expect(server.seen.some(({ headers }) => bearerOf(headers) === 'Bearer access-2')).toBe(false);
  });

  it('are gone after clearing', async () => {
    const { server, client } = await signedIn(() => vaults);
    client.tokens.clear();
    await expect(listVaults(client)).rejects.toMatchObject({ code: 'locked' });
    expect(server.seen).toEqual([]);
  });
});

describe('refusals', () => {
  it.each([
    [403, [], 'forbidden'],
    [404, [], 'notFound'],
    [429, [], 'serverBusy'],
    [500, [], 'serverBusy'],
    [503, [], 'serverBusy'],
    [409, [], 'badAnswer'],
    [302, [], 'badAnswer'],
    [401, ['twoFactorAuthRequired'], 'twoFactorRequired'],
    [401, ['masterKeyRequired'], 'hashDemandedTooEarly'],
    [403, ['userBlocked'], 'blockedAccount'],
  ])('%i %j becomes %s, without a refresh', async (status, codes, code) => {
    const { server, client } = await signedIn(() => ({
      status,
      json: { errors: codes.map((name) => ({ code: name, message: 'do not repeat me' })) },
    }));
    const failure: unknown = await listVaults(client).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code });
    expect(JSON.stringify(failure)).not.toContain('do not repeat me');
    expect(server.seen).toHaveLength(1);
  });

  it('an answer of the wrong shape names the place and not the content', async () => {
    const { client } = await signedIn(() => ({ json: { items: [{ id: '../../etc', name: 'secret' }] } }));
    const failure: unknown = await listVaults(client).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'badAnswer', params: { reason: 'shape', place: 'items.0.id' } });
    expect(JSON.stringify(failure)).not.toContain('etc');
  });
});

describe('signing in', () => {
  it('sends login and password as JSON and gives the tokens', async () => {
    const { server, client } = await signedIn(() => ({
      json: { accessToken: 'a', refreshToken: 'r', extra: 1 },
    }));
    const tokens = await signIn(client.connection, 'anna "a"', Buffer.from('pä"ss\\'));
    expect(tokens).toEqual({
      accessToken: 'a',
      refreshToken: 'r',
      accessTokenExpiredAt: null,
      refreshTokenExpiredAt: null,
    });
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({ username: 'anna "a"', password: 'pä"ss\\' });
    expect(server.seen[0]?.headers.authorization).toBeUndefined();
  });

  it.each([
    [401, 'wrongCredentials'],
    [403, 'wrongCredentials'],
    [404, 'notPasswork'],
    [429, 'serverBusy'],
  ])('refused with %i is %s', async (status, code) => {
    const { client } = await signedIn(() => ({ status, json: { errors: [] } }));
    await expect(signIn(client.connection, 'a', Buffer.from('b'))).rejects.toMatchObject({ code });
  });

  it('asks for the second factor and tells a wrong code', async () => {
    let passed = false;
    const { client } = await signedIn(({ path, body }) => {
      if (path.endsWith('/authorize')) {
        passed = body.includes('123456');
        return passed ? { json: null } : { status: 401, json: { errors: [{ code: 'wrong' }] } };
      }
      return passed ? { json: {} } : { status: 401, json: { errors: [{ code: 'twoFactorAuthRequired' }] } };
    });
    await expect(checkSession(client)).rejects.toMatchObject({ code: 'twoFactorRequired' });
    await expect(confirmTwoFactor(client, '000000')).rejects.toMatchObject({ code: 'wrongTwoFactorCode' });
    await confirmTwoFactor(client, '123456');
    await expect(checkSession(client)).resolves.toBeUndefined();
  });
});
