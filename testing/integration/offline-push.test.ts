/** What waits goes out, once, in order, past what cannot: real server, real keys, both ways of a sync. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { binFolder, binRecord, discardOperation, putBack } from '../../main/sync/index.ts';
import { HostileStage } from '../hostile/stage.ts';
import { OfflineHand } from './offlinehand.ts';

/** Features that no other server of the protocol has. */
const ownFeatures = [
  'changes',
  'idempotencyKeys',
  'bin',
  'folderMove',
  'revisionPreconditions',
  'attachmentWrites',
  'favorites',
  'itemRevision',
  'offlinePolicy',
  'offlineReads',
];

const ways = [
  ['our own server', []],
  ['a server without a feed', ['changes']],
  ['any other server of the protocol', ownFeatures],
] as const;

describe.each(ways)('%s', (_name, hidden) => {
  let stage: HostileStage;
  let here: OfflineHand;
  beforeAll(async () => {
    stage = await HostileStage.open(hidden);
  });
  afterAll(() => stage.close());
  afterEach(() => stage.clear());

  async function hand(): Promise<OfflineHand> {
    here = new OfflineHand(await stage.syncedDevice());
    return here;
  }
  /** Another device of the same person, freshly pulled. */
  async function elsewhere(): Promise<OfflineHand> {
    return new OfflineHand(await stage.syncedDevice());
  }

  async function idle(who: OfflineHand): Promise<void> {
    expect(await who.device.sync()).toMatchObject({ phase: 'idle', problem: null });
    expect(who.device.incidents).toEqual([]);
  }
  const vault = (who: OfflineHand): string => who.device.record('Router').vaultId ?? '';

  it('gets records and folders made here, with everything in them', async () => {
    const mine = await hand();
    const outer = mine.createFolder(vault(mine), 'Made here');
    const inner = mine.createFolder(vault(mine), 'Inside', outer.id);
    const made = mine.create(
      vault(mine),
      { name: 'Fresh', login: 'me', password: 'drawn', urls: ['https://a.example'] },
      inner.id,
    );
    mine.edit(made.id, { description: 'typed later', customs: [{ name: 'PIN', value: '0000' }] });
    await mine.attach(made.id, 'notes.txt', 'attached here');
    await idle(mine);
    expect(mine.waiting()).toEqual([]);
    const row = mine.device.record('Fresh');
    expect(row.id).toBe(made.id);
    expect(row.serverId).toMatch(/^[0-9a-f]{24}$/);
    expect(mine.device.mirror.bases.record(made.id)).toBeUndefined();
    const theirs = await elsewhere();
    const seen = theirs.device.record('Fresh');
    expect(seen).toMatchObject({ login: 'me', description: 'typed later', urls: ['https://a.example'] });
    expect(theirs.passwordOf(seen)).toBe('drawn');
    expect(theirs.customsOf(seen)).toEqual(['PIN=0000']);
    expect(theirs.device.openRecord(seen).map(({ text }) => text)).toContain('attached here');
    expect(theirs.device.mirror.folders.path(seen.folderId ?? '').map(({ name }) => name)).toEqual([
      'Made here',
      'Inside',
    ]);
    await idle(mine);
    expect(mine.device.record('Fresh').id).toBe(made.id);
  });

  it('gets edits, moves, marks and deletions in their order', async () => {
    const mine = await hand();
    const office = mine.device.mirror.vaults.all().find(({ id }) => id !== vault(mine));
    const made = mine.create(vault(mine), { name: 'Wanderer', password: 'one' });
    await idle(mine);
    mine.edit(made.id, { password: 'two' });
    mine.move(made.id, office?.id ?? '', null);
    mine.edit(made.id, { password: 'three', login: 'there' });
    mine.favourite(made.id, true);
    await idle(mine);
    expect(mine.waiting()).toEqual([]);
    const theirs = await elsewhere();
    const seen = theirs.device.record('Wanderer');
    expect(seen).toMatchObject({ vaultId: office?.id, login: 'there' });
    expect(theirs.passwordOf(seen)).toBe('three');
    binRecord(mine.device.mirror, made.id, Date.now());
    await idle(mine);
    const later = await elsewhere();
    expect(later.device.records().map(({ name }) => name)).not.toContain('Wanderer');
    expect(mine.device.records().map(({ name }) => name)).not.toContain('Wanderer');
    expect(mine.waiting()).toEqual([]);
  });

  it('is sent a creation once, though every answer is cut in turn', async () => {
    for (let at = 0; ; at += 1) {
      const mine = await hand();
      const name = `Cut ${String(at)}`;
      mine.create(vault(mine), { name, password: `secret ${String(at)}` });
      mine.createFolder(vault(mine), `Folder ${name}`);
      stage.proxy.cutAt(at, 'body');
      await mine.device.sync();
      const wasCut = !stage.proxy.cutPending;
      stage.proxy.cutAt(null);
      await idle(mine);
      await idle(mine);
      expect(mine.waiting()).toEqual([]);
      const seen = (await elsewhere()).device;
      expect(seen.records().filter((record) => record.name === name)).toHaveLength(1);
      expect(mine.device.records().filter((record) => record.name === name)).toHaveLength(1);
      const folders = seen.mirror.folders
        .ofVault(vault(mine))
        .filter((folder) => folder.name === `Folder ${name}`);
      expect(folders).toHaveLength(1);
      await stage.clear();
      if (!wasCut) break;
    }
  });

  it('refuses one change, and gets the others', async () => {
    const mine = await hand();
    const bad = mine.create(vault(mine), { name: 'x'.repeat(100_000) });
    mine.edit(bad.id, { login: 'waits behind' });
    const good = mine.create(vault(mine), { name: 'Taken' });
    await idle(mine);
    expect(mine.waiting()).toEqual(['create held badAnswer', 'edit waiting']);
    expect(mine.device.synchroniser.status()).toMatchObject({ waiting: 2, held: 1 });
    expect(mine.device.mirror.records.get(good.id)?.serverId).not.toBe('');
    expect(mine.device.mirror.records.get(bad.id)?.login).toBe('waits behind');
    const [held] = mine.device.mirror.outbox.all();
    discardOperation(mine.device.mirror, held?.id ?? '', Date.now());
    expect([mine.waiting(), mine.device.mirror.records.get(bad.id)]).toEqual([[], null]);
  });

  it('waits when the server is busy, and says so', async () => {
    const mine = await hand();
    mine.edit(mine.device.record('Datenbank').id, { description: 'while busy' });
    stage.proxy.tell(({ request }) => (request.method === 'PATCH' ? { status: 503, json: {} } : undefined));
    expect(await mine.device.sync()).toMatchObject({
      phase: 'offline',
      problem: { code: 'serverBusy' },
      waiting: 1,
    });
    expect(mine.waiting()).toEqual(['edit unanswered']);
    stage.proxy.tell(null);
    await idle(mine);
    expect((await elsewhere()).device.record('Datenbank').description).toBe('while busy');
  });

  it('gets nothing once its mode of encryption has changed; what waits is kept', async () => {
    const mine = await hand();
    mine.edit(mine.device.record('Datenbank').id, { description: 'not for you' });
    stage.proxy.requests.length = 0;
    stage.proxy.tell(({ request, json }) => {
      if (request.path.includes('/changes'))
        Object.assign((json as { account: object }).account, { isClientSideEncryptionEnabled: false });
      if (request.path.includes('/app/settings'))
        Object.assign(json as object, { isClientSideEncryptionEnabled: false });
      return undefined;
    });
    expect(await mine.device.sync()).toMatchObject({
      phase: 'stopped',
      problem: { code: 'encryptionModeChanged' },
    });
    expect(stage.proxy.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    expect(mine.waiting()).toEqual(['edit waiting']);
  });

  it('puts back what was deleted, where it can', async () => {
    const mine = await hand();
    const folder = mine.createFolder(vault(mine), 'Bin me');
    const made = mine.create(vault(mine), { name: 'In the bin', password: 'kept' }, folder.id);
    await idle(mine);
    binFolder(mine.device.mirror, folder.id, Date.now());
    await idle(mine);
    expect((await elsewhere()).device.records().map(({ name }) => name)).not.toContain('In the bin');
    const serverRestores = !hidden.some((name) => name === 'bin');
    if (!serverRestores) {
      expect(() => putBack(mine.device.mirror, folder.id, { at: 1, serverRestores })).toThrow(
        'notRestorable',
      );
      return;
    }
    putBack(mine.device.mirror, folder.id, { at: Date.now(), serverRestores });
    expect(mine.device.mirror.records.get(made.id)?.name).toBe('In the bin');
    await idle(mine);
    expect(mine.waiting()).toEqual([]);
    const theirs = await elsewhere();
    expect(theirs.passwordOf(theirs.device.record('In the bin'))).toBe('kept');
    expect(mine.device.record('In the bin').id).toBe(made.id);
  });
});
