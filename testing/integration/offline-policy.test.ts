/** What is told of work without contact, what is allowed of it, and a server put back to a backup. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { offlineTerm } from '../../main/sync/index.ts';
import { enrol, TestDevice } from '../hostile/device.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, buildSmallOrganisation } from '../hostile/smallorganisation.ts';
import { HostileStage } from '../hostile/stage.ts';
import { signIn } from '../organisation/member.ts';
import { startTrialServer } from '../organisation/trial.ts';
import { OfflineHand } from './offlinehand.ts';

let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.open();
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

describe('offline reads', () => {
  it('are told to the activity log once, though the answer is cut', async () => {
    const here = await stage.syncedDevice();
    const { itemServerId } = here.record('Router');
    const { http } = stage.organisation.anna;
    type Log = { items: { event?: string; code?: string; at?: number }[]; total?: number };
    const before = (await http.send<Log>('GET', '/activity')).items.length;
    for (const at of [1_000, 2_000]) here.mirror.offlineReads.add({ itemServerId, at, action: 'revealed' });
    stage.proxy.cutAt(1, 'body');
    expect((await here.sync()).phase).toBe('offline');
    here.mirror.offlineReads.add({ itemServerId, at: 3_000, action: 'copied' });
    expect((await here.sync()).phase).toBe('idle');
    expect(here.mirror.offlineReads.count()).toBe(0);
    expect((await http.send<Log>('GET', '/activity')).items.length - before).toBe(3);
  });
});

describe('the right to be offline', () => {
  it('comes with every contact, by the feed and by the settings', async () => {
    const policy = { allowed: true, days: 3 };
    await stage.organisation.anna.http.send('POST', '/organisation/offline-policy', policy);
    const here = await stage.syncedDevice();
    expect(offlineTerm(here.mirror, Date.now())).toMatchObject(policy);
    await stage.organisation.anna.http.send('POST', '/organisation/offline-policy', { ...policy, days: 5 });
    await here.sync();
    const { offlineUntil } = here.synchroniser.status();
    expect(offlineTerm(here.mirror, Date.now())).toMatchObject({ days: 5, until: offlineUntil });
  });
});

describe('a server put back to an older backup', () => {
  it('is told of and not obeyed: what it lacks stays, and what waits goes out', async () => {
    const backup = mkdtempSync(path.join(tmpdir(), 'strongroom-backup-'));
    const server = await startTrialServer();
    await buildSmallOrganisation(server);
    const line = await LyingProxy.start(server.url);
    const here = new TestDevice(await enrol(line.url, anna));
    await here.sync();
    await server.stop();
    cpSync(server.dataFolder, backup, { recursive: true });
    const again = await startTrialServer({ dataFolder: server.dataFolder });
    line.retarget(again.url);
    const hand = new OfflineHand(here);
    const { vaultId } = here.record('Router');
    hand.create(vaultId ?? '', { name: 'After the backup', password: 'only here' });
    await here.sync();
    expect(hand.waiting()).toEqual([]);
    hand.edit(here.record('Router').id, { description: 'still waiting' });
    await again.close();
    const restored = await startTrialServer({ dataFolder: backup });
    line.retarget(restored.url);
    const status = await here.sync();
    expect(status.notices.map(({ kind }) => kind)).toContain('serverRolledBack');
    for (let turn = 0; turn < 2; turn += 1) {
      await here.sync();
      expect(hand.passwordOf(here.record('After the backup'))).toBe('only here');
    }
    const { http } = await signIn(restored.http, anna);
    const { id } = here.record('Router');
    expect((await http.send<{ description: string }>('GET', `/items/${id}`)).description).toBe(
      'still waiting',
    );
    // Deleted there by somebody, as against missing: that goes.
    await http.send('DELETE', `/items/${here.record('Datenbank').serverId}`);
    await here.sync();
    expect(here.records().map(({ name }) => name)).not.toContain('Datenbank');
    await here.dispose();
    await line.close();
    await restored.close();
    rmSync(backup, { recursive: true, force: true });
  });
});
