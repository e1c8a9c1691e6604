/** A request under an idempotency key is carried out once, however often and whenever it comes. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Member } from '../../testing/organisation/member.ts';
import { createVault, signIn } from '../../testing/organisation/member.ts';
import type { TrialOrganisation, TrialServer } from '../../testing/organisation/trial.ts';
import { startTrialServer, trialOrganisation } from '../../testing/organisation/trial.ts';

interface Answer {
  status: number;
  body: unknown;
}

const day = 24 * 3600 * 1000;
const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const newKey = () => randomUUID();

let server: TrialServer;
let organisation: TrialOrganisation;
let owner: Member;
let other: Member;
let theirs = '';
let vaultId = '';
let now = Date.now();

const options = () => ({ clock: () => now, tokenLives: { access: 1e9, refresh: 1e9 } });

beforeAll(async () => {
  server = await startTrialServer(options());
  organisation = await trialOrganisation(server, 'repeats-owner', false);
  owner = organisation.owner;
  other = await organisation.join('repeats-other');
  theirs = (await createVault(other, 'Theirs', 'privateShared', organisation.ledger)).id;
  vaultId = (await createVault(owner, 'Vault', 'privateShared', organisation.ledger)).id;
});
afterAll(() => server.close());

/** Logs in and answers a way to send requests with the header. */
async function sender(who: Member) {
  const { login, password } = who.person;
  const { accessToken } = await server.http.send<{ accessToken: string }>('POST', '/users/login', {
    username: login,
    password,
  });
  return async (method: string, path: string, key: string, body?: unknown): Promise<Answer> => {
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${accessToken}`,
        'X-Response-Format': 'raw',
        'Idempotency-Key': key,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
}

const record = (name: string, password = 'secret') => ({
  ...{ vaultId, name, passwordEncrypted: base64(password) },
});

async function namesInVault(): Promise<string[]> {
  const { items } = await owner.http.send<{ items: { name: string }[] }>('GET', `/items?vaultId=${vaultId}`);
  return items.map(({ name }) => name);
}

const times = async (name: string) => (await namesInVault()).filter((each) => each === name).length;

describe('a repeated request', () => {
  it('is answered as the first time, and done once', async () => {
    const send = await sender(owner);
    const key = newKey();
    const first = await send('POST', '/items', key, record('Once'));
    expect(first.status).toBe(200);
    expect(await send('POST', '/items', key, record('Once'))).toEqual(first);
    expect(await times('Once')).toBe(1);
  });

  it('may write the members of its body in another order', async () => {
    const send = await sender(owner);
    const key = newKey();
    const first = await send('POST', '/items', key, record('Ordered'));
    const turned = Object.fromEntries(Object.entries(record('Ordered')).reverse());
    expect(await send('POST', '/items', key, turned)).toEqual(first);
  });

  it('is done once when both come at the same time', async () => {
    const send = await sender(owner);
    const key = newKey();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => send('POST', '/items', key, record('At once'))),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]?.status).toBe(200);
    expect(await times('At once')).toBe(1);
  });

  it('of a deletion is answered with the same entry of the bin', async () => {
    const send = await sender(owner);
    const { id } = await owner.http.send<{ id: string }>('POST', '/items', record('Deleted'));
    const key = newKey();
    const first = await send('DELETE', `/items/${id}`, key);
    expect(first).toMatchObject({ status: 200, body: { binItemId: expect.any(String) } });
    expect(await send('DELETE', `/items/${id}`, key)).toEqual(first);
    expect((await send('DELETE', `/items/${id}`, newKey())).status).toBe(404);
  });

  it('is known after a restart, and forgotten after 90 days', async () => {
    const key = newKey();
    const first = await (await sender(owner))('POST', '/items', key, record('Restarted'));
    await server.stop();
    server = await startTrialServer({ ...options(), dataFolder: server.dataFolder });
    owner = await signIn(server.http, owner.person);
    expect(await (await sender(owner))('POST', '/items', key, record('Restarted'))).toEqual(first);
    now += 91 * day;
    await server.stop();
    server = await startTrialServer({ ...options(), dataFolder: server.dataFolder });
    owner = await signIn(server.http, owner.person);
    const late = await (await sender(owner))('POST', '/items', key, record('Restarted'));
    expect(late.status).toBe(200);
    expect(await times('Restarted')).toBe(2);
  });

  it('works in the parts of a batch', async () => {
    const part = {
      ...{ method: 'POST', relativeUrl: '/api/v1/items' },
      ...{ body: record('In a batch'), idempotencyKey: newKey() },
    };
    const { responses } = await owner.http.send<{ responses: unknown[] }>('POST', '/batch', {
      requests: [part, part],
    });
    expect(responses[0]).toMatchObject({ statusCode: 200 });
    expect(responses[1]).toEqual(responses[0]);
    expect(await times('In a batch')).toBe(1);
  });
});

describe('a key', () => {
  it('stands for one request: another body, address or method under it is refused', async () => {
    const send = await sender(owner);
    const key = newKey();
    const first = await send('POST', '/items', key, record('Mine'));
    const { id } = first.body as { id: string };
    const refused = {
      status: 422,
      body: { errors: [expect.objectContaining({ code: 'idempotencyKeyReused' })] },
    };
    expect(await send('POST', '/items', key, record('Mine', 'other'))).toEqual(refused);
    expect(await send('PATCH', `/items/${id}`, key, record('Mine'))).toEqual(refused);
    expect(await send('DELETE', `/items/${id}?revision=1`, key)).toEqual(refused);
    expect(await times('Mine')).toBe(1);
  });

  it('is its owner’s own: another person may use the same', async () => {
    const key = newKey();
    expect((await (await sender(owner))('POST', '/items', key, record('Shared key'))).status).toBe(200);
    const body = { ...record('Shared key'), vaultId: theirs };
    expect((await (await sender(other))('POST', '/items', key, body)).status).toBe(200);
  });

  it('of a refused request is free: it is judged anew', async () => {
    const send = await sender(owner);
    const key = newKey();
    const folder = { vaultId, name: 'Folder' };
    const missing = { ...folder, parentFolderId: '0'.repeat(24) };
    expect((await send('POST', '/folders', key, missing)).status).toBe(400);
    expect((await send('POST', '/folders', key, folder)).status).toBe(200);
  });

  it.each(['short', 'x'.repeat(65), 'with blank', 'with-other~signs'])(
    'of another form is refused: %s',
    async (key) => {
      const answer = await (await sender(owner))('POST', '/items', key, record('Bad key'));
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ code: 'idempotencyKeyInvalid' }] } });
      expect(await times('Bad key')).toBe(0);
    },
  );
});
