/**
 * For the crash test only: a process that writes to a mirror without end and is killed in
 * the middle of it. Each step is one transaction over three tables, told to the parent when
 * it has returned. The search index is merged and the log folded in between, as in a long sync.
 * Arguments: path of the mirror, number of the first step.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { Mirror } from './mirror.ts';
import { aRecord, migrationsDir } from './testmirror.ts';

const [path = '', firstStep = '0'] = process.argv.slice(2);
const mirror = Mirror.open({
  path,
  pageKey: Buffer.alloc(32, 7),
  migrationsDir,
  checkpointWorker: join(import.meta.dirname, 'checkpointworker.ts'),
});
for (let step = Number(firstStep); ; step += 1) {
  mirror.durable(() => {
    const records = Array.from({ length: 10 }, (_, index) =>
      aRecord({
        id: `s${String(step)}-${String(index)}`,
        name: `step ${String(step)}`,
        description: 'x'.repeat(500),
      }),
    );
    mirror.records.upsertMany(records);
    if (step > 0) mirror.records.removeMany([`s${String(step - 1)}-0`]);
    mirror.syncState.set('step', String(step));
  });
  writeSync(1, `${String(step)}\n`);
  mirror.upkeep.mergeSome();
  await mirror.upkeep.relief();
}
