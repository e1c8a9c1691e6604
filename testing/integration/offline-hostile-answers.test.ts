/**
 * A server that lies in its answers to what waits, or while something waits: no value that was
 * typed here may be lost by it, and none may go where it does not belong.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { binFolder, binRecord, putBack } from '../../main/sync/index.ts';
import type { StoredRecord } from '../../main/mirror/index.ts';
import * as lie from '../hostile/lies.ts';
import type { Lie } from '../hostile/proxy.ts';
import { HostileStage } from '../hostile/stage.ts';
import { OfflineHand } from './offlinehand.ts';

const ways = [
  ['by the feed', []],
  ['by listings', ['changes']],
] as const;

/** Changes the answers to requests of one method whose path begins so. */
function answersTo(method: string, path: RegExp, change: (json: lie.Members) => void): Lie {
  return ({ request, status, json }) => {
    if (request.method === method && path.test(request.path) && status === 200) change(json as lie.Members);
    return undefined;
  };
}

/** Every record that is delivered, whichever way. */
function everyItem(change: (item: lie.Members) => void): Lie {
  return lie.together(
    lie.feed((changes) => {
      for (const told of changes) {
        if (told['kind'] === 'item' && told['item']) change(told['item'] as lie.Members);
        if (told['kind'] === 'items') for (const item of told['items'] as lie.Members[]) change(item);
      }
    }),
    lie.changing('/items', (json) => lie.rowsOf(json).forEach(change)),
  );
}

