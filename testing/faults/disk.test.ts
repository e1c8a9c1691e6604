/**
 * A disk that is full at random moments of saving, attaching and syncing: each refused act has
 * changed nothing and says why, everything acknowledged before it stays, and all of it goes on
 * when there is space again.
 *
 * The database is kept from growing by its own limit on pages (as the engine reports a full disk),
 * files by the process's limit on their size (as the file system reports it).
 */
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Engine } from '../../main/mirror/engine.ts';
import { choicesFrom } from '../organisation/random.ts';
import { commonContent } from './contents.ts';
import type { Hands } from './hands.ts';
import { brokenLine } from './law.ts';
import { convergeUnderLaw } from './settling.ts';
import { FaultStage } from './stage.ts';
import type { Device } from './stage.ts';
import { actAtRandom } from './walk.ts';

const engines: Engine[] = [];
const counts = { faults: 0, refused: 0, syncs: 0, values: 0 };
let stage: FaultStage;
let device: Device;

/** The device's database, which stays open to the end. */
let open: Engine | null = null;
const engine = (): Engine => {
  if (open === null) throw new Error('a database is open');
  return open;
};

/** No page more than there are; free ones are given away first. */
function fill(): void {
  engine().execute('VACUUM');
  engine().pragma(`max_page_count = ${String(engine().pragma('page_count'))}`);
}
const makeSpace = (): void => void engine().pragma('max_page_count = 1073741823');

/** Everything that a person would see, the waiting changes included. */
const seen = async (): Promise<string> =>
  JSON.stringify([await commonContent(device.account), device.account.mirror.outbox.all()]);

beforeAll(async () => {
  const opening = Engine.open.bind(Engine);
  vi.spyOn(Engine, 'open').mockImplementation((options) => {
    const opened = opening(options);
    engines.push(opened);
    return opened;
  });
  stage = await FaultStage.open();
  device = await stage.device('a', { seed: Number(process.env['FAULT_SEED'] ?? 3) });
  open = engines.at(-1) ?? null;
});
afterEach(() => makeSpace());
afterAll(async () => {
  vi.restoreAllMocks();
  await stage.close();
  const { faults, refused, syncs, values } = counts;
  console.log(
    `full disks: ${String(faults)} times full, ${String(refused)} acts and ${String(syncs)} syncs refused, ${String(values)} values held to, ${brokenLine()}`,
  );
});

/** How many acts were refused for want of space so far. */
const refusedForSpace = (): number =>
  [...stage.book.refusals].reduce((sum, [what, count]) => sum + (what.endsWith('diskFull') ? count : 0), 0);

/** Single acts until one is refused; what it would have changed is as before. */
async function actUntilRefused(hands: Hands): Promise<void> {
  for (let acts = 0; acts < 600; acts += 1) {
    const [before, refused] = [await seen(), refusedForSpace()];
    await hands.choices.pick([
      () => hands.create(),
      () => hands.edit(),
      () => hands.move(),
      () => hands.remove(),
      () => hands.changeTags(),
      () => hands.attach(),
    ])();
    if (refusedForSpace() === refused) continue;
    expect(await seen()).toBe(before);
    return;
  }
  throw new Error('the disk never filled up');
}

describe('a full disk', () => {
  it('refuses saving by name, keeps what was, and takes it again afterwards', async () => {
    for (let round = 0; round < 12; round += 1) {
      fill();
      counts.faults += 1;
      await actUntilRefused(device.hands);
      counts.refused += 1;
      makeSpace();
      await device.hands.create();
    }
    device.account.mirror.checkIntegrity();
  }, 60_000);

  it('stops a sync by name, and the next one goes on', async () => {
    const other = await stage.device('b', { seed: 4 });
    const choices = choicesFrom(5);
    for (let round = 0; round < 10; round += 1) {
      for (let acts = 0; acts < 12; acts += 1) await actAtRandom(other.hands, choices);
      await other.sync();
      await device.hands.create();
      fill();
      counts.faults += 1;
      const { phase, problem } = await device.sync();
      if (phase !== 'idle') {
        expect(problem?.code).toBe('diskFull');
        counts.syncs += 1;
      }
      makeSpace();
      expect((await device.sync()).phase).toBe('idle');
    }
    expect(counts.syncs).toBeGreaterThan(0);
    counts.values = (await convergeUnderLaw(stage)).values;
    expect(counts.values).toBeGreaterThan(0);
  }, 60_000);

  it.runIf(process.platform === 'linux')(
    'of files refuses an attachment and leaves nothing of it',
    async () => {
      const limit = (size: string): void => {
        execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${size}:`]);
      };
      const recordId = device.hands.records()[0]?.id ?? '';
      const [{ token = '' } = {}] = (
        await device.app.ask('attachments', 'stage', { paths: [process.execPath.replace(/node$/, 'node')] })
      ).files;
      expect(token).not.toBe('');
      const before = await seen();
      limit('200');
      try {
        const attached = await device.app.call('attachments', 'add', { recordId, token });
        expect(attached.ok).toBe(false);
      } finally {
        limit('unlimited');
      }
      expect(await seen()).toBe(before);
      counts.faults += 1;
      expect(await device.hands.attach()).toBe(true);
    },
  );
});
