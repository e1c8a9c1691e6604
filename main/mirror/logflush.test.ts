import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flushLog } from './logflush.ts';
import { aRecord, temporaryMirror } from './testmirror.ts';

describe('flushing the log aside', () => {
  it('leaves the mirror in use, and what was written in it', async () => {
    using test = temporaryMirror();
    test.mirror.portion(() => {
      test.mirror.records.upsertMany([aRecord({ id: 'r1' })]);
    });
    await test.mirror.upkeep.flush();
    test.mirror.records.upsertMany([aRecord({ id: 'r2' })]);
    const again = test.reopen();
    expect([again.records.get('r1')?.id, again.records.get('r2')?.id]).toEqual(['r1', 'r2']);
    again.checkIntegrity();
  });

  it('has nothing to do without a log, and says what a disk says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'strongroom-log-'));
    try {
      await expect(flushLog(join(folder, 'none.db'))).resolves.toBeUndefined();
      mkdirSync(join(folder, 'odd.db-wal'));
      await expect(flushLog(join(folder, 'odd.db'))).rejects.toMatchObject({ code: 'diskError' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
