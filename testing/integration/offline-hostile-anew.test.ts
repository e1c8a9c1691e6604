/**
 * What was deleted elsewhere is made anew from here, and stands there again before or after that has
 * gone out: somebody has put it back, or the server says so.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { binRecord, decide, putBack } from '../../main/sync/index.ts';
import { HostileStage } from '../hostile/stage.ts';
import { OfflineHand } from './offlinehand.ts';

describe('a server without a bin', () => {
  let stage: HostileStage;
  beforeAll(async () => {
    stage = await HostileStage.open(['changes', 'bin']);
  });
  afterAll(() => stage.close());
  afterEach(() => stage.clear());

  it.each(['before', 'after'] as const)(
    'has a record again that was deleted and is made anew here, %s that went out: mine is not lost',
    async (when) => {
      const here = new OfflineHand(await stage.syncedDevice());
      const name = `Back ${when}`;
      here.create(here.device.record('Router').vaultId ?? '', { name, password: 'old secret' });
      expect(await here.device.sync()).toMatchObject({ phase: 'idle' });
      const there = new OfflineHand(stage.device(stage.account, { url: stage.server.url }));
      await there.device.sync();
      const mine = new OfflineHand(await stage.syncedDevice());
      const record = mine.device.record(name);
      mine.edit(record.id, { password: 'typed' });
      binRecord(there.device.mirror, there.device.record(name).id, 1);
      await there.device.sync();
      await mine.device.sync();
      const conflict = mine.device.mirror.conflicts.ofRecord(record.id);
      expect(conflict?.kind).toBe('deletedThere');
      const keep = { decision: 'keep', at: 2, serverRestores: false } as const;
      decide(mine.device.mirror, conflict?.id ?? '', keep);
      if (when === 'after') {
        stage.proxy.tell(({ request }, response) => {
          if (request.method !== 'POST' || !request.path.endsWith('/items')) return undefined;
          response.socket?.destroy();
          return null;
        });
        await mine.device.sync();
        stage.proxy.tell(null);
      }
      putBack(there.device.mirror, record.id, { at: 3, serverRestores: true });
      await there.device.sync();
      await mine.device.sync();
      await mine.device.sync();
      expect(mine.device.incidents).toEqual([]);
      const passwords = mine.device
        .records()
        .flatMap((each) => (each.name === name ? [mine.passwordOf(each)] : []));
      expect(passwords).toContain('typed');
    },
  );
});
