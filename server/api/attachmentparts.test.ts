import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeAttachment } from '../../main/keychain/index.ts';
import { createVault, startTrialServer, trialOrganisation } from '../../testing/organisation/index.ts';
import type { Member, OpenVault, TrialServer } from '../../testing/organisation/index.ts';
import { createLedger } from '../../testing/organisation/ledger.ts';
import { signIn, wrapFor } from '../../testing/organisation/member.ts';
import { recordTrial } from '../../testing/organisation/trialrecords.ts';

const limits = { partSize: 64 * 1024, largestFile: 1024 * 1024, openUploads: 2, idleSeconds: 1000 };

interface State {
  parts: { number: number; digest: string }[];
  expiresAt: number;
  finished: { id: string; revision: number; updatedAt: number } | null;
}

let now = Date.now();
let server: TrialServer;
let member: Member;
let stranger: Member;
const tokens = new Map<Member, string>();
let vault: OpenVault;
let records: ReturnType<typeof recordTrial>;
let itemId = '';
let keys = 0;

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes);
const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });
const newKey = () => `upload-${String((keys += 1)).padStart(8, '0')}`;
const stored = () => readdirSync(join(server.dataFolder, 'files'));

/** A request whose body or answer is bytes. */
async function bytesRequest(
  by: Member,
  method: string,
  path: string,
  body: Buffer | null,
  headers: Record<string, string> = {},
): Promise<Buffer> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${tokens.get(by) ?? ''}`,
      'X-Response-Format': 'raw',
      ...(body ? { 'Content-Type': 'application/octet-stream' } : {}),
      ...headers,
    },
    ...(body ? { body } : {}),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (response.status === 200) return bytes;
  const { errors } = JSON.parse(bytes.toString('utf8')) as { errors: { code: string }[] };
  throw Object.assign(new Error(path), { status: response.status, codes: errors.map(({ code }) => code) });
}

class Sending {
  readonly key = newKey();
  readonly parts: Buffer[];
  readonly list = { name: 'large.bin', ...encodeAttachment(Buffer.from('the list'), records.recordKey) };

  constructor(...sizes: number[]) {
    this.parts = sizes.map((size) => randomBytes(size));
  }

  get path(): string {
    return `/items/${itemId}/uploads/${this.key}`;
  }

  open(by = member, size = this.parts.reduce((sum, { length }) => sum + length, 0)): Promise<State> {
    return by.http.send('PUT', this.path, { size, partCount: this.parts.length });
  }

  put(number: number, bytes = this.parts[number - 1] ?? Buffer.alloc(1), by = member): Promise<Buffer> {
    const digest = sha256(bytes).digest('base64');
    const headers = { 'Content-Digest': `sha-256=:${digest}:` };
    return bytesRequest(by, 'PUT', `${this.path}/parts/${String(number)}`, bytes, headers);
  }

  finish(by = member, digests = this.parts.map((part) => sha256(part).digest('hex'))) {
    return by.http.send<{ id: string; revision: number; updatedAt: number }>('POST', `${this.path}/finish`, {
      ...this.list,
      digests,
    });
  }

  async whole(): Promise<string> {
    await this.open();
    for (const number of this.parts.keys()) await this.put(number + 1);
    return (await this.finish()).id;
  }
}

/** Signs in anew and keeps the token, which requests with bytes need by itself. */
async function enter({ person }: Member): Promise<Member> {
  const credentials = { username: person.login, password: person.password };
  const { accessToken } = await server.http.send<{ accessToken: string }>(
    'POST',
    '/users/login',
    credentials,
  );
  const entered = await signIn(server.http, person);
  tokens.set(entered, accessToken);
  return entered;
}

async function restart(): Promise<void> {
  await server.stop();
  server = await start(server.dataFolder);
  member = await enter(member);
  stranger = await enter(stranger);
  records = recordTrial(member, records.recordKey);
}

const start = (dataFolder?: string) =>
  startTrialServer({
    attachmentParts: limits,
    clock: () => now,
    tokenLives: { access: 1e9, refresh: 1e9 },
    ...(dataFolder === undefined ? {} : { dataFolder }),
  });

beforeAll(async () => {
  server = await start();
  const organisation = await trialOrganisation(server, 'parts', true);
  member = await enter(organisation.owner);
  stranger = await enter(await organisation.join('stranger'));
  records = recordTrial(member);
  vault = await createVault(member, 'Vault', 'privateShared', createLedger());
});
beforeEach(async () => {
  itemId = await records.create(vault);
});
afterAll(() => server.close());

describe('a file in parts', () => {
  it('is announced with its bounds', async () => {
    const features = await member.http.send<object[]>('GET', '/app/features');
    const { partSize, largestFile } = limits;
    expect(features).toContainEqual({ name: 'attachmentParts', partSize, largestFile });
  });

  it('comes back part by part, listed like any other', async () => {
    const sending = new Sending(64 * 1024 + 16, 5);
    expect(await sending.open()).toMatchObject({ parts: [], finished: null });
    await sending.put(2);
    await sending.put(1);
    const { id, revision } = await sending.finish();
    expect(revision).toBe(2);
    expect((await records.read(itemId)).attachments).toEqual([
      { id, name: 'large.bin', encryptedKey: sending.list.encryptedKey },
    ]);
    const answer = await member.http.send<object>('GET', `/items/${itemId}/attachment/${id}`);
    const size = 64 * 1024 + 21;
    expect(answer).toEqual({ id, ...sending.list, parts: { count: 2, size } });
    for (const [index, part] of sending.parts.entries()) {
      const path = `/items/${itemId}/attachment/${id}/parts/${String(index + 1)}`;
      expect((await bytesRequest(member, 'GET', path, null)).equals(part)).toBe(true);
    }
    await refused(
      bytesRequest(member, 'GET', `/items/${itemId}/attachment/${id}/parts/3`, null),
      404,
      'notFound',
    );
  });

  it('is sealed on the disk', async () => {
    const sending = new Sending(1000);
    const before = new Set(stored());
    await sending.whole();
    const added = stored().filter((name) => !before.has(name));
    expect(added).toHaveLength(2);
    for (const name of added) {
      const bytes = readFileSync(join(server.dataFolder, 'files', name));
      expect(bytes.includes(sending.parts[0]?.subarray(0, 16) ?? '')).toBe(false);
    }
  });

  it('goes on where it stopped, after a restart as well', async () => {
    const sending = new Sending(10, 20, 30);
    await sending.open();
    await sending.put(1);
    await sending.put(3);
    await restart();
    const state = await sending.open();
    expect(state.parts).toEqual(
      [1, 3].map((number) => ({
        number,
        digest: sha256(sending.parts[number - 1] ?? Buffer.alloc(0)).digest('hex'),
      })),
    );
    expect(await member.http.send('GET', sending.path)).toEqual(state);
    await refused(sending.finish(), 409, 'partsMissing');
    await sending.put(2);
    await sending.finish();
  });

  it('is attached once, however often that is asked for', async () => {
    const sending = new Sending(10);
    await sending.open();
    await sending.put(1);
    const [one, two] = await Promise.all([sending.finish(), sending.finish()]);
    expect(two).toEqual(one);
    expect(await sending.finish()).toEqual(one);
    expect((await sending.open()).finished).toEqual(one);
    expect((await records.read(itemId)).attachments).toHaveLength(1);
    await refused(sending.put(1), 409, 'uploadFinished');
    await refused(member.http.send('DELETE', sending.path), 409, 'uploadFinished');
  });
});

describe('a part', () => {
  it('may come again, and in the place of another', async () => {
    const sending = new Sending(30, 40);
    await sending.open();
    const before = stored().length;
    await sending.put(1, randomBytes(30));
    await sending.put(1);
    await sending.put(1);
    expect(stored().length).toBe(before + 1);
    await sending.put(2);
    await sending.finish();
  });

  it('is refused when it is damaged, too large, or of no file, and nothing is kept', async () => {
    const sending = new Sending(100, 100);
    await sending.open();
    const before = stored().length;
    const path = (number: number) => `${sending.path}/parts/${String(number)}`;
    const put = (body: Buffer, headers: Record<string, string>, number = 1) =>
      bytesRequest(member, 'PUT', path(number), body, headers);
    const digestOf = (bytes: Buffer) => ({
      'Content-Digest': `sha-256=:${sha256(bytes).digest('base64')}:`,
    });
    await refused(put(Buffer.from('a'), digestOf(Buffer.from('b'))), 400, 'partDamaged');
    await refused(put(Buffer.from('a'), {}), 400, 'digestMissing');
    await refused(sending.put(1, randomBytes(limits.partSize + 65)), 413, 'partTooLarge');
    await refused(sending.put(1, randomBytes(201)), 400, 'partTooLarge');
    await refused(sending.put(3), 400, 'partUnknown');
    await refused(
      bytesRequest(member, 'PUT', path(1), Buffer.from('{}'), { 'Content-Type': 'application/json' }),
      415,
      'unsupportedMediaType',
    );
    expect(stored().length).toBe(before);
    expect((await sending.open()).parts).toEqual([]);
  });

  it('that is cut off leaves nothing', async () => {
    const sending = new Sending(50_000);
    await sending.open();
    const before = stored().length;
    const cut = new AbortController();
    async function* halves() {
      yield Buffer.alloc(20_000);
      await new Promise((resolve) => setTimeout(resolve, 50));
      cut.abort();
      yield Buffer.alloc(30_000);
    }
    await expect(
      fetch(`${server.url}/api/v1${sending.path}/parts/1`, {
        method: 'PUT',
        duplex: 'half',
        signal: cut.signal,
        headers: {
          Authorization: `Bearer ${tokens.get(member) ?? ''}`,
          'Content-Type': 'application/octet-stream',
          'Content-Digest': `sha-256=:${sha256(Buffer.alloc(50_000)).digest('base64')}:`,
        },
        body: ReadableStream.from(halves()),
      }),
    ).rejects.toThrow();
    await vi.waitFor(() => {
      expect(stored().length).toBe(before);
    });
    expect((await sending.open()).parts).toEqual([]);
  });

  it('is no answer for a batch', async () => {
    const path = `/api/v1/items/${itemId}/attachment/${itemId}/parts/1`;
    const batch = { requests: [{ method: 'GET', relativeUrl: path }] };
    await refused(member.http.send('POST', '/batch', batch), 400, 'validationFailed');
  });
});

describe('a session', () => {
  it('is bounded in size, in parts and in number', async () => {
    const open = (key: string, size: number, partCount: number) =>
      member.http.send('PUT', `/items/${itemId}/uploads/${key}`, { size, partCount });
    await refused(open(newKey(), limits.largestFile + 16 * 64 + 1, 17), 400, 'fileTooLarge');
    await refused(open(newKey(), 1000, 17), 400, 'tooManyParts');
    const keys = [newKey(), newKey()];
    now += (limits.idleSeconds + 1) * 1000;
    await restart();
    for (const key of keys) await open(key, 10, 1);
    await refused(open(newKey(), 10, 1), 429, 'tooManyUploads');
    await member.http.send('DELETE', `/items/${itemId}/uploads/${keys[0] ?? ''}`);
    await open(newKey(), 10, 1);
    await refused(open(keys[1] ?? '', 11, 1), 409, 'uploadKeyReused');
    now += (limits.idleSeconds + 1) * 1000;
    await restart();
  });

  it('belongs to whom it was opened by, and needs the right to edit', async () => {
    const sending = new Sending(10);
    await sending.open();
    await refused(sending.put(1, sending.parts[0], stranger), 403, 'accessDenied');
    const { publicKey } = await member.http.send<{ publicKey: string }>(
      'GET',
      `/users/${stranger.userId}/public-key`,
    );
    const give = (access: string) =>
      member.http.send('POST', `/vaults/${vault.id}/access`, {
        ...{ userId: stranger.userId, access },
        keys: { [stranger.userId]: wrapFor(vault, publicKey) },
      });
    await give('read');
    await refused(sending.open(stranger), 403, 'accessDenied');
    await refused(sending.put(1, sending.parts[0], stranger), 403, 'accessDenied');
    await give('write');
    await refused(sending.put(1, sending.parts[0], stranger), 404, 'notFound');
    await refused(sending.finish(stranger), 404, 'notFound');
    await sending.put(1);
    const { id } = await sending.finish();
    const path = `/items/${itemId}/attachment/${id}/parts/1`;
    expect(await bytesRequest(stranger, 'GET', path, null)).toEqual(sending.parts[0]);
    await member.http.send('POST', `/vaults/${vault.id}/access`, {
      ...{ userId: stranger.userId, access: 'notSet' },
    });
    await refused(bytesRequest(stranger, 'GET', path, null), 403, 'accessDenied');
  });

  it('that nobody goes on with is given up, at the start and by itself', async () => {
    const before = stored().length;
    const sending = new Sending(10, 10);
    await sending.open();
    await sending.put(1);
    expect(stored().length).toBe(before + 1);
    now += (limits.idleSeconds - 1) * 1000;
    await restart();
    expect((await sending.open()).parts).toHaveLength(1);
    now += 2000;
    await restart();
    expect(stored().length).toBe(before);
    await refused(sending.put(2), 404, 'notFound');
    expect((await sending.open()).parts).toEqual([]);
  });

  it('that is given up leaves no file', async () => {
    const before = stored().length;
    const sending = new Sending(10);
    await sending.open();
    await sending.put(1);
    await member.http.send('DELETE', sending.path);
    expect(stored().length).toBe(before);
    await refused(sending.finish(), 404, 'notFound');
  });

  it('that was finished is known for as long as its answer may be asked for', async () => {
    const sending = new Sending(10);
    await sending.whole();
    now += 89 * 24 * 3600 * 1000;
    await restart();
    expect((await sending.open()).finished).not.toBeNull();
    now += 2 * 24 * 3600 * 1000;
    await restart();
    expect((await sending.open()).finished).toBeNull();
    await member.http.send('DELETE', sending.path);
    expect((await records.read(itemId)).attachments).toHaveLength(1);
  });
});

describe('the parts of an attachment', () => {
  it('stay in history when it leaves the record', async () => {
    const sending = new Sending(10);
    const id = await sending.whole();
    await member.http.send('DELETE', `/items/${itemId}/attachments/${id}`);
    await refused(
      bytesRequest(member, 'GET', `/items/${itemId}/attachment/${id}/parts/1`, null),
      404,
      'notFound',
    );
    const [snapshot] = await records.snapshots(itemId);
    const path = `/snapshots/${snapshot?.id ?? ''}/attachment/${id}`;
    expect(await member.http.send('GET', path)).toMatchObject({ parts: { count: 1, size: 10 } });
    expect(await bytesRequest(member, 'GET', `${path}/parts/1`, null)).toEqual(sending.parts[0]);
  });

  it('go with the record and with the vault, those on their way included', async () => {
    const before = stored().length;
    const attached = new Sending(10, 10);
    await attached.whole();
    const open = new Sending(10);
    await open.open();
    await open.put(1);
    expect(stored().length).toBe(before + 4);
    const { binItemId } = await member.http.send<{ binItemId: string }>('DELETE', `/items/${itemId}`);
    await member.http.send('DELETE', `/bin/${binItemId}`);
    expect(stored().length).toBe(before);
    const doomed = await createVault(member, 'Doomed', 'privateShared', createLedger());
    itemId = await records.create(doomed);
    await new Sending(10).whole();
    await member.http.send('DELETE', `/vaults/${doomed.id}`);
    expect(stored().length).toBe(before);
  });
});
