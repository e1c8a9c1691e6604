import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CheckpointSignals } from './checkpointsignals.ts';
import { Mirror } from './mirror.ts';
import { aRecord, migrationsDir, temporaryMirror } from './testmirror.ts';

const checkpointWorker = path.join(import.meta.dirname, 'checkpointworker.ts');
const pageKey = Buffer.alloc(32, 7);
const megabyte = 2 ** 20;

/** Opens the test's mirror anew, with a checkpoint thread of the given script. */
function withThread(file: string, script = checkpointWorker): Mirror {
  return Mirror.open({ path: file, pageKey, migrationsDir, checkpointWorker: script });
}

function logSize(file: string): number {
  return existsSync(`${file}-wal`) ? statSync(`${file}-wal`).size : 0;
}

/** About 50 KiB in one transaction. */
function writeStep(mirror: Mirror, step: number): void {
  mirror.records.upsertMany(
    Array.from({ length: 10 }, (_, index) =>
      aRecord({
        id: `s${String(step)}-${String(index)}`,
        name: `step ${String(step)}`,
        description: 'x'.repeat(5000),
      }),
    ),
  );
}

describe('the checkpoint thread', () => {
  it('keeps the log short while much is written, and nothing is lost', async () => {
    using test = temporaryMirror(pageKey);
    test.mirror.close();
    const mirror = withThread(test.path);
    let pauses = 0;
    for (let step = 0; step < 900; step += 1) {
      writeStep(mirror, step);
      const relief = mirror.upkeep.relief();
      if (relief !== null) pauses += 1;
      await relief;
    }
    expect(pauses).toBeGreaterThan(0);
    expect(logSize(test.path)).toBeLessThan(40 * megabyte);
    expect(statSync(test.path).size).toBeGreaterThan(40 * megabyte);
    mirror.close();
    expect(logSize(test.path)).toBe(0);
    const again = test.reopen();
    again.checkIntegrity();
    expect(again.records.counts().total).toBe(9000);
  });

  it('has let go of the file when the mirror is closed in the middle of its work', () => {
    using test = temporaryMirror(pageKey);
    for (let round = 0; round < 8; round += 1) {
      test.mirror.close();
      const mirror = withThread(test.path);
      for (let step = 0; step < 40 + 20 * round; step += 1) writeStep(mirror, 1000 * round + step);
      mirror.close();
      // The last connection removes the log; one that were still open would have kept it.
      expect(existsSync(`${test.path}-wal`)).toBe(false);
      test.reopen().checkIntegrity();
    }
  });

  it('leaves the log to SQLite where it cannot run', async () => {
    using test = temporaryMirror(pageKey);
    test.mirror.close();
    const mirror = withThread(test.path, path.join(test.directory, 'nowhere.js'));
    for (let step = 0; step < 400; step += 1) {
      writeStep(mirror, step);
      await mirror.upkeep.relief();
      if (step % 50 === 0) await pause(5);
    }
    expect(logSize(test.path)).toBeLessThan(20 * megabyte);
    expect(mirror.upkeep.relief()).toBeNull();
    mirror.close();
    test.reopen().checkIntegrity();
  });

  it('is not started for a few edits', async () => {
    using test = temporaryMirror(pageKey);
    test.mirror.close();
    const mirror = withThread(test.path, path.join(test.directory, 'nowhere.js'));
    for (let step = 0; step < 20; step += 1) mirror.records.upsertMany([aRecord({ id: `r${String(step)}` })]);
    // A start would fail, and the mirror would checkpoint by itself from then on.
    await pause(20);
    for (let step = 0; step < 100; step += 1) writeStep(mirror, step);
    expect(logSize(test.path)).toBeGreaterThan(5 * megabyte);
    mirror.close();
  });
});

describe('the signals between the threads', () => {
  const bytes = ({ memory }: CheckpointSignals): Buffer => Buffer.from(new Uint8Array(memory));

  it('hand the key over once and wipe it', () => {
    const main = new CheckpointSignals();
    main.layOut(pageKey);
    expect(bytes(main).includes(pageKey)).toBe(true);
    const thread = new CheckpointSignals(main.memory);
    expect(thread.begin()).toEqual(pageKey);
    expect(bytes(main).includes(7)).toBe(false);
    expect(thread.begin()).toBeNull();
  });

  it('give no key to a thread that begins after the end', () => {
    const main = new CheckpointSignals();
    main.layOut(pageKey);
    expect(main.end(1000)).toBe(true);
    expect(new CheckpointSignals(main.memory).begin()).toBeNull();
    expect(bytes(main).includes(7)).toBe(false);
  });

  it('tell a wish once, and the end whatever was wished before', () => {
    const main = new CheckpointSignals();
    const thread = new CheckpointSignals(main.memory);
    thread.begin();
    main.wantCheckpoint();
    main.wantCheckpoint();
    expect(thread.nextWish()).toBe(true);
    main.wantCheckpoint();
    expect(main.end(1)).toBe(false);
    main.wantCheckpoint();
    expect(thread.nextWish()).toBe(false);
    thread.ended();
    expect(main.end(1000)).toBe(true);
  });
});
