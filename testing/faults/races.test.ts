/**
 * Moments that two devices seldom meet by chance: a request that arrives while its answer is lost and
 * somebody else clears away what it made, and two people who name the same folder at the same time.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeScripted } from '../hostile/answering.ts';
import { FaultStage } from './stage.ts';
import type { Device } from './stage.ts';
import { settle } from './settling.ts';

const [marker, folderMark, mine, theirs] = ['mkr000000amk', 'fdr000000afd', 'zqr000000bqz', 'zqr000000cqz'];
let stage: FaultStage;
let one: Device;
let other: Device;

beforeEach(async () => {
  stage = await FaultStage.open();
  [one, other] = [await stage.device('a'), await stage.device('b')];
});
afterEach(async () => {
  await stage.close();
});

/** The answers of the requests that `isMeant` are lost: they arrive, and nobody hears of it. */
function loseAnswers(device: Device, isMeant: (method: string, path: string) => boolean): void {
  device.proxy.tell(({ request }, response) => {
    if (!isMeant(request.method, request.path)) return undefined;
    response.socket?.destroy();
    return null;
  });
}

/** A folder that both devices know; gives its id on either. */
async function commonFolder(): Promise<{ vaultId: string; here: string; there: string }> {
  const [vaultId] = one.hands.vaultIds();
  const wish = { vaultId: vaultId ?? '', parentId: null, name: `Folder ${folderMark}` };
  const { folderId } = await one.app.ask('editing', 'createFolder', wish);
  await one.sync();
  await other.sync();
  const serverId = one.account.mirror.folders.get(folderId)?.serverId ?? '';
  const there = other.account.mirror.folders.byServerId(serverId)?.id ?? '';
  return { vaultId: wish.vaultId, here: folderId, there };
}

describe('a record that arrived unheard and was deleted with its folder since', () => {
  it.each(['keep', 'drop'] as const)(
    'is asked about, and not made once more: %s',
    { timeout: 120_000 },
    async (decision) => {
      const { vaultId, here, there } = await commonFolder();
      const place = { vaultId, folderId: there };
      await other.app.ask('editing', 'create', { place, fields: { name: 'Made', tags: [marker] } });
      loseAnswers(other, (method, path) => method === 'POST' && path.endsWith('/items'));
      await other.sync();
      expect((await stage.truth()).objects.get(marker)).toBe(1);
      await one.sync();
      await one.app.ask('editing', 'removeFolder', { folderId: here });
      await one.sync();
      other.proxy.tell(null);
      for (let round = 0; round < 3; round += 1) await other.sync();
      expect((await stage.truth()).objects.get(marker)).toBe(1);
      const [conflict] = other.account.mirror.conflicts.all();
      expect(conflict).toMatchObject({ kind: 'deletedThere', name: 'Made' });
      await other.app.ask('conflicts', 'decide', { id: conflict?.id ?? '', decision, place: null });
      await settle([one, other]);
      expect((await stage.truth()).objects.get(marker)).toBe(decision === 'keep' ? 2 : 1);
      expect(other.hands.records().some(({ name }) => name === 'Made')).toBe(decision === 'keep');
    },
  );
});

describe('what was made in a folder that is gone since, and moved out of it before anybody answered', () => {
  const folderMade = 'fdr000000bfd';

  /** Somebody else deletes the folder; the device hears of that, and its requests arrive again. */
  async function clearedAway(folderId: string): Promise<void> {
    await one.sync();
    await one.app.ask('editing', 'removeFolder', { folderId });
    await one.sync();
    other.proxy.tell(null);
    for (let round = 0; round < 3; round += 1) await other.sync();
  }

  it('arrives where it stands, once', { timeout: 120_000 }, async () => {
    const { vaultId, here, there } = await commonFolder();
    const place = { vaultId, folderId: there };
    const { recordId } = await other.app.ask('editing', 'create', {
      place,
      fields: { name: 'Made', tags: [marker] },
    });
    const wish = { vaultId, parentId: there, name: folderMade };
    const { folderId } = await other.app.ask('editing', 'createFolder', wish);
    // As after a kill between the note and the request: neither arrived, and the device cannot know.
    const { outbox } = other.account.mirror;
    for (const { id } of outbox.all()) outbox.tried(id, Date.now());
    await other.app.ask('editing', 'move', { recordIds: [recordId], to: { vaultId, folderId: null } });
    await other.app.ask('editing', 'moveFolder', { folderId, parentId: null });
    await clearedAway(here);
    await settle([one, other]);
    const { objects, values } = await stage.truth();
    expect(objects.get(marker)).toBe(1);
    expect(values.has(folderMade)).toBe(true);
    expect(other.account.mirror.records.get(recordId)).toMatchObject({ folderId: null, name: 'Made' });
  });

  it('is asked about where it had arrived', { timeout: 120_000 }, async () => {
    const { vaultId, here, there } = await commonFolder();
    const place = { vaultId, folderId: there };
    const { recordId } = await other.app.ask('editing', 'create', {
      place,
      fields: { name: 'Made', tags: [marker] },
    });
    loseAnswers(other, (method, path) => method === 'POST' && path.endsWith('/items'));
    await other.sync();
    await other.app.ask('editing', 'move', { recordIds: [recordId], to: { vaultId, folderId: null } });
    await clearedAway(here);
    expect((await stage.truth()).objects.get(marker)).toBe(1);
    expect(other.account.mirror.conflicts.all()).toMatchObject([{ kind: 'deletedThere', name: 'Made' }]);
  });
});

describe('two people who name a folder at the same time', () => {
  it('hear of each other, however close they are', { timeout: 120_000 }, async () => {
    const { here, there } = await commonFolder();
    await one.app.ask('editing', 'renameFolder', { folderId: here, name: `${folderMark} ${mine}` });
    await other.app.ask('editing', 'renameFolder', { folderId: there, name: `${folderMark} ${theirs}` });
    // What the one is told before it sends is told late: the other has sent its own name by then.
    let isHeld = false;
    one.proxy.tell(({ request, status, json }, response) => {
      if (isHeld || !request.path.includes('/changes')) return undefined;
      isHeld = true;
      void other.sync().then(() => writeScripted(response, { status, json }));
      return null;
    });
    await one.sync();
    const names = [mine, theirs];
    const { values } = await stage.truth();
    expect(names.filter((name) => values.has(name))).toEqual([theirs]);
    expect(one.account.mirror.outbox.all()).toMatchObject([
      { change: { kind: 'renameFolder', name: `${folderMark} ${mine}` }, state: 'held' },
    ]);
  });
});
