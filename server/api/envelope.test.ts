import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { TrialServer } from '../../testing/organisation/index.ts';
import { parseQuery } from './reading.ts';

let server: TrialServer;
let token = '';

beforeAll(async () => {
  server = await startTrialServer({ bodyLimit: 64 * 1024, requestRate: { perSecond: 500, burst: 500 } });
  await trialOrganisation(server, 'owner', false);
  const pair = await server.http.send<{ accessToken: string }>('POST', '/users/login', {
    username: 'owner',
    password: 'login-of-owner',
  });
  token = pair.accessToken;
});
afterAll(() => server.close());

async function ask(path: string, init: RequestInit & { headers?: Record<string, string> } = {}) {
  const headers = { Authorization: `Bearer ${token}`, ...init.headers };
  const response = await fetch(`${server.url}/api/v1${path}`, { ...init, headers });
  const answer = (await response.json()) as {
    format?: string;
    content?: string;
    errors?: { code: string }[];
  };
  return { status: response.status, headers: response.headers, answer };
}

const post = (path: string, body: string, type = 'application/json') =>
  ask(path, { method: 'POST', body, headers: { 'Content-Type': type, 'X-Response-Format': 'raw' } });

function unwrap(answer: { format?: string; content?: string }): unknown {
  expect(Object.keys(answer).toSorted()).toEqual(['content', 'format']);
  expect(answer.format).toBe('base64');
  return JSON.parse(Buffer.from(answer.content ?? '', 'base64').toString('utf8'));
}

describe('the form of answers', () => {
  it('is a base64 envelope, also of a bare array and of errors', async () => {
    const features = await ask('/app/features');
    expect(unwrap(features.answer)).toContainEqual({ name: 'vaultType' });
    const error = await ask('/vaults/000000000000000000000000');
    expect(error.status).toBe(404);
    expect(unwrap(error.answer)).toMatchObject({ errors: [{ code: 'notFound', field: '' }] });
    const unknown = await ask('/no-such-address');
    expect(unwrap(unknown.answer)).toMatchObject({ errors: [{ code: 'notFound' }] });
    const anonymous = await ask('/vaults', { headers: { Authorization: '' } });
    expect([anonymous.status, unwrap(anonymous.answer)]).toMatchObject([
      401,
      { errors: [{ code: 'accessTokenInvalid' }] },
    ]);
  });

  it('is plain JSON on request', async () => {
    const { answer, headers } = await ask('/vaults', { headers: { 'X-Response-Format': 'raw' } });
    expect(answer).toEqual({ items: [] });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toContain('application/json');
  });

  it('keeps non-ASCII text whole', async () => {
    await post('/vaults', JSON.stringify({ name: 'Сейф — 日本 🔑' }));
    expect(unwrap((await ask('/vaults')).answer)).toMatchObject({ items: [{ name: 'Сейф — 日本 🔑' }] });
  });

  it('does not wrap the parts of a batch', async () => {
    const requests = [
      { method: 'GET', relativeUrl: '/api/v1/vaults' },
      { method: 'GET', relativeUrl: '/api/v1/items/000000000000000000000000' },
      { method: 'POST', relativeUrl: '/api/v1/vaults', body: { name: 'From a batch' } },
    ];
    const { answer } = await ask('/batch', {
      method: 'POST',
      body: JSON.stringify({ requests }),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(unwrap(answer)).toMatchObject({
      responses: [
        { statusCode: 200, body: { items: [{}] } },
        { statusCode: 404, body: { errors: [{ code: 'notFound' }] } },
        { statusCode: 200, body: { id: expect.stringMatching(/^[0-9a-f]{24}$/) } },
      ],
    });
  });
});

describe('bad requests', () => {
  const code = (answer: { errors?: { code: string }[] }) => answer.errors?.[0]?.code;

  it.each([
    ['malformed JSON', '{"name":', 400, 'malformedRequest'],
    ['a prototype key', '{"name":"x","__proto__":{"isOwner":true}}', 400, 'malformedRequest'],
    ['a constructor key', '{"name":"x","constructor":{"prototype":{"a":1}}}', 400, 'malformedRequest'],
    ['the wrong type', '{"name":5}', 400, 'validationFailed'],
    ['null for a body', 'null', 400, 'validationFailed'],
    ['an oversize body', JSON.stringify({ name: 'x'.repeat(70_000) }), 413, 'bodyTooLarge'],
  ])('with %s are refused', async (_what, body, status, expected) => {
    const { status: actual, answer } = await post('/vaults', body);
    expect([actual, code(answer)]).toEqual([status, expected]);
  });

  it('in another media type are refused', async () => {
    const { status, answer } = await post('/vaults', '<name>x</name>', 'text/xml');
    expect([status, code(answer)]).toEqual([415, 'unsupportedMediaType']);
  });

  it('never have their values repeated in the answer', async () => {
    const { answer } = await post(
      '/items',
      JSON.stringify({ vaultId: 'hunter2-value', name: 12, color: 'hunter2-value' }),
    );
    expect(answer.errors?.length).toBeGreaterThan(1);
    expect(JSON.stringify(answer)).not.toContain('hunter2-value');
  });

  it.each([
    '/api/v1/batch',
    '/api/v1/users/login',
    '/api/v1/setup',
    '/etc/passwd',
    'http://other.example/api/v1/vaults',
    '/api/v1/../v1/batch',
  ])('cannot be made through a batch to %s', async (relativeUrl) => {
    const { status } = await post(
      '/batch',
      JSON.stringify({ requests: [{ method: 'POST', relativeUrl, body: {} }] }),
    );
    expect(status).toBe(400);
  });

  it('of more than 25 parts are refused', async () => {
    const part = { method: 'GET', relativeUrl: '/api/v1/vaults' };
    const sizes = await Promise.all(
      [25, 26].map((length) =>
        post('/batch', JSON.stringify({ requests: Array.from({ length }, () => part) })),
      ),
    );
    expect(sizes.map(({ status }) => status)).toEqual([200, 400]);
  });

  it('do not stop the server', async () => {
    expect((await ask('/health')).status).toBe(200);
  });
});

describe('query strings', () => {
  it('have lists under names with brackets and nothing inherited', () => {
    expect(parseQuery('a[]=1&a[]=2&b=x&c%5B%5D=%D1%8F')).toEqual({ a: ['1', '2'], b: 'x', c: ['я'] });
    expect(Object.getPrototypeOf(parseQuery('__proto__=1'))).toBeNull();
    expect({ ...parseQuery('t=1&t=2') }).toEqual({ t: ['1', '2'] });
  });
});

describe('the request rate', () => {
  it('is bounded, and a batch counts once', async () => {
    const strict = await startTrialServer({ clock: () => 0, requestRate: { perSecond: 1, burst: 8 } });
    const { owner } = await trialOrganisation(strict, 'owner', false);
    const requests = Array.from({ length: 25 }, () => ({ method: 'GET', relativeUrl: '/api/v1/vaults' }));
    const { responses } = await owner.http.send<{ responses: { statusCode: number }[] }>('POST', '/batch', {
      requests,
    });
    expect(responses.every((part) => part.statusCode === 200)).toBe(true);
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1)
      statuses.push((await fetch(`${strict.url}/api/v1/health`)).status);
    await strict.close();
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
  });
});
