import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startAnswering, type AnsweringServer, type Handler } from '../../testing/hostile/answering.ts';
import { parseServerAddress } from './address.ts';
import { Connection, type ConnectionLimits } from './connection.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function against(handler: Handler, limits: Partial<ConnectionLimits> = {}) {
  const server: AnsweringServer = await startAnswering(handler);
  const connection = new Connection({
    address: parseServerAddress(server.url),
    trust: { kind: 'system' },
    limits,
  });
  open.push(server, connection);
  return { server, connection };
}

const get = { method: 'GET', path: '/vaults' } as const;

describe('an exchange', () => {
  it('goes to the path of the protocol, asks for plain JSON and encodes lists as the protocol does', async () => {
    const { server, connection } = await against(() => ({ json: { items: [] } }));
    const answer = await connection.exchange({ ...get, query: { tags: ['a b', 'c'], limit: 5 } });
    expect(answer).toEqual({ status: 200, json: { items: [] }, errorCodes: [] });
    expect(server.seen[0]).toMatchObject({
      path: '/api/v1/vaults?tags%5B%5D=a+b&tags%5B%5D=c&limit=5',
      headers: { 'x-response-format': 'raw' },
    });
  });

  it('keeps a path prefix', async () => {
    const { server } = await against(() => ({ json: null }));
    const address = parseServerAddress(`${server.url}/passwork/`);
    const connection = new Connection({ address, trust: { kind: 'system' } });
    open.push(connection);
    await connection.exchange(get);
    expect(server.seen[0]?.path).toBe('/passwork/api/v1/vaults');
  });

  it('unwraps the base64 envelope, of refusals too', async () => {
    const wrap = (json: unknown) => ({
      format: 'base64',
      content: Buffer.from(JSON.stringify(json)).toString('base64'),
    });
    const { connection } = await against(({ path }) =>
      path.endsWith('/vaults')
        ? { json: wrap({ name: 'Ключи' }) }
        : { status: 401, json: wrap({ errors: [{ code: 'accessTokenExpired' }] }) },
    );
    expect((await connection.exchange(get)).json).toEqual({ name: 'Ключи' });
    expect(await connection.exchange({ ...get, path: '/other' })).toMatchObject({
      status: 401,
      errorCodes: ['accessTokenExpired'],
    });
  });

  it.each([{ content: 'e30' }, { content: 'e30=!' }, { content: 5 }, {}])(
    'refuses a malformed envelope %j',
    async (members) => {
      const { connection } = await against(() => ({ json: { format: 'base64', ...members } }));
      await expect(connection.exchange(get)).rejects.toMatchObject({
        code: 'badAnswer',
        params: { reason: 'envelope' },
      });
    },
  );

  it('takes an error page of a proxy by its status', async () => {
    const { connection } = await against(() => ({
      status: 502,
      raw: Buffer.from('<html>'),
      contentType: 'text/html',
    }));
    expect(await connection.exchange(get)).toEqual({ status: 502, json: null, errorCodes: [] });
  });

  it('follows no redirect, so a token travels nowhere else', async () => {
    const elsewhere = await startAnswering(() => ({ json: {} }));
    open.push(elsewhere);
    const { connection } = await against(() => ({
      status: 302,
      headers: { location: `${elsewhere.url}/steal` },
    }));
    expect((await connection.exchange({ ...get, headers: { Authorization: 'Bearer secret' } })).status).toBe(
      302,
    );
    expect(elsewhere.seen).toEqual([]);
  });
});

