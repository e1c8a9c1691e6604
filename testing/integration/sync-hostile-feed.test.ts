/** A server that lies in the change feed: it is believed no more than in listings (threat table D3). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { generateVaultKey, wrapVaultKey } from '../../main/keychain/index.ts';
import type { TestDevice } from '../hostile/device.ts';
import * as lie from '../hostile/lies.ts';
import type { Lie } from '../hostile/proxy.ts';
import { HostileStage } from '../hostile/stage.ts';

let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.open();
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

const cursorOf = (device: TestDevice): string | null => device.mirror.syncState.get('changeCursor');

let edits = 0;
/** An honest change, so that the feed has something to tell of the record. */
async function edit(name: string): Promise<string> {
  const record = stage.organisation.records.find((each) => each.name === name);
  if (record === undefined) throw new Error(`There is no record "${name}".`);
  const { id, vaultId } = record;
  await stage.organisation.anna.http.send('PATCH', `/items/${id}`, {
    vaultId,
    description: `edit ${(edits += 1)}`,
  });
  return id;
}

function customsOf(row: lie.Members): lie.Members[] {
  return row['customs'] as lie.Members[];
}

function nudge(wire: unknown): string {
  const text = String(wire);
  const at = text.length - 20;
  return `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`;
}

describe('D3 rows 10 to 12: changed ciphertext in the feed', () => {
  const changes: [string, (row: lie.Members) => void][] = [
    [
      'row 10: the TOTP secret served as the password',
      (row) => void (row['passwordEncrypted'] = customsOf(row)[0]?.['value']),
    ],
    [
      'row 10: two custom values swapped',
      (row) => {
        const [first, second] = customsOf(row);
        if (!first || !second) throw new Error('The record needs two fields.');
        [first['value'], second['value']] = [second['value'], first['value']];
      },
    ],
    [
      'row 12: one character of a ciphertext changed',
      (row) => void (row['passwordEncrypted'] = nudge(row['passwordEncrypted'])),
    ],
    ['row 11: an older revision', (row) => void Object.assign(row, { revision: 0, name: 'Old' })],
  ];

  it.each(changes)('%s is refused and flagged, and mended when it ends', async (_what, change) => {
    const here = await stage.syncedDevice();
    const before = here.record('Router');
    const id = await edit('Router');
    stage.proxy.tell(lie.fedRecord(id, change));
    expect(await here.sync()).toMatchObject({
      phase: 'idle',
      notices: expect.arrayContaining([
        expect.objectContaining({ kind: 'fieldTampered', subject: 'Router', recordId: before.id }),
      ]),
    });
    expect(stage.proxy.requests.map(({ path }) => path.split('?')[0])).toEqual(['/api/v1/changes']);
    expect(here.record('Router')).toEqual({ ...before, flagged: true });
    stage.proxy.tell(null);
    expect((await here.sync()).phase).toBe('idle');
    expect(here.record('Router')).toMatchObject({ description: `edit ${edits}`, flagged: false });
    stage.proxy.requests.length = 0;
    expect((await here.sync()).phase).toBe('idle');
    expect(stage.proxy.requests).toHaveLength(1);
  });

  it.each<[string, (row: lie.Members) => void]>([
    [
      'ciphertext replaced by plaintext',
      (row) => void (row['passwordEncrypted'] = Buffer.from('plain').toString('base64')),
    ],
    ['a record key that is gone', (row) => void (row['keyEncrypted'] = null)],
  ])('row 3: %s stops the sync and moves nothing', async (_what, change) => {
    const here = await stage.syncedDevice();
    const [content, cursor] = [here.content(), cursorOf(here)];
    stage.proxy.tell(lie.fedRecord(await edit('Router'), change));
    expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'encryptionModeChanged' } });
    expect(here.content()).toEqual(content);
    expect(cursorOf(here)).toBe(cursor);
  });
});

