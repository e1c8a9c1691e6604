/**
 * What a person does while something of the same record is under way: each is caught between the
 * server's having carried a request out and the device's hearing of it.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { binRecord, discardOperation, pickSides, putBack, resolveFields } from '../../main/sync/index.ts';
import type { StoredRecord } from '../../main/mirror/index.ts';
import { HostileStage } from '../hostile/stage.ts';
import { OfflineHand } from './offlinehand.ts';

const ways = [
  ['by the feed', []],
  ['by listings', ['changes']],
] as const;

describe.each(ways)('%s', (_name, hidden) => {
  let stage: HostileStage;
  let here: OfflineHand;
  let made = 0;
  beforeAll(async () => {
    stage = await HostileStage.open(hidden);
  });
  afterAll(() => stage.close());
  afterEach(() => stage.clear());

  async function idle(who = here): Promise<void> {
    expect(await who.device.sync()).toMatchObject({ phase: 'idle', problem: null });
    expect(who.device.incidents).toEqual([]);
  }
  const vault = (): string => here.device.record('Router').vaultId ?? '';
  const nextName = (): string => `Raced ${String((made += 1))}`;
  async function settledRecord(): Promise<StoredRecord> {
    here = new OfflineHand(await stage.syncedDevice());
    const name = nextName();
    here.create(vault(), { name, login: 'old', password: 'old secret' });
    await idle();
    return here.device.record(name);
  }
  /** Does something once, before the answer to the next request of this kind arrives. */
  function meanwhile(method: string, path: RegExp, act: () => void): () => number {
    let acted = 0;
    stage.proxy.tell(({ request }) => {
      if (request.method === method && path.test(request.path) && acted === 0) {
        acted += 1;
        act();
      }
      return undefined;
    });
    return () => acted;
  }
  /** This device and a fresh one hold the same of a record, once, and nothing waits. */
  async function converged(name: string, face: Record<string, unknown> | null): Promise<void> {
    stage.proxy.tell(null);
    await idle();
    await idle();
    const there = new OfflineHand(await stage.syncedDevice());
    expect([here.waiting(), here.device.mirror.conflicts.all()]).toEqual([[], []]);
    for (const hand of [here, there]) {
      const found = hand.device.records().filter((record) => record.name === name);
      const faces = found.map((record) => ({
        login: record.login,
        password: hand.passwordOf(record),
        files: record.attachments.map((file) => file.name),
      }));
      expect(faces).toMatchObject(face === null ? [] : [face]);
    }
  }

  it('an edit on top of one that is under way goes out as well', async () => {
    const { id, name } = await settledRecord();
    here.edit(id, { password: 'first' });
    const acted = meanwhile('PATCH', /\/items\//, () => here.edit(id, { password: 'second', login: 'new' }));
    await idle();
    expect(acted()).toBe(1);
    await converged(name, { password: 'second', login: 'new' });
  });

  it('an edit of what is just being made', async () => {
    await settledRecord();
    const name = nextName();
    const { id } = here.create(vault(), { name, password: 'first' });
    const acted = meanwhile('POST', /\/items$/, () => here.edit(id, { password: 'second', login: 'new' }));
    await idle();
    expect(acted()).toBe(1);
    await converged(name, { password: 'second', login: 'new' });
  });

  it('a creation given up while it is under way comes back as what the server has', async () => {
    await settledRecord();
    const name = nextName();
    here.create(vault(), { name, login: 'me', password: 'typed' });
    const { outbox } = here.device.mirror;
    const acted = meanwhile('POST', /\/items$/, () => {
      discardOperation(here.device.mirror, outbox.all()[0]?.id ?? '', 1);
    });
    await idle();
    expect(acted()).toBe(1);
    await converged(name, { password: 'typed', login: 'me' });
  });

  it('an edit given up while it is under way', async () => {
    const { id, name } = await settledRecord();
    here.edit(id, { login: 'new' });
    const { mirror } = here.device;
    const acted = meanwhile('PATCH', /\/items\//, () => {
      discardOperation(mirror, mirror.outbox.all()[0]?.id ?? '', 1);
    });
    await idle();
    expect(acted()).toBe(1);
    await converged(name, { login: 'new', password: 'old secret' });
  });

  it('a deletion of what is just being made, and of what just gets a file', async () => {
    await settledRecord();
    const name = nextName();
    const { id } = here.create(vault(), { name, password: 'typed' });
    let acted = meanwhile('POST', /\/items$/, () => binRecord(here.device.mirror, id, 1));
    await idle();
    expect(acted()).toBe(1);
    await converged(name, null);
    putBack(here.device.mirror, id, { at: 2, serverRestores: true });
    await converged(name, { password: 'typed', files: [] });
    await here.attach(id, 'key.pem', 'contents');
    acted = meanwhile('POST', /\/attachments$/, () => binRecord(here.device.mirror, id, 3));
    await idle();
    expect(acted()).toBe(1);
    await converged(name, null);
    putBack(here.device.mirror, id, { at: 4, serverRestores: true });
    await converged(name, { password: 'typed', files: ['key.pem'] });
  });

  it('a decision about what was shown before their side changed once more is not taken', async () => {
    const { id, name } = await settledRecord();
    const there = new OfflineHand(await stage.syncedDevice());
    const thereId = there.device.record(name).id;
    here.edit(id, { password: 'mine' });
    there.edit(thereId, { password: 'theirs' });
    await idle(there);
    await idle();
    const { mirror } = here.device;
    const shown = mirror.conflicts.ofRecord(id);
    expect(shown?.kind).toBe('fields');
    there.edit(thereId, { description: 'beside it' });
    await idle(there);
    await idle();
    expect(mirror.conflicts.ofRecord(id)?.id).toBe(shown?.id);
    there.edit(thereId, { password: 'theirs again' });
    await idle(there);
    await idle();
    if (shown === null) return;
    const chosen = pickSides(mirror, shown, new Map([['password', 'mine']]));
    expect(() => resolveFields(mirror, shown.id, chosen, 1)).toThrow('noSuchConflict');
    const now = mirror.conflicts.ofRecord(id);
    expect(now?.fields).toMatchObject([{ key: 'password' }]);
    if (now === null) return;
    resolveFields(mirror, now.id, pickSides(mirror, now, new Map([['password', 'theirs']])), 2);
    await converged(name, { password: 'theirs again' });
  });
});
