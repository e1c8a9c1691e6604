// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { StagedFile } from '../../../contract/attachments.ts';
import type { FileQueueView, QueuedFile } from '../../../contract/filequeue.ts';
import type { Result } from '../../../contract/index.ts';
import { done, type FakeBridge, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import { useFileQueue } from './queue.ts';

const target = { id: 'r1', name: 'web-03' };
const limit = 50;

const file = (token: string, refusal: StagedFile['refusal'] = null): StagedFile => ({
  ...{ token, name: `${token}.pem`, size: 100, refusal },
});
const queued = (id: string, changes: Partial<QueuedFile> = {}): QueuedFile => ({
  ...{ id, recordId: 'r1', name: `${id}.pem`, size: 100, state: 'waiting', done: 0 },
  ...{ reason: null, retriable: false, attachmentId: null, ...changes },
});
const viewOf = (...files: QueuedFile[]): FileQueueView => ({
  ...{ files, done: 0, total: 100, bytesPerSecond: null },
  busy: files.some(({ state }) => state === 'waiting' || state === 'encrypting'),
});

let bridge: FakeBridge;
let staged: StagedFile[];
let view: FileQueueView;
let staging: Result<{ files: StagedFile[]; limit: number }> | null;

const inputsOf = (name: string): unknown[] =>
  bridge.calls.filter((call) => call.name === name).map(({ input }) => input);

beforeEach(() => {
  setActivePinia(createPinia());
  staged = [file('a'), file('b')];
  view = viewOf(queued('a'), queued('b'));
  staging = null;
  bridge = fakeBridge({
    attachments: {
      stage: () => staging ?? done({ files: staged, limit }),
      choose: () => done({ files: staged, limit }),
    },
    fileQueue: {
      limit: () => done({ limit, protocolLimit: true }),
      state: () => done(view),
      enqueue: () => done(view),
      cancel: () => done({}),
      cancelAll: () => done({}),
      retry: () => ({ ok: false, error: { code: 'diskFull', params: {} } }),
      clearFinished: () => done({}),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

describe('files given to a record', () => {
  it('are staged and queued in one go, and shown as the main process has them', async () => {
    const queue = useFileQueue();
    await queue.put(target, [{}, {}]);
    expect(inputsOf('fileQueue.enqueue')).toEqual([{ recordId: 'r1', tokens: ['a', 'b'] }]);
    expect(queue.view.files.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(queue.names.get('r1')).toBe('web-03');
    expect(queue.open).toBe(true);
  });

  it('are told of by name where they are too large, with the limit, before anything is queued', async () => {
    staged = [file('a'), file('big', 'tooLarge')];
    const queue = useFileQueue();
    const order: unknown[] = [];
    const enqueue = bridge.api.fileQueue.enqueue;
    const watched = {
      ...bridge.api.fileQueue,
      enqueue: (input: Parameters<typeof enqueue>[0]) => {
        order.push(queue.news, queue.limit);
        return enqueue(input);
      },
    };
    vi.stubGlobal('strongroom', { ...bridge.api, fileQueue: watched });
    await queue.put(target, [{}, {}]);
    expect(order).toEqual([
      { kind: 'added', count: 1, target, refused: [file('big', 'tooLarge')], limit },
      { limit, protocolLimit: true },
    ]);
    expect(inputsOf('fileQueue.enqueue')).toEqual([{ recordId: 'r1', tokens: ['a', 'big'] }]);
  });

  it('go in as many calls as it takes', async () => {
    const queue = useFileQueue();
    await queue.put(
      target,
      Array.from({ length: 1201 }, () => ({})),
    );
    expect(inputsOf('attachments.stage').map((input) => (input as unknown[]).length)).toEqual([
      500, 500, 201,
    ]);
    expect(inputsOf('fileQueue.enqueue')).toHaveLength(3);
  });

  it('are counted where there is no file behind them', async () => {
    const queue = useFileQueue();
    await queue.put(target, [{}, {}, {}]);
    expect(queue.news).toEqual({ kind: 'notFiles', count: 1 });
    staging = { ok: false, error: { code: 'refused', params: {} } };
    await queue.put(target, [{}, {}]);
    expect(queue.news).toEqual({ kind: 'notFiles', count: 2 });
    expect(inputsOf('fileQueue.enqueue')).toHaveLength(1);
  });

  it('are nothing when the person closed the dialog', async () => {
    staged = [];
    const queue = useFileQueue();
    await queue.choose(target);
    expect(queue.news).toBeNull();
    expect(inputsOf('fileQueue.enqueue')).toEqual([]);
  });

  it('say why when they cannot be taken at all', async () => {
    staging = { ok: false, error: { code: 'locked', params: {} } };
    const queue = useFileQueue();
    await queue.put(target, [{}]);
    expect(queue.news).toMatchObject({ kind: 'failed', failure: { code: 'locked' } });
  });

  it('are not queued after everything was forgotten', async () => {
    const answer = later<Result<{ files: StagedFile[]; limit: number }>>();
    const slow = { ...bridge.api.attachments, stage: () => answer.promise };
    vi.stubGlobal('strongroom', { ...bridge.api, attachments: slow });
    const queue = useFileQueue();
    const putting = queue.put(target, [{}]);
    await vi.waitFor(() => expect(queue.limit).not.toBeNull());
    queue.forget();
    answer.resolve(done({ files: staged, limit }));
    await putting;
    expect(inputsOf('fileQueue.enqueue')).toEqual([]);
    expect([queue.view.files, queue.limit, queue.news, queue.names.size]).toEqual([[], null, null, 0]);
  });
});

describe('the queue', () => {
  it('follows the main process, and keeps the lines that have not changed', async () => {
    const queue = useFileQueue();
    queue.follow();
    await queue.load();
    const [, before] = queue.view.files;
    bridge.emit('fileQueueChanged', viewOf(queued('a', { state: 'encrypting', done: 40 }), queued('b')));
    expect(queue.view.files[0]).toMatchObject({ state: 'encrypting', done: 40 });
    expect(queue.view.files[1]).toBe(before);
  });

  it('tells once how it ended, and only what it saw at work', async () => {
    const queue = useFileQueue();
    queue.follow();
    const ended = viewOf(
      queued('a', { state: 'done', done: 100 }),
      queued('b', { state: 'cancelled' }),
      queued('c', { state: 'failed', reason: 'fileTooLarge' }),
    );
    bridge.emit('fileQueueChanged', viewOf(...ended.files.slice(0, 2)));
    expect(queue.news).toBeNull();
    bridge.emit('fileQueueChanged', view);
    bridge.emit('fileQueueChanged', ended);
    expect(queue.news).toEqual({ kind: 'ended', done: 1, failed: 1, cancelled: 1 });
  });

  it('counts what was given or tried again since it was last idle', () => {
    const queue = useFileQueue();
    queue.follow();
    const old = [
      queued('x', { state: 'done', done: 100 }),
      queued('y', { state: 'failed', reason: 'diskFull' }),
    ];
    bridge.emit('fileQueueChanged', viewOf(...old));
    bridge.emit('fileQueueChanged', viewOf(...old, queued('z')));
    bridge.emit('fileQueueChanged', viewOf(...old, queued('z', { state: 'done', done: 100 })));
    expect(queue.news).toEqual({ kind: 'ended', done: 1, failed: 0, cancelled: 0 });
    bridge.emit('fileQueueChanged', viewOf(...old.slice(0, 1), queued('y', { state: 'encrypting' })));
    bridge.emit('fileQueueChanged', viewOf(...old));
    expect(queue.news).toEqual({ kind: 'ended', done: 0, failed: 1, cancelled: 0 });
  });

  it('begins anew once all went well, and keeps what did not', async () => {
    const queue = useFileQueue();
    queue.follow();
    bridge.emit('fileQueueChanged', viewOf(queued('x', { state: 'failed', reason: 'diskFull' })));
    await queue.put(target, [{}]);
    expect(inputsOf('fileQueue.clearFinished')).toEqual([]);
    bridge.emit('fileQueueChanged', viewOf(queued('x', { state: 'done', done: 100 })));
    await queue.put(target, [{}]);
    expect(inputsOf('fileQueue.clearFinished')).toEqual([{}]);
  });

  it('passes on what is asked of one file and of all, and tells what fails', async () => {
    const queue = useFileQueue();
    await queue.cancel('a');
    await queue.cancelAll();
    expect(inputsOf('fileQueue.cancel')).toEqual([{ id: 'a' }]);
    expect(inputsOf('fileQueue.cancelAll')).toEqual([{}]);
    expect(queue.news).toBeNull();
    await queue.retry('a');
    expect(queue.news).toMatchObject({ kind: 'failed', failure: { code: 'diskFull' } });
  });
});
