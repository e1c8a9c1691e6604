/** Changed here and changed there: every outcome, by the feed and by listings, with real keys. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generateRecordKey, sealPassword, sealRecordKey } from '../../main/keychain/index.ts';
import {
  binFolder,
  binRecord,
  decide,
  openTyped,
  pickSides,
  resolveFields,
  retryOperations,
} from '../../main/sync/index.ts';
import { LockedBytes } from '../../main/custody/index.ts';
import { HostileStage } from '../hostile/stage.ts';
import { OfflineHand } from './offlinehand.ts';

const ways = [
  ['by the feed', []],
  ['by listings', ['changes']],
] as const;
const options = { at: 1_800_000_000_000, serverRestores: true };

describe.each(ways)('%s', (_name, hidden) => {
  let stage: HostileStage;
  let mine: OfflineHand;
  let theirs: OfflineHand;
  beforeAll(async () => {
    stage = await HostileStage.open(hidden);
  });
  afterAll(() => stage.close());
  afterEach(() => stage.clear());

  async function idle(who: OfflineHand): Promise<void> {
    expect(await who.device.sync()).toMatchObject({ phase: 'idle', problem: null });
    expect(who.device.incidents).toEqual([]);
  }
  let made = 0;
  /** Two devices that both have a new record. */
  async function both(): Promise<string> {
    mine = new OfflineHand(await stage.syncedDevice());
    const name = `Shared ${String((made += 1))}`;
    mine.create(mine.device.record('Router').vaultId ?? '', {
      ...{ name, login: 'old', password: 'old secret', description: 'old' },
      customs: [{ name: 'PIN', value: '1' }],
    });
    await idle(mine);
    theirs = new OfflineHand(await stage.syncedDevice());
    return name;
  }
  const here = (name: string): string => mine.device.record(name).id;
  const there = (name: string): string => theirs.device.record(name).id;
  const conflictOf = (name: string) => mine.device.mirror.conflicts.ofRecord(here(name));
  async function settle(): Promise<void> {
    await idle(theirs);
    await idle(mine);
  }
  /** Both have the same, and nothing waits. */
  async function converged(name: string): Promise<void> {
    await idle(mine);
    await settle();
    expect(mine.waiting()).toEqual([]);
    expect(mine.device.mirror.conflicts.count()).toBe(0);
    expect(mine.device.mirror.bases.record(here(name))).toBeUndefined();
    const face = (hand: OfflineHand) => {
      const record = hand.device.record(name);
      const { login, description, urls, tags, revision, favourite } = record;
      return {
        login,
        description,
        urls,
        tags,
        revision,
        favourite,
        password: hand.passwordOf(record),
        customs: hand.customsOf(record),
      };
    };
    expect(face(mine)).toEqual(face(theirs));
  }

  it('different fields are merged', async () => {
    const name = await both();
    mine.edit(here(name), { login: 'mine', password: 'my secret' });
    theirs.edit(there(name), { description: 'theirs', customs: [{ name: 'PIN', value: '2' }] });
    await settle();
    await converged(name);
    expect(mine.device.record(name)).toMatchObject({ login: 'mine', description: 'theirs' });
    expect([mine.passwordOf(mine.device.record(name)), ...mine.customsOf(mine.device.record(name))]).toEqual([
      'my secret',
      'PIN=2',
    ]);
  });

  it.each(['mine', 'theirs'] as const)('the same field is kept twice until %s is picked', async (pick) => {
    const name = await both();
    mine.edit(here(name), { login: 'mine', password: 'my secret' });
    theirs.edit(there(name), { password: 'their secret' });
    await settle();
    expect(mine.device.record(name).login).toBe('mine');
    expect(mine.passwordOf(mine.device.record(name))).toBe('my secret');
    expect(mine.waiting()).toEqual([]);
    theirs.edit(there(name), { description: 'and more' });
    await settle();
    const conflict = conflictOf(name);
    expect(conflict).toMatchObject({ kind: 'fields', fields: [{ key: 'password' }] });
    expect(mine.device.record(name).description).toBe('and more');
    await idle(theirs);
    expect(theirs.device.record(name).login).toBe('mine');
    expect(theirs.passwordOf(theirs.device.record(name))).toBe('their secret');
    if (conflict === null) return;
    const resolved = pickSides(mine.device.mirror, conflict, new Map([['password', pick]]));
    resolveFields(mine.device.mirror, conflict.id, resolved, options.at);
    await converged(name);
    expect(theirs.passwordOf(theirs.device.record(name))).toBe(
      pick === 'mine' ? 'my secret' : 'their secret',
    );
  });

  it('what is in conflict is not sent, even if it is typed again', async () => {
    const name = await both();
    mine.edit(here(name), { login: 'mine' });
    theirs.edit(there(name), { login: 'theirs' });
    await settle();
    mine.edit(here(name), { login: 'mine again', description: 'goes out' });
    await idle(mine);
    await idle(theirs);
    expect(theirs.device.record(name)).toMatchObject({ login: 'theirs', description: 'goes out' });
    expect(mine.device.record(name).login).toBe('mine again');
    expect(conflictOf(name)?.fields).toMatchObject([
      { key: 'login', sides: { ancestor: 'old', mine: 'mine again', theirs: 'theirs' } },
    ]);
  });

  it.each(['keep', 'drop'] as const)('edited here and deleted there: %s', async (decision) => {
    const name = await both();
    mine.edit(here(name), { password: 'my secret' });
    binRecord(theirs.device.mirror, there(name), 1);
    await settle();
    expect(mine.passwordOf(mine.device.record(name))).toBe('my secret');
    expect(mine.waiting()).toEqual(['edit undecided']);
    const conflict = conflictOf(name);
    expect(conflict).toMatchObject({ kind: 'deletedThere', fields: [{ key: 'password' }] });
    await idle(mine);
    decide(mine.device.mirror, conflict?.id ?? '', { ...options, decision });
    await settle();
    expect([mine.waiting(), mine.device.mirror.conflicts.count()]).toEqual([[], 0]);
    await idle(theirs);
    const names = theirs.device.records().map((record) => record.name);
    expect(names.includes(name)).toBe(decision === 'keep');
    expect(mine.device.records().some((record) => record.name === name)).toBe(decision === 'keep');
    if (decision === 'keep') expect(theirs.passwordOf(theirs.device.record(name))).toBe('my secret');
  });

  it.each(['keep', 'drop'] as const)('deleted here and edited there: %s', async (decision) => {
    const name = await both();
    binRecord(mine.device.mirror, here(name), 1);
    theirs.edit(there(name), { password: 'their secret' });
    await settle();
    expect(mine.passwordOf(mine.device.record(name))).toBe('their secret');
    expect(mine.waiting()).toEqual(['remove undecided']);
    const conflict = conflictOf(name);
    expect(conflict?.kind).toBe('changedThere');
    decide(mine.device.mirror, conflict?.id ?? '', { ...options, decision });
    await idle(mine);
    await idle(theirs);
    expect([mine.waiting(), mine.device.mirror.conflicts.count()]).toEqual([[], 0]);
    expect(theirs.device.records().some((record) => record.name === name)).toBe(decision === 'keep');
  });

  it('deleted on both sides is settled; a mark on what is gone is dropped', async () => {
    const name = await both();
    binRecord(mine.device.mirror, here(name), 1);
    binRecord(theirs.device.mirror, there(name), 1);
    await settle();
    expect([mine.waiting(), mine.device.mirror.conflicts.count()]).toEqual([[], 0]);
    const marked = await both();
    mine.favourite(here(marked), true);
    binRecord(theirs.device.mirror, there(marked), 1);
    await settle();
    expect([mine.waiting(), mine.device.mirror.conflicts.count()]).toEqual([[], 0]);
    expect(mine.device.records().some((record) => record.name === marked)).toBe(false);
  });

  it('what was made in a folder that is deleted there goes up, and a person is told', async () => {
    const name = await both();
    const vaultId = mine.device.record(name).vaultId ?? '';
    mine.createFolder(vaultId, `Doomed ${name}`);
    await idle(mine);
    await idle(theirs);
    const fresh = mine.create(
      vaultId,
      { name: `In ${name}`, password: 'typed' },
      mine.folder(`Doomed ${name}`).id,
    );
    binFolder(theirs.device.mirror, theirs.folder(`Doomed ${name}`).id, 1);
    await settle();
    await idle(mine);
    expect(mine.device.mirror.records.get(fresh.id)).toMatchObject({ folderId: null, name: `In ${name}` });
    expect(mine.device.synchroniser.status().notices).toMatchObject([
      { kind: 'placeGone', subject: `In ${name}` },
    ]);
    expect(mine.waiting()).toEqual([]);
    await idle(theirs);
    expect(theirs.passwordOf(theirs.device.record(`In ${name}`))).toBe('typed');
  });

  it('a folder renamed on both sides keeps theirs, and mine is held until it is tried again', async () => {
    const name = await both();
    const vaultId = mine.device.record(name).vaultId ?? '';
    const { id } = mine.createFolder(vaultId, `F ${name}`);
    await idle(mine);
    await idle(theirs);
    mine.renameFolder(id, `Mine ${name}`);
    theirs.renameFolder(theirs.folder(`F ${name}`).id, `Theirs ${name}`);
    await settle();
    expect(mine.waiting()).toEqual(['renameFolder held changedMeanwhile']);
    expect(mine.device.mirror.folders.get(id)?.name).toBe(`Theirs ${name}`);
    await idle(mine);
    expect(mine.waiting()).toEqual(['renameFolder held changedMeanwhile']);
    retryOperations(mine.device.mirror, null);
    expect(mine.device.mirror.folders.get(id)?.name).toBe(`Mine ${name}`);
    await settle();
    await idle(theirs);
    expect([mine.waiting(), theirs.folder(`Mine ${name}`).serverId]).toEqual([
      [],
      mine.device.mirror.folders.get(id)?.serverId,
    ]);
  });

  it('two moves that would close a ring: mine is taken back and held', async () => {
    const name = await both();
    const vaultId = mine.device.record(name).vaultId ?? '';
    const [one, two] = [mine.createFolder(vaultId, `One ${name}`), mine.createFolder(vaultId, `Two ${name}`)];
    await idle(mine);
    await idle(theirs);
    mine.moveFolder(one.id, two.id);
    theirs.moveFolder(theirs.folder(`Two ${name}`).id, theirs.folder(`One ${name}`).id);
    await settle();
    expect(mine.waiting()).toEqual(['moveFolder held folderIntoItself']);
    expect(mine.device.mirror.folders.get(one.id)?.parentId).toBeNull();
    expect(mine.device.mirror.folders.get(two.id)?.parentId).toBe(one.id);
  });

  it('a folder deleted here in which somebody works there stands again', async () => {
    const name = await both();
    const vaultId = mine.device.record(name).vaultId ?? '';
    const folder = mine.createFolder(vaultId, `Busy ${name}`);
    const inside = mine.create(vaultId, { name: `Inside ${name}`, password: 'one' }, folder.id);
    await idle(mine);
    await idle(theirs);
    binFolder(mine.device.mirror, folder.id, 1);
    theirs.edit(there(`Inside ${name}`), { password: 'two' });
    await settle();
    expect(mine.passwordOf(mine.device.record(`Inside ${name}`))).toBe('two');
    expect(mine.device.mirror.records.get(inside.id)?.folderId).toBe(folder.id);
    expect(mine.waiting()).toEqual(['removeFolder held changedMeanwhile']);
  });

  it('a record under a new key there: what was typed here is encrypted anew', async () => {
    const name = await both();
    mine.edit(here(name), { password: 'my secret' });
    const { serverId, vaultId } = mine.device.record(name);
    const key = generateRecordKey();
    const vaultKey = mine.device.vaultKeys?.keyOf(vaultId ?? '');
    if (vaultKey === undefined) throw new Error('There is no vault key.');
    await stage.organisation.anna.http.send('PATCH', `/items/${serverId}`, {
      vaultId,
      keyEncrypted: sealRecordKey(key, vaultKey),
      passwordEncrypted: sealPassword(Buffer.from('old secret'), key),
      customs: [],
      login: 'rekeyed',
    });
    await idle(mine);
    await converged(name);
    expect(theirs.passwordOf(theirs.device.record(name))).toBe('my secret');
    expect(theirs.device.record(name).login).toBe('rekeyed');
  });

  it('a vault that is lost leaves what was typed, sealed, and nothing else', async () => {
    const account = await stage.enrol();
    mine = new OfflineHand(stage.device(account));
    await idle(mine);
    const lost = mine.device.record('Router').vaultId ?? '';
    mine.edit(here('Router'), { password: 'typed before the loss' });
    const fresh = mine.create(lost, { name: 'Never sent', password: 'also typed' });
    await mine.attach(fresh.id, 'file.txt', 'contents');
    const isLost = ({ id }: { id: string }): boolean => id !== lost;
    stage.proxy.tell(({ request, json }) => {
      const body = json as { items?: { id: string }[]; changes?: object[] };
      if (request.path.endsWith('/vaults') && body.items) body.items = body.items.filter(isLost);
      if (request.path.includes('/changes') && body.changes) {
        body.changes = [{ kind: 'vault', id: lost, isWhole: false, vault: null }];
        Object.assign(body, { cursor: 'moved', hasMore: false });
      }
      return request.path.includes('/bin') ? { status: 200, json: { items: [], total: 0 } } : undefined;
    });
    await mine.device.sync();
    stage.proxy.tell(null);
    expect(mine.device.mirror.vaults.get(lost)).toBeNull();
    expect(mine.waiting()).toEqual([]);
    const cacheKey = LockedBytes.adopt(Buffer.alloc(32, 3));
    const typed = mine.device.mirror.conflicts.all().map(({ id, kind, name, vaultName }) => {
      expect([kind, vaultName]).toEqual(['vaultLost', stage.organisation.servers.name]);
      return [name, openTyped(mine.device.mirror, cacheKey, id)] as const;
    });
    expect(Object.fromEntries(typed)).toMatchObject({
      Router: { password: 'typed before the loss', customs: [], files: [] },
      'Never sent': { name: 'Never sent', password: 'also typed', files: [{ name: 'file.txt' }] },
    });
  });
});