describe('D3 row 8: a vault key substituted in the feed', () => {
  it('is not believed: the old key goes on reading, and listings are compared until it ends', async () => {
    const here = await stage.syncedDevice();
    const opened = here.openAll().length;
    const { id } = stage.organisation.servers;
    const wrapped = wrapVaultKey(generateVaultKey(), stage.annaPublic);
    await stage.organisation.anna.http.send('POST', `/vaults/${id}`, { name: 'Renamed' });
    stage.proxy.tell(
      lie.feed((changes) => {
        for (const told of changes)
          if (told['id'] === id) (told['vault'] as lie.Members)['masterKeyEncrypted'] = wrapped;
      }),
    );
    expect(await here.sync()).toMatchObject({
      phase: 'idle',
      notices: [{ kind: 'vaultKeyChanged', subject: 'Renamed' }],
    });
    expect(here.mirror.pins.vaultKey(id)?.trust).toBe('keyChanged');
    expect(here.openAll()).toHaveLength(opened);
    stage.proxy.tell(null);
    await here.sync();
    expect(here.mirror.pins.vaultKey(id)?.trust).toBe('unverified');
    expect(here.openAll()).toHaveLength(opened);
  });
});

describe('a page that contradicts itself', () => {
  const item = (changes: lie.Members[]): lie.Members => {
    const told = changes.find(({ kind }) => kind === 'item');
    if (told === undefined) throw new Error('There is nothing to lie about.');
    return told;
  };
  const stretch = (vaultId: string, after: string | null, rows: unknown[]): lie.Members => ({
    ...{ kind: 'items', vaultId, after, through: null, items: rows },
  });

  it.each<[string, (changes: lie.Members[], page: lie.Members) => void]>([
    ['another id than announced', (changes) => void (item(changes)['id'] = 'f'.repeat(24))],
    [
      'a record of a vault that was never delivered',
      (changes) => void Object.assign(item(changes)['item'] as object, { vaultId: 'f'.repeat(24) }),
    ],
    [
      'a record of a vault in the stretch of another',
      (changes) => void changes.push(stretch(stage.organisation.office.id, null, [item(changes)['item']])),
    ],
    [
      'a record outside its stretch',
      (changes) =>
        void changes.push(stretch(stage.organisation.servers.id, 'f'.repeat(24), [item(changes)['item']])),
    ],
    [
      'a folder of another vault',
      (changes) =>
        void changes.push({
          kind: 'folders',
          vaultId: stage.organisation.servers.id,
          after: null,
          through: null,
          items: [{ id: 'a', name: 'x', vaultId: stage.organisation.office.id }],
        }),
    ],
    [
      'an inbox entry with the id of a record',
      (changes) => {
        const id = item(changes)['id'];
        const inbox = { id, keyEncrypted: null, access: 'read', isViewed: false, sender: null };
        changes.push({ kind: 'inbox', id, inbox: { ...(item(changes)['item'] as object), inbox } });
      },
    ],
    [
      'more to come, but nothing told',
      (changes, page) => {
        changes.length = 0;
        page['hasMore'] = true;
      },
    ],
    ['a kind nobody knows', (changes) => void changes.push({ kind: 'wish', id: 'a' })],
    ['no statement of the account', (_changes, page) => void delete page['account']],
  ])('%s changes nothing', async (_what, change) => {
    const here = await stage.syncedDevice();
    const [content, cursor] = [here.content(), cursorOf(here)];
    await edit('Router');
    stage.proxy.tell(lie.feed(change));
    expect(await here.sync()).toMatchObject({
      phase: 'stopped',
      problem: { code: 'badAnswer' },
      notices: [],
    });
    expect(here.content()).toEqual(content);
    expect(cursorOf(here)).toBe(cursor);
    expect(here.incidents).toEqual([]);
    stage.proxy.tell(null);
    expect((await here.sync()).phase).toBe('idle');
    expect(here.record('Router').description).toBe(`edit ${edits}`);
  });
});

describe('the hash of the master key', () => {
  it('is not given to a feed that demands it before the server was verified anew', async () => {
    const here = await stage.syncedDevice();
    const demanding: Lie = ({ request }) =>
      request.path.startsWith('/api/v1/changes') && request.headers['x-master-key-hash'] === undefined
        ? { status: 401, json: { errors: [{ code: 'masterKeyRequired' }] } }
        : undefined;
    stage.tell(demanding);
    expect((await here.sync()).phase).toBe('idle');
    const seen = stage.proxy.requests;
    const keys = seen.findIndex(({ path }) => path === '/api/v1/users/keys');
    const withHash = seen.findIndex(({ headers }) => headers['x-master-key-hash'] === stage.hash);
    expect(keys).toBeGreaterThan(0);
    expect(withHash).toBeGreaterThan(keys);
    expect(seen[withHash]?.path).toContain('/changes?');
  });
});
