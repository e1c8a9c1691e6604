import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Mirror } from './mirror.ts';
import { temporaryMirror } from './testmirror.ts';

const writer = path.join(import.meta.dirname, 'crashwriter.ts');

/** Starts a writer and kills it after it has told of `steps` steps. Returns the last step it told of. */
async function writeAndKill(file: string, firstStep: number, steps: number, delay: number): Promise<number> {
  const child = spawn(process.execPath, [writer, file, String(firstStep)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  let killing = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
    if (killing || told.split('\n').length <= steps) return;
    killing = true;
    setTimeout(() => child.kill('SIGKILL'), delay);
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
  return Number(told.split('\n').at(-2));
}

/** Whether the offline save of a step is there: row, search entry, operation, base and mark, or none of it. */
function savedOf(mirror: Mirror, step: number): 'whole' | 'nothing' | 'half' {
  const id = `s${String(step)}-9`;
  const found = mirror.search.query({ text: `step ${String(step)}`, scope: null, offset: 0, limit: 200 });
  const signs = [
    mirror.records.get(id)?.login === `step ${String(step)}`,
    mirror.outbox.ofObject('record', id).length === 1,
    mirror.bases.record(id)?.login === '',
    found.rows.find((row) => row.id === id)?.pending === true,
  ];
  if (signs.every(Boolean)) return 'whole';
  return signs.some(Boolean) ? 'half' : 'nothing';
}

/** Opens what a killed process left: every step it told of is there, whole, and no half of another. */
function checkWhole(mirror: Mirror, lastTold: number): number {
  mirror.checkIntegrity();
  const lastKept = Number(mirror.syncState.get('step'));
  expect(lastKept === lastTold || lastKept === lastTold + 1).toBe(true);
  expect(mirror.records.get(`s${String(lastKept)}-9`)?.name).toBe(`step ${String(lastKept)}`);
  expect(mirror.records.get(`s${String(lastKept + 1)}-0`)).toBeNull();
  expect(mirror.records.counts().total).toBe((lastKept + 1) * 10 - lastKept);
  const found = mirror.search.query({
    text: `step ${String(lastKept)}`,
    scope: null,
    offset: 0,
    limit: 200,
  });
  expect(found.rows.filter((row) => row.name === `step ${String(lastKept)}`)).toHaveLength(10);
  const told = lastKept === lastTold;
  expect(told ? ['whole'] : ['whole', 'nothing']).toContain(savedOf(mirror, lastKept));
  // The step before is settled with this one's save: its operation and its base went together.
  const before = `s${String(lastKept - 1)}-9`;
  const waits = mirror.outbox.ofObject('record', before).length;
  expect(mirror.bases.record(before) === undefined).toBe(waits === 0);
  if (told) expect(waits).toBe(0);
  return lastKept;
}

describe('a mirror whose process was killed while writing', () => {
  it('holds every step that was finished, whole, and no half of another, thirty times over', async () => {
    using test = temporaryMirror();
    test.mirror.close();
    let next = 0;
    for (let round = 0; round < 30; round += 1) {
      const lastTold = await writeAndKill(test.path, next, 1 + (round % 4), round % 3);
      const mirror = test.reopen();
      next = checkWhole(mirror, lastTold) + 1;
      mirror.close();
    }
    test.reopen();
  }, 120_000);

  it('holds them as well when the checkpoint thread was at work', async () => {
    using test = temporaryMirror();
    test.mirror.close();
    let next = 0;
    for (let round = 0; round < 8; round += 1) {
      const lastTold = await writeAndKill(test.path, next, 90 + 5 * round, round % 3);
      const mirror = test.reopen();
      next = checkWhole(mirror, lastTold) + 1;
      mirror.close();
    }
    test.reopen();
  }, 120_000);
});
