import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createVault } from '../../testing/organisation/index.ts';
import { createLedger } from '../../testing/organisation/ledger.ts';
import { wrapFor } from '../../testing/organisation/member.ts';
import { storedBytes } from '../../testing/organisation/trialfiles.ts';
import { limits, PartsTrial, sha256 } from '../../testing/organisation/trialparts.ts';

let site: PartsTrial;

const refused = (answer: Promise<unknown>, status: number, code: string) =>
  expect(answer).rejects.toMatchObject({ status, codes: [code] });

beforeAll(async () => {
  site = await PartsTrial.open();
});
beforeEach(() => site.begin());
afterAll(() => site.server.close());

describe('a file in parts', () => {
  it('is announced with its bounds', async () => {
    const features = await site.member.http.send<object[]>('GET', '/app/features');
    const { partSize, largestFile } = limits;
    expect(features).toContainEqual({ name: 'attachmentParts', partSize, largestFile });
  });

  it('comes back part by part, listed like any other', async () => {
    const sending = site.sending(64 * 1024 + 16, 5);
    expect(await sending.open()).toMatchObject({ parts: [], finished: null });
    await sending.put(2);
    await sending.put(1);
    const { id, revision } = await sending.finish();
    expect(revision).toBe(2);
    expect((await site.records.read(site.itemId)).attachments).toEqual([
      { id, name: 'large.bin', encryptedKey: sending.list.encryptedKey },
    ]);
    const answer = await site.member.http.send<object>('GET', `/items/${site.itemId}/attachment/${id}`);
    const size = 64 * 1024 + 21;
    expect(answer).toEqual({ id, ...sending.list, parts: { count: 2, size } });
    for (const [index, part] of sending.parts.entries()) {
      const path = `/items/${site.itemId}/attachment/${id}/parts/${String(index + 1)}`;
      expect((await site.bytes(site.member, 'GET', path, null)).equals(part)).toBe(true);
    }
    await refused(
      site.bytes(site.member, 'GET', `/items/${site.itemId}/attachment/${id}/parts/3`, null),
      404,
      'notFound',
    );
  });

  it('is sealed on the disk', async () => {
    const sending = site.sending(1000);
    const before = new Set(await site.stored());
    await sending.whole();
    const added = (await site.stored()).filter((name) => !before.has(name));
    expect(added).toHaveLength(2);
    for (const name of added) {
      const bytes = await storedBytes(site.server.dataFolder, name);
      expect(bytes.includes(sending.parts[0]?.subarray(0, 16) ?? '')).toBe(false);
    }
  });

  it('goes on where it stopped, after a restart as well', async () => {
    const sending = site.sending(10, 20, 30);
    await sending.open();
    await sending.put(1);
    await sending.put(3);
    await site.restart();
    const state = await sending.open();
    expect(state.parts).toEqual(
      [1, 3].map((number) => ({
        number,
        digest: sha256(sending.parts[number - 1] ?? Buffer.alloc(0)).digest('hex'),
      })),
    );
    expect(await site.member.http.send('GET', sending.path)).toEqual(state);
    await refused(sending.finish(), 409, 'partsMissing');
    await sending.put(2);
    await sending.finish();
  });

  it('is attached once, however often that is asked for', async () => {
    const sending = site.sending(10);
    await sending.open();
    await sending.put(1);
    const [one, two] = await Promise.all([sending.finish(), sending.finish()]);
    expect(two).toEqual(one);
    expect(await sending.finish()).toEqual(one);
    expect((await sending.open()).finished).toEqual(one);
    expect((await site.records.read(site.itemId)).attachments).toHaveLength(1);
    await refused(sending.put(1), 409, 'uploadFinished');
    await refused(site.member.http.send('DELETE', sending.path), 409, 'uploadFinished');
  });
});

