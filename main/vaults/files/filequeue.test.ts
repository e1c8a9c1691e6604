/** Files from the disk onto records, many at once, through the real door and threads. */
import { readFileSync, truncateSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { anna } from '../../../testing/hostile/smallorganisation.ts';
import { bytes, FileStage } from '../../../testing/integration/filestage.ts';
import { defaultPartLimits } from '../../../server/options.ts';
import type { FileQueueView } from '../../../contract/filequeue.ts';

let site: FileStage;
beforeAll(async () => {
  site = await FileStage.open();
});
beforeEach(() => site.begin());
afterEach(async () => {
  if (site.app.accounts.isUnlocked()) {
    await site.app.ask('fileQueue', 'cancelAll', {});
    await site.app.ask('fileQueue', 'clearFinished', {});
  }
  site.end();
});
afterAll(() => site.close());

const state = (): Promise<FileQueueView> => site.app.ask('fileQueue', 'state', {});
const settled = (): Promise<FileQueueView> =>
  vi.waitFor(async () => {
    const view = await state();
    expect(view.busy).toBe(false);
    return view;
  }, 20_000);
const tokensOf = async (...paths: string[]): Promise<string[]> =>
  (await site.stage(...paths)).map(({ token }) => token);
const enqueue = (tokens: string[]): Promise<FileQueueView> =>
  site.app.ask('fileQueue', 'enqueue', { recordId: site.recordId, tokens });
const namesOnRecord = async (): Promise<string[]> =>
  (await site.app.ask('records', 'read', { recordId: site.recordId })).attachments.map(({ name }) => name);

describe('the queue', () => {
  it('takes twenty files at once, one over the limit and one cancelled, and loses no other', async () => {
    const { limit, protocolLimit } = await site.app.ask('fileQueue', 'limit', {});
    expect([limit, protocolLimit]).toEqual([defaultPartLimits.largestFile, false]);
    const paths = Array.from({ length: 19 }, (_, index) => site.file(`f${index}.bin`, bytes(3000 + index)));
    const tokens = await tokensOf(site.hollowFile('over.bin', limit + 1), ...paths);
    const last = tokens.at(-1) ?? '';
    const first = await enqueue(tokens);
    expect(first.files.filter((file) => file.state === 'encrypting')).toHaveLength(2);
    expect(first.files[0]).toMatchObject({ state: 'failed', reason: 'fileTooLarge', retriable: false });
    await site.app.ask('fileQueue', 'cancel', { id: last });
    const view = await settled();
    expect(view.files.map((file) => file.state)).toEqual([
      'failed',
      ...Array.from({ length: 18 }, () => 'done'),
      'cancelled',
    ]);
    expect(view).toMatchObject({ done: view.total, total: expect.any(Number), bytesPerSecond: null });
    const onRecord = await namesOnRecord();
    expect(onRecord.slice(-18).sort()).toEqual(
      Array.from({ length: 18 }, (_, index) => `f${index}.bin`).sort(),
    );
    await vi.waitFor(() => expect(site.app.told('fileQueueChanged').at(-1)).toEqual(view));
    const { attachmentId } = view.files[5] ?? {};
    const path = site.target();
    await site.app.ask('attachments', 'saveAs', {
      recordId: site.recordId,
      attachmentId: attachmentId ?? '',
    });
    expect(readFileSync(path)).toEqual(bytes(3004));
    expect(site.app.incidents).toEqual([]);
  });

  it('never has more than two files at work', async () => {
    const paths = Array.from({ length: 8 }, (_, index) => site.file(`w${index}`, bytes(200_000)));
    await enqueue(await tokensOf(...paths));
    await settled();
    const atWork = site.app
      .told('fileQueueChanged')
      .map(({ files }) => files.filter((file) => file.state === 'encrypting').length);
    expect(Math.max(...atWork)).toBeLessThanOrEqual(2);
  });

  it('numbers files of a name that is there already', async () => {
    await enqueue(await tokensOf(site.file('twin.txt', Buffer.from('one'))));
    await settled();
    await enqueue(await tokensOf(site.file('twin.txt', Buffer.from('two'))));
    const view = await settled();
    expect(view.files.at(-1)).toMatchObject({ state: 'done', name: 'twin (2).txt' });
    expect((await namesOnRecord()).slice(-2)).toEqual(['twin.txt', 'twin (2).txt']);
  });

  it('tells why a file failed, and takes it when it is tried again', async () => {
    const path = site.file('late.txt', Buffer.from('late'));
    const [id = ''] = await tokensOf(path);
    // Grown beyond what the worker takes, and back.
    truncateSync(path, defaultPartLimits.largestFile + 1);
    await enqueue([id]);
    expect((await settled()).files.at(-1)).toMatchObject({ state: 'failed', reason: 'fileTooLarge' });
    const [other = ''] = await tokensOf(site.file('gone.txt', Buffer.from('gone')));
    site.remove('gone.txt');
    await enqueue([other]);
    expect((await settled()).files.at(-1)).toMatchObject({ state: 'failed', reason: 'fileUnreadable' });
    site.file('gone.txt', Buffer.from('back'));
    await site.app.ask('fileQueue', 'retry', { id: other });
    expect((await settled()).files.at(-1)).toMatchObject({ id: other, state: 'done', name: 'gone.txt' });
    await site.app.ask('fileQueue', 'clearFinished', {});
    expect((await state()).files).toEqual([]);
  });

  it('says of unknown tokens that they cannot be read, and takes none twice', async () => {
    const [id = ''] = await tokensOf(site.file('once', Buffer.from('once')));
    const view = await enqueue(['never staged', id, id]);
    expect(view.files.map((file) => [file.id, file.reason])).toEqual([
      ['never staged', 'fileUnreadable'],
      [id, null],
    ]);
    await settled();
    expect((await enqueue([id])).files).toHaveLength(2);
  });

  it('refuses what may not be attached there, file by file', async () => {
    const inbox = [...site.app.accounts.current().mirror.records.batches(100)]
      .flat()
      .find(({ kind }) => kind === 'inbox');
    const tokens = await tokensOf(site.file('refused', Buffer.from('refused')));
    await site.app.ask('fileQueue', 'enqueue', { recordId: inbox?.id ?? '', tokens });
    expect((await settled()).files.at(-1)).toMatchObject({ state: 'failed', reason: 'forbidden' });
  });

  it('stops whole, and is empty after a lock', async () => {
    const paths = Array.from({ length: 6 }, (_, index) => site.file(`s${index}`, bytes(2_000_000)));
    await enqueue(await tokensOf(...paths));
    await site.app.ask('fileQueue', 'cancelAll', {});
    const view = await state();
    expect(view.files.every((file) => file.state === 'cancelled' && file.retriable)).toBe(true);
    expect(view).toMatchObject({ done: 0, total: 0, busy: false });
    await enqueue(await tokensOf(...paths));
    const before = await namesOnRecord();
    await site.app.ask('session', 'lock', {});
    await site.app.unlock(site.annaId, anna.masterPassword ?? '');
    expect((await state()).files).toEqual([]);
    expect(await namesOnRecord()).toEqual(before);
    expect(site.app.incidents).toEqual([]);
  });
});
