/** The thread of the attachments: begun by work, ended by quiet or by hand. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeAttachment, generateRecordKey } from '../../keychain/index.ts';
import { AttachmentThread } from './attachmentthread.ts';

const workerFile = new URL('./attachmentworker.ts', import.meta.url);

let folder: string;
let thread: AttachmentThread;
const never = new AbortController().signal;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-thread-'));
  thread = new AttachmentThread(workerFile);
});
afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await thread.close();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const codeOf = (code: string): unknown => expect.objectContaining({ code });

describe('the attachment thread', () => {
  it('encrypts and decrypts what it is given, and leaves the key of its caller alone', async () => {
    const key = generateRecordKey();
    const before = Buffer.from(key);
    const { wire, size } = await thread.encode(file('in', 'contents'), key, never);
    expect([size, decodeAttachment(wire, key).toString()]).toEqual([8, 'contents']);
    await thread.decode(wire, key, join(folder, 'out'), never);
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('contents');
    expect(key.equals(before)).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['in', 'out']);
  });

  it('works without a key where there is no client-side encryption', async () => {
    const { wire } = await thread.encode(file('in', 'contents'), null, never);
    await thread.decode(wire, null, join(folder, 'out'), never);
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('contents');
  });

  it('gives the same refusals as the key chain and the disk', async () => {
    const key = generateRecordKey();
    const missing = join(folder, 'missing');
    await expect(thread.encode(missing, key, never)).rejects.toEqual(codeOf('fileUnreadable'));
    await expect(thread.encode(folder, key, never)).rejects.toEqual(codeOf('fileUnreadable'));
    const large = file('large', Buffer.alloc(5 * 1024 * 1024 + 1));
    await expect(thread.encode(large, key, never)).rejects.toEqual(codeOf('fileTooLarge'));
    const { wire } = await thread.encode(file('in', 'contents'), key, never);
    const out = join(folder, 'out');
    const other = generateRecordKey();
    await expect(thread.decode(wire, other, out, never)).rejects.toEqual(codeOf('undecipherable'));
    const exchanged = { ...wire, hash: '0'.repeat(64) };
    await expect(thread.decode(exchanged, key, out, never)).rejects.toEqual(codeOf('attachmentHashMismatch'));
    const nowhere = join(folder, 'nowhere', 'out');
    await expect(thread.decode(wire, key, nowhere, never)).rejects.toEqual(codeOf('diskError'));
    expect(readdirSync(folder).sort()).toEqual(['in', 'large']);
  });

  it('does its work in the order it came, each for itself', async () => {
    const key = generateRecordKey();
    const paths = ['a', 'b', 'c'].map((name) => file(name, `contents of ${name}`));
    const results = await Promise.allSettled(
      [...paths, join(folder, 'missing'), ...paths].map((path) => thread.encode(path, key, never)),
    );
    const texts = results.map((result) =>
      result.status === 'fulfilled' ? decodeAttachment(result.value.wire, key).toString() : 'failed',
    );
    const all = ['contents of a', 'contents of b', 'contents of c'];
    expect(texts).toEqual([...all, 'failed', ...all]);
  });

  it('ends a cancelled job, does not begin one that waits, and serves the next', async () => {
    const key = generateRecordKey();
    const running = new AbortController();
    const waiting = new AbortController();
    const large = file('large', Buffer.alloc(5 * 1024 * 1024));
    const jobs = [running, waiting].map(({ signal }) => thread.encode(large, key, signal));
    await vi.waitFor(
      () => {
        expect(process.getActiveResourcesInfo()).toContain('MessagePort');
      },
      { timeout: 10_000 },
    );
    running.abort();
    waiting.abort();
    for (const job of jobs) await expect(job).rejects.toEqual(codeOf('cancelled'));
    expect((await thread.encode(file('in', 'next'), key, never)).size).toBe(4);
  });

  it('ends itself when it has been idle, and begins again', async () => {
    const terminate = vi.spyOn(Worker.prototype, 'terminate');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const key = generateRecordKey();
    await thread.encode(file('in', 'first'), key, never);
    await vi.advanceTimersByTimeAsync(9_000);
    await thread.encode(file('in', 'second'), key, never);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(terminate).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(terminate).toHaveBeenCalledOnce();
    expect((await thread.encode(file('in', 'third'), key, never)).size).toBe(5);
  });

  it('may be closed at any time', async () => {
    await thread.close();
    const job = thread.encode(file('in', Buffer.alloc(4 * 1024 * 1024)), generateRecordKey(), never);
    const outcome = expect(job).rejects.toEqual(codeOf('cancelled'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await thread.close();
    await outcome;
    await thread.close();
  });
});