describe('a part', () => {
  it('may come again, and in the place of another', async () => {
    const sending = site.sending(30, 40);
    await sending.open();
    const before = (await site.stored()).length;
    await sending.put(1, randomBytes(30));
    await sending.put(1);
    await sending.put(1);
    expect((await site.stored()).length).toBe(before + 1);
    await sending.put(2);
    await sending.finish();
  });

  it('is refused when it is damaged, too large, or of no file, and nothing is kept', async () => {
    const sending = site.sending(100, 100);
    await sending.open();
    const before = (await site.stored()).length;
    const path = (number: number) => `${sending.path}/parts/${String(number)}`;
    const put = (body: Buffer, headers: Record<string, string>, number = 1) =>
      site.bytes(site.member, 'PUT', path(number), body, headers);
    const digestOf = (bytes: Buffer) => ({
      'Content-Digest': `sha-256=:${sha256(bytes).digest('base64')}:`,
    });
    await refused(put(Buffer.from('a'), digestOf(Buffer.from('b'))), 400, 'partDamaged');
    await refused(put(Buffer.from('a'), {}), 400, 'digestMissing');
    await refused(sending.put(1, randomBytes(limits.partSize + 65)), 413, 'partTooLarge');
    await refused(sending.put(1, randomBytes(201)), 400, 'partTooLarge');
    await refused(sending.put(3), 400, 'partUnknown');
    await refused(
      site.bytes(site.member, 'PUT', path(1), Buffer.from('{}'), { 'Content-Type': 'application/json' }),
      415,
      'unsupportedMediaType',
    );
    expect((await site.stored()).length).toBe(before);
    expect((await sending.open()).parts).toEqual([]);
  });

  it('that is cut off leaves nothing', async () => {
    const sending = site.sending(50_000);
    await sending.open();
    const before = (await site.stored()).length;
    const cut = new AbortController();
    async function* halves() {
      yield Buffer.alloc(20_000);
      await new Promise((resolve) => setTimeout(resolve, 50));
      cut.abort();
      yield Buffer.alloc(30_000);
    }
    await expect(
      fetch(`${site.server.url}/api/v1${sending.path}/parts/1`, {
        method: 'PUT',
        duplex: 'half',
        signal: cut.signal,
        headers: {
          Authorization: `Bearer ${site.tokens.get(site.member) ?? ''}`,
          'Content-Type': 'application/octet-stream',
          'Content-Digest': `sha-256=:${sha256(Buffer.alloc(50_000)).digest('base64')}:`,
        },
        body: ReadableStream.from(halves()),
      }),
    ).rejects.toThrow();
    await vi.waitFor(async () => {
      expect((await site.stored()).length).toBe(before);
    });
    expect((await sending.open()).parts).toEqual([]);
  });

  it('is no answer for a batch', async () => {
    const path = `/api/v1/items/${site.itemId}/attachment/${site.itemId}/parts/1`;
    const batch = { requests: [{ method: 'GET', relativeUrl: path }] };
    await refused(site.member.http.send('POST', '/batch', batch), 400, 'validationFailed');
  });
});

