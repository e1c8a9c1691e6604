/** The change feed between the real client and the real server: its cost, its cursor, its end. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { enrol, TestDevice } from '../hostile/device.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, buildSmallOrganisation } from '../hostile/smallorganisation.ts';
import { HostileStage } from '../hostile/stage.ts';
import { signIn } from '../organisation/member.ts';
import { startTrialServer, type TrialServer } from '../organisation/trial.ts';

let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.open();
});
afterAll(() => stage.close());
afterEach(async () => {
  await stage.clear();
  stage.proxy.readdress((asked) => asked);
});

let edits = 0;
async function edit(at = 0): Promise<string> {
  const record = stage.organisation.records[at];
  if (record === undefined) throw new Error('There is no such record.');
  const name = `Edit ${(edits += 1)}`;
  await stage.organisation.anna.http.send('PATCH', `/items/${record.id}`, { vaultId: record.vaultId, name });
  return name;
}

const asked = (): string[] => stage.proxy.requests.map(({ path: at }) => at.split('?')[0] ?? '');

async function syncedContent(): Promise<unknown> {
  const other = stage.device();
  expect((await other.sync()).phase).toBe('idle');
  return other.content();
}

describe('a sync with nothing changed', () => {
  it('is one request, without the hash, and changes nothing', async () => {
    const here = await stage.syncedDevice();
    const content = here.content();
    here.changes.length = 0;
    expect(await here.sync()).toMatchObject({ phase: 'idle', problem: null });
    expect(asked()).toEqual(['/api/v1/changes']);
    expect(stage.hashTraces()).toEqual([]);
    expect(here.changes).toEqual([]);
    expect(here.content()).toEqual(content);
  });

  it('asks the server once a day what it announces', async () => {
    let now = Date.now();
    const here = stage.device(stage.account, { now: () => now });
    await here.sync();
    for (const [hours, verified] of [
      [23, false],
      [25, true],
      [26, false],
      [2, true],
    ] as const) {
      stage.proxy.requests.length = 0;
      now = Date.now() + hours * 3_600_000;
      expect((await here.sync()).phase).toBe('idle');
      expect(asked().includes('/api/v1/users/keys')).toBe(verified);
      expect(asked()).not.toContain('/api/v1/vaults');
    }
  });
});

describe('changes', () => {
  it('come with that one request, shortcuts of the record included', async () => {
    const here = await stage.syncedDevice();
    const name = await edit();
    expect((await here.sync()).phase).toBe('idle');
    expect(asked()).toEqual(['/api/v1/changes']);
    expect([here.record(name).kind, here.record(name, 'shortcut').kind]).toEqual(['record', 'shortcut']);
    expect(here.content()).toEqual(await syncedContent());
  });

  it('made while the first listings are read are told afterwards', async () => {
    const here = stage.device();
    let name = '';
    let editing: Promise<void> | null = null;
    stage.proxy.tell(({ request }) => {
      // The records were listed by now.
      if (request.path.startsWith('/api/v1/inbox-items')) {
        editing ??= edit().then((edited) => {
          name = edited;
        });
      }
      return undefined;
    });
    await here.sync();
    await editing;
    stage.proxy.tell(null);
    await here.sync();
    expect(here.record(name).name).toBe(name);
    expect(here.content()).toEqual(await syncedContent());
  });

  it('made between the halves of a first pull that was cut are told afterwards', async () => {
    const here = stage.device();
    stage.proxy.tell(({ request }, response) => {
      if (!request.path.startsWith('/api/v1/inbox-items')) return undefined;
      response.socket?.destroy();
      return null;
    });
    expect((await here.sync()).phase).toBe('offline');
    stage.proxy.tell(null);
    const name = await edit();
    await here.sync();
    await here.sync();
    expect(here.record(name).name).toBe(name);
    expect(here.content()).toEqual(await syncedContent());
  });
});

describe('a feed that is cut', () => {
  it.each(['request', 'body'] as const)('at every %s in turn goes on where it was', async (where) => {
    stage.proxy.readdress((path_) => path_.replace('limit=25', 'limit=1'));
    let cuts = 0;
    for (let at = 0; ; at += 1) {
      const here = await stage.syncedDevice();
      for (const index of [0, 1, 2, 3]) await edit(index);
      stage.proxy.cutAt(at, where);
      const first = await here.sync();
      if (stage.proxy.cutPending) break;
      cuts += 1;
      expect(first.phase).toBe('offline');
      stage.proxy.requests.length = 0;
      expect((await here.sync()).phase).toBe('idle');
      // Four edits, one of them of a record with a shortcut, one thing a page.
      expect(asked()).toHaveLength(5 - at);
      expect(here.content()).toEqual(await syncedContent());
    }
    stage.proxy.cutAt(null);
    expect(cuts).toBe(5);
  });
});

describe('a cursor that the server does not know', () => {
  it('leads to whole listings, and to a new cursor', async () => {
    const here = await stage.syncedDevice();
    here.mirror.syncState.set('changeCursor', 'of another server');
    const name = await edit();
    expect((await here.sync()).phase).toBe('idle');
    expect(asked()).toContain('/api/v1/vaults');
    expect(here.record(name).name).toBe(name);
    stage.proxy.requests.length = 0;
    await here.sync();
    expect(asked()).toEqual(['/api/v1/changes']);
  });

  it('because it was put back to a backup is noticed, and old records are not obeyed', async () => {
    const backup = mkdtempSync(path.join(tmpdir(), 'strongroom-backup-'));
    const server = await startTrialServer();
    const { records } = await buildSmallOrganisation(server);
    const line = await LyingProxy.start(server.url);
    const here = new TestDevice(await enrol(line.url, anna));
    await here.sync();
    await server.stop();
    cpSync(server.dataFolder, backup, { recursive: true });
    const rename = async (to: TrialServer, at: number, name: string): Promise<void> => {
      const { http } = await signIn(to.http, anna);
      const { id, vaultId } = records[at] ?? { id: '', vaultId: '' };
      await http.send('PATCH', `/items/${id}`, { vaultId, name });
    };
    const again = await startTrialServer({ dataFolder: server.dataFolder });
    line.retarget(again.url);
    await rename(again, 0, 'After the backup');
    await here.sync();
    await again.close();
    const restored = await startTrialServer({ dataFolder: backup });
    line.retarget(restored.url);
    // It has even gone on since, past the position that we had seen.
    for (const at of [1, 2, 3]) await rename(restored, at, `Later ${at}`);
    const status = await here.sync();
    expect(status.phase).toBe('idle');
    expect(status.notices.map(({ kind }) => kind).sort()).toEqual(['fieldTampered', 'serverRolledBack']);
    expect(here.record('After the backup')).toMatchObject({ flagged: true });
    expect(here.record('Later 1').name).toBe('Later 1');
    await here.dispose();
    await line.close();
    await restored.close();
    rmSync(backup, { recursive: true, force: true });
  });
});
