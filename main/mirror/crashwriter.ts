/**
 * For the crash test only: a process that writes to a mirror without end and is killed in
 * the middle of it. Each step is one transaction over many tables, told to the parent when it has
 * returned: what a sync writes, and one offline save (row, search entry, operation, base). The
 * search index is merged and the log folded in between, as in a long sync.
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
  const name = `step ${String(step)}`;
  mirror.durable(() => {
    const records = Array.from({ length: 10 }, (_, index) =>
      aRecord({ id: `s${String(step)}-${String(index)}`, name, description: 'x'.repeat(500) }),
    );
    mirror.records.upsertMany(records);
    if (step > 0) mirror.records.removeMany([`s${String(step - 1)}-0`]);
    mirror.syncState.set('step', String(step));
  });
  mirror.durable(() => {
    const edited = mirror.records.get(`s${String(step)}-9`);
    if (edited === null) throw new Error('what was written is not here');
    mirror.bases.putRecord(edited.id, edited);
    mirror.records.upsertMany([{ ...edited, login: name }]);
    const change = { kind: 'edit', fields: { login: name } } as const;
    mirror.outbox.add({ object: 'record', objectId: edited.id, name, change, at: step });
    // What the last step saved is settled now: the operation goes with its base.
    const settled = mirror.outbox.ofObject('record', `s${String(step - 1)}-9`)[0];
    if (settled === undefined) return;
    mirror.outbox.remove(settled.id);
    mirror.bases.remove('record', settled.objectId);
  });
  writeSync(1, `${String(step)}\n`);
  mirror.upkeep.mergeSome();
  await mirror.upkeep.relief();
}