describe.each(ways)('%s', (_name, hidden) => {
  let stage: HostileStage;
  let here: OfflineHand;
  let made = 0;
  beforeAll(async () => {
    stage = await HostileStage.open(hidden);
  });
  afterAll(() => stage.close());
  afterEach(() => stage.clear());

  async function idle(): Promise<void> {
    expect(await here.device.sync()).toMatchObject({ phase: 'idle', problem: null });
    expect(here.device.incidents).toEqual([]);
  }
  /** A synced device with a record of its own that the server has. */
  async function settledRecord(): Promise<StoredRecord> {
    here = new OfflineHand(await stage.syncedDevice());
    const name = `Own ${String((made += 1))}`;
    here.create(vault(), { name, password: 'old secret', customs: [{ name: 'PIN', value: '1' }] });
    await idle();
    return here.device.record(name);
  }
  const vault = (): string => here.device.record('Router').vaultId ?? '';
  /** As it stands in the lists, or in the bin, from where it can be put back. */
  const password = (id: string): string => {
    const { records, bin } = here.device.mirror;
    const record = records.get(id) ?? bin.get(id)?.record ?? null;
    return record === null ? 'no record' : here.passwordOf(record);
  };

  it('a creation answered with the id of another record leaves both as they are', async () => {
    const other = await settledRecord();
    const fresh = here.create(vault(), { name: 'Fresh', password: 'typed' });
    stage.proxy.tell(
      answersTo('POST', /\/items$/, (json) => {
        json['id'] = other.serverId;
      }),
    );
    await here.device.sync();
    await here.device.sync();
    expect(here.device.incidents).toEqual([]);
    expect([password(fresh.id), password(other.id)]).toEqual(['typed', 'old secret']);
    stage.proxy.tell(null);
    await idle();
    await idle();
    expect(here.waiting()).toEqual([]);
    expect([password(fresh.id), password(other.id)]).toEqual(['typed', 'old secret']);
    expect(here.device.records().filter(({ name }) => name === 'Fresh')).toHaveLength(1);
  });

  it('an edit answered as done, uncounted, and the old record served again: mine stays', async () => {
    const { id, revision } = await settledRecord();
    here.edit(id, { password: 'typed' });
    const before = here.device.mirror.bases.record(id);
    const back = (item: lie.Members): void => {
      if (item['id'] !== before?.serverId) return;
      Object.assign(item, { passwordEncrypted: before?.passwordEncrypted, revision });
    };
    stage.proxy.tell(
      lie.together(
        answersTo('PATCH', /\/items\//, (json) => {
          json['revision'] = revision;
        }),
        everyItem(back),
      ),
    );
    await here.device.sync();
    await here.device.sync();
    expect(here.device.incidents).toEqual([]);
    expect(password(id)).toBe('typed');
    expect(here.device.mirror.records.get(id)?.flagged).toBe(true);
  });

  it('a record made here, not answered, and delivered with its secrets in other places is not taken', async () => {
    await settledRecord();
    const name = `Swapped ${String((made += 1))}`;
    const fresh = here.create(vault(), {
      name,
      password: 'typed',
      customs: [{ name: 'PIN', value: 'the PIN' }],
    });
    let isAnswered = false;
    const swap = everyItem((item) => {
      if (item['name'] !== name) return;
      const [custom] = item['customs'] as lie.Members[];
      if (custom === undefined || item['passwordEncrypted'] === custom['value']) return;
      item['passwordEncrypted'] = custom['value'];
    });
    stage.proxy.tell((answer, response) => {
      if (answer.request.method === 'POST' && answer.request.path.endsWith('/items') && !isAnswered) {
        isAnswered = true;
        response.socket?.destroy();
        return null;
      }
      return swap(answer, response);
    });
    await here.device.sync();
    await here.device.sync();
    expect(isAnswered).toBe(true);
    expect(password(fresh.id)).toBe('typed');
    expect(here.device.synchroniser.status().notices.map(({ kind }) => kind)).toContain('fieldTampered');
    stage.proxy.tell(null);
    await idle();
    await idle();
    expect(here.waiting()).toEqual([]);
    expect(here.device.records().filter((record) => record.name === name)).toMatchObject([
      { flagged: false },
    ]);
    expect(password(fresh.id)).toBe('typed');
  });

  it('a restoration that puts back something else is not taken for done', async () => {
    const one = await settledRecord();
    const other = here.device.record('Router');
    binRecord(here.device.mirror, one.id, 1);
    await idle();
    expect(here.device.mirror.bin.get(one.id)?.binItemId).toBeTruthy();
    putBack(here.device.mirror, one.id, { at: 2, serverRestores: true });
    stage.proxy.tell(
      answersTo('POST', /\/restore$/, (json) => {
        json['id'] = other.serverId;
      }),
    );
    await here.device.sync();
    expect(password(one.id)).toBe('old secret');
    expect(here.waiting()).toEqual(['restore unanswered']);
    stage.proxy.tell(null);
    await idle();
    await idle();
    expect(here.waiting()).toEqual([]);
    expect(password(one.id)).toBe('old secret');
  });

  it('a folder answered under the id of another one leaves both', async () => {
    await settledRecord();
    const [one, other] = [`One ${String(made)}`, `Other ${String(made)}`];
    here.createFolder(vault(), one);
    await idle();
    here.createFolder(vault(), other);
    stage.proxy.tell(
      answersTo('POST', /\/folders$/, (json) => {
        json['id'] = here.folder(one).serverId;
      }),
    );
    await here.device.sync();
    expect([here.folder(one).name, here.folder(other).name]).toEqual([one, other]);
    stage.proxy.tell(null);
    await idle();
    await idle();
    expect(here.waiting()).toEqual([]);
    expect(here.folder(other).serverId).not.toBe(here.folder(one).serverId);
  });

  it('a ring of folders ends nothing, and what is made in it stays', async () => {
    await settledRecord();
    const outer = here.createFolder(vault(), `Ring ${String(made)}`);
    here.createFolder(vault(), `Inside ${String(made)}`, outer.id);
    await idle();
    const [top, inside] = [here.folder(`Ring ${String(made)}`), here.folder(`Inside ${String(made)}`)];
    const close = (folder: lie.Members): void => {
      if (folder['id'] === top.serverId) folder['parentFolderId'] = inside.serverId;
    };
    stage.proxy.tell(
      lie.together(
        lie.changing('/folders', (json) => lie.rowsOf(json).forEach(close)),
        lie.feed((changes) => {
          for (const told of changes) {
            if (told['kind'] === 'folder' && told['folder']) close(told['folder'] as lie.Members);
            if (told['kind'] === 'folders') (told['items'] as lie.Members[]).forEach(close);
          }
        }),
      ),
    );
    here.renameFolder(top.id, `Ring renamed ${String(made)}`);
    const within = here.create(vault(), { name: `Within ${String(made)}`, password: 'typed' }, inside.id);
    await here.device.sync();
    await here.device.sync();
    expect(here.device.incidents).toEqual([]);
    binFolder(here.device.mirror, inside.id, 3);
    putBack(here.device.mirror, inside.id, { at: 4, serverRestores: true });
    expect(password(within.id)).toBe('typed');
  });

  it('a bin entry for a record that lives takes nothing that was typed', async () => {
    const record = await settledRecord();
    here.edit(record.id, { password: 'typed' });
    const binned = { binItemId: 'forgedEntry', deletedAt: 1_700_000_000 };
    stage.proxy.tell(
      lie.together(
        lie.feed((changes) => {
          const item = { ...told(record), ...binned, isDeleted: true };
          changes.push({ kind: 'item', id: record.serverId, item });
        }),
        lie.changing('/bin', (json) => {
          const item = { ...told(record), isDeleted: true };
          lie.rowsOf(json).push({ ...binned, kind: 'item', vaultId: vault(), item, folder: null });
        }),
      ),
    );
    await here.device.sync();
    expect(here.device.incidents).toEqual([]);
    expect(password(record.id)).toBe('typed');
    stage.proxy.tell(null);
    await here.device.sync();
    await here.device.sync();
    expect(password(record.id)).toBe('typed');
  });

  /** A record as this server would tell it. */
  function told({ serverId, name, keyWrapped, passwordEncrypted, revision }: StoredRecord): lie.Members {
    const item = { id: serverId, vaultId: vault(), folderId: null, name, login: '', url: '', urls: [] };
    return { ...item, keyEncrypted: keyWrapped, passwordEncrypted, customs: [], revision };
  }
});