describe('a session', () => {
  it('is bounded in size, in parts and in number', async () => {
    const open = (key: string, size: number, partCount: number) =>
      site.member.http.send('PUT', `/items/${site.itemId}/uploads/${key}`, { size, partCount });
    await refused(open(site.newKey(), limits.largestFile + 16 * 64 + 1, 17), 400, 'fileTooLarge');
    await refused(open(site.newKey(), 1000, 17), 400, 'tooManyParts');
    const keys = [site.newKey(), site.newKey()];
    site.now += (limits.idleSeconds + 1) * 1000;
    await site.restart();
    for (const key of keys) await open(key, 10, 1);
    await refused(open(site.newKey(), 10, 1), 429, 'tooManyUploads');
    await site.member.http.send('DELETE', `/items/${site.itemId}/uploads/${keys[0] ?? ''}`);
    await open(site.newKey(), 10, 1);
    await refused(open(keys[1] ?? '', 11, 1), 409, 'uploadKeyReused');
    site.now += (limits.idleSeconds + 1) * 1000;
    await site.restart();
  });

  it('belongs to whom it was opened by, and needs the right to edit', async () => {
    const sending = site.sending(10);
    await sending.open();
    await refused(sending.put(1, sending.parts[0], site.stranger), 403, 'accessDenied');
    const { publicKey } = await site.member.http.send<{ publicKey: string }>(
      'GET',
      `/users/${site.stranger.userId}/public-key`,
    );
    const give = (access: string) =>
      site.member.http.send('POST', `/vaults/${site.vault.id}/access`, {
        ...{ userId: site.stranger.userId, access },
        keys: { [site.stranger.userId]: wrapFor(site.vault, publicKey) },
      });
    await give('read');
    await refused(sending.open(site.stranger), 403, 'accessDenied');
    await refused(sending.put(1, sending.parts[0], site.stranger), 403, 'accessDenied');
    await give('write');
    await refused(sending.put(1, sending.parts[0], site.stranger), 404, 'notFound');
    await refused(sending.finish(site.stranger), 404, 'notFound');
    await sending.put(1);
    const { id } = await sending.finish();
    const path = `/items/${site.itemId}/attachment/${id}/parts/1`;
    expect(await site.bytes(site.stranger, 'GET', path, null)).toEqual(sending.parts[0]);
    await site.member.http.send('POST', `/vaults/${site.vault.id}/access`, {
      ...{ userId: site.stranger.userId, access: 'notSet' },
    });
    await refused(site.bytes(site.stranger, 'GET', path, null), 403, 'accessDenied');
  });

  it('that nobody goes on with is given up, at the start and by itself', async () => {
    const before = (await site.stored()).length;
    const sending = site.sending(10, 10);
    await sending.open();
    await sending.put(1);
    expect((await site.stored()).length).toBe(before + 1);
    site.now += (limits.idleSeconds - 1) * 1000;
    await site.restart();
    expect((await sending.open()).parts).toHaveLength(1);
    site.now += 2000;
    await site.restart();
    expect((await site.stored()).length).toBe(before);
    await refused(sending.put(2), 404, 'notFound');
    expect((await sending.open()).parts).toEqual([]);
  });

  it('that a killed server has left half written is cleared away at the start', async () => {
    const before = await site.stored();
    const folder = join(site.server.dataFolder, 'files');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${'a'.repeat(48)}.part`), 'half');
    await site.restart();
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    expect(await site.stored()).toEqual(before);
  });

  it('that is given up leaves no file', async () => {
    const before = (await site.stored()).length;
    const sending = site.sending(10);
    await sending.open();
    await sending.put(1);
    await site.member.http.send('DELETE', sending.path);
    expect((await site.stored()).length).toBe(before);
    await refused(sending.finish(), 404, 'notFound');
  });

  it('that was finished is known for as long as its answer may be asked for', async () => {
    const sending = site.sending(10);
    await sending.whole();
    site.now += 89 * 24 * 3600 * 1000;
    await site.restart();
    expect((await sending.open()).finished).not.toBeNull();
    site.now += 2 * 24 * 3600 * 1000;
    await site.restart();
    expect((await sending.open()).finished).toBeNull();
    await site.member.http.send('DELETE', sending.path);
    expect((await site.records.read(site.itemId)).attachments).toHaveLength(1);
  });
});

describe('the parts of an attachment', () => {
  it('stay in history when it leaves the record', async () => {
    const sending = site.sending(10);
    const id = await sending.whole();
    await site.member.http.send('DELETE', `/items/${site.itemId}/attachments/${id}`);
    await refused(
      site.bytes(site.member, 'GET', `/items/${site.itemId}/attachment/${id}/parts/1`, null),
      404,
      'notFound',
    );
    const [snapshot] = await site.records.snapshots(site.itemId);
    const path = `/snapshots/${snapshot?.id ?? ''}/attachment/${id}`;
    expect(await site.member.http.send('GET', path)).toMatchObject({ parts: { count: 1, size: 10 } });
    expect(await site.bytes(site.member, 'GET', `${path}/parts/1`, null)).toEqual(sending.parts[0]);
  });

  it('go with the record and with the site.vault, those on their way included', async () => {
    const before = (await site.stored()).length;
    const attached = site.sending(10, 10);
    await attached.whole();
    const open = site.sending(10);
    await open.open();
    await open.put(1);
    expect((await site.stored()).length).toBe(before + 4);
    const { binItemId } = await site.member.http.send<{ binItemId: string }>(
      'DELETE',
      `/items/${site.itemId}`,
    );
    await site.member.http.send('DELETE', `/bin/${binItemId}`);
    expect((await site.stored()).length).toBe(before);
    const doomed = await createVault(site.member, 'Doomed', 'privateShared', createLedger());
    site.itemId = await site.records.create(doomed);
    await site.sending(10).whole();
    await site.member.http.send('DELETE', `/vaults/${doomed.id}`);
    await site.member.http.send('DELETE', `/bin/vaults/${doomed.id}`);
    expect((await site.stored()).length).toBe(before);
  });
});
