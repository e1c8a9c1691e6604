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