describe('a hostile or broken answer', () => {
  it.each(['text/html', 'text/plain', 'application/octet-stream', 'application/jsonp', 'image/json-x'])(
    'of type %s is refused',
    async (contentType) => {
      const { connection } = await against(() => ({ raw: Buffer.from('{"items":[]}'), contentType }));
      await expect(connection.exchange(get)).rejects.toMatchObject({
        code: 'badAnswer',
        params: { reason: 'contentType' },
      });
    },
  );

  it('that announces more bytes than the limit is refused unread', async () => {
    const { connection } = await against(() => ({ raw: Buffer.alloc(2000, 0x20) }), { answerBytes: 1000 });
    await expect(connection.exchange(get)).rejects.toMatchObject({
      code: 'badAnswer',
      params: { reason: 'tooLarge' },
    });
  });

  it('that never ends is cut off at the limit', async () => {
    let sent = 0;
    const { connection } = await against(
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const piece = Buffer.alloc(64 * 1024, 0x5b);
        const pour = (): void => {
          while (!response.destroyed && response.write(piece)) sent += piece.length;
        };
        response.on('drain', pour);
        pour();
        return null;
      },
      { answerBytes: 1024 * 1024 },
    );
    await expect(connection.exchange(get)).rejects.toMatchObject({
      code: 'badAnswer',
      params: { reason: 'tooLarge' },
    });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('that drips for ever ends at the total time', async () => {
    const { connection } = await against(
      (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
        return null;
      },
      { totalMs: 300 },
    );
    await expect(connection.exchange(get)).rejects.toMatchObject({
      code: 'unreachable',
      params: { reason: 'timeout' },
    });
  });

  it('that falls silent ends at the time limits', async () => {
    const { connection } = await against(() => new Promise(() => undefined), { headersMs: 200 });
    await expect(connection.exchange(get)).rejects.toMatchObject({
      code: 'unreachable',
      params: { reason: 'timeout' },
    });
  });

  it('that breaks off in the middle counts as a broken line', async () => {
    const { connection } = await against((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 100 });
      response.write('{"items":[', () => response.socket?.destroy());
      return null;
    });
    await expect(connection.exchange(get)).rejects.toMatchObject({
      code: 'unreachable',
      params: { reason: 'reset' },
    });
  });

  it('that is compressed although nobody asked is refused', async () => {
    const { connection } = await against(() => ({
      raw: Buffer.alloc(50),
      headers: { 'content-encoding': 'gzip' },
    }));
    await expect(connection.exchange(get)).rejects.toMatchObject({
      code: 'badAnswer',
      params: { reason: 'encoding' },
    });
  });
});

describe('a server that is not there', () => {
  it('is unreachable, with host and reason', async () => {
    const server = await startAnswering(() => ({ json: {} }));
    await server.close();
    const connection = new Connection({ address: parseServerAddress(server.url), trust: { kind: 'system' } });
    open.push(connection);
    await expect(connection.exchange(get)).rejects.toMatchObject({
      code: 'unreachable',
      params: { host: `127.0.0.1:${server.port}`, reason: 'refused' },
    });
  });

  it('that does not finish the handshake is given up', async () => {
    const silent = net.createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as net.AddressInfo;
    const connection = new Connection({
      address: parseServerAddress(`https://127.0.0.1:${port}`),
      trust: { kind: 'system' },
      limits: { connectMs: 200 },
    });
    open.push({ close: async () => void silent.close() }, connection);
    await expect(connection.exchange(get)).rejects.toMatchObject({
      code: 'unreachable',
      params: { reason: 'timeout' },
    });
  });

  it('that speaks no TLS on the secure port is not the protocol', async () => {
    const server = await startAnswering(() => ({ json: {} }));
    const address = parseServerAddress(`https://127.0.0.1:${server.port}`);
    const connection = new Connection({ address, trust: { kind: 'system' } });
    open.push(server, connection);
    await expect(connection.exchange(get)).rejects.toMatchObject({ code: 'notPasswork' });
  });

  it('that speaks something else than HTTP is not the protocol', async () => {
    const other = net.createServer((socket) =>
      socket.once('data', () => socket.end('500 unknown command\r\n')),
    );
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as net.AddressInfo;
    const connection = new Connection({
      address: parseServerAddress(`http://127.0.0.1:${port}`),
      trust: { kind: 'system' },
    });
    open.push({ close: async () => void other.close() }, connection);
    await expect(connection.exchange(get)).rejects.toMatchObject({ code: 'notPasswork' });
  });
});

it('a cancelled exchange says so', async () => {
  const { connection } = await against(() => new Promise(() => undefined));
  const abort = new AbortController();
  const pending = connection.exchange({ ...get, signal: abort.signal });
  abort.abort();
  await expect(pending).rejects.toMatchObject({ code: 'cancelled' });
});
