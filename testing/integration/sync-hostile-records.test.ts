/** A server that lies about records, or sends what is made to break the reader (threat table D3). */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sealPassword } from '../../main/keychain/index.ts';
import * as lie from '../hostile/lies.ts';
import type { Lie } from '../hostile/proxy.ts';
import { HostileStage } from '../hostile/stage.ts';

let stage: HostileStage;

beforeAll(async () => {
  stage = await HostileStage.open(['changes']);
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

describe('D3 row 3: a record that is not encrypted any more', () => {
  it('ciphertext replaced by plaintext is refused', async () => {
    const here = await stage.syncedDevice();
    const before = here.record('Router');
    const plain = Buffer.from('plain').toString('base64');
    stage.proxy.tell(lie.record(before.serverId, (row) => void (row['passwordEncrypted'] = plain)));
    expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'encryptionModeChanged' } });
    expect(here.record('Router')).toEqual(before);
  });

  it('a record key that is gone is refused', async () => {
    const here = await stage.syncedDevice();
    const before = here.record('Router');
    stage.proxy.tell(lie.record(before.serverId, (row) => void (row['keyEncrypted'] = null)));
    expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'encryptionModeChanged' } });
    expect(here.record('Router')).toEqual(before);
  });
});

describe('D3 rows 10 to 12: changed ciphertext', () => {
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
    [
      'row 12: a ciphertext cut short',
      (row) => void (row['passwordEncrypted'] = String(row['passwordEncrypted']).slice(0, 71)),
    ],
    [
      'row 11: a counter that is suddenly not there',
      (row) => {
        delete row['revision'];
        delete row['updatedAt'];
        row['name'] = 'Old';
      },
    ],
    [
      'row 11: an older revision',
      (row) => void Object.assign(row, { revision: Number(row['revision']) - 1, name: 'Old' }),
    ],
  ];

  it.each(changes)('%s is refused and flagged, once, and forgotten when it ends', async (_what, change) => {
    const here = await stage.syncedDevice();
    const before = here.record('Router');
    stage.proxy.tell(lie.record(before.serverId, change));
    expect(await here.sync()).toMatchObject({
      phase: 'idle',
      notices: expect.arrayContaining([
        expect.objectContaining({ kind: 'fieldTampered', subject: 'Router', recordId: before.id }),
      ]),
    });
    expect(here.record('Router')).toEqual({ ...before, flagged: true });
    const content = here.content();
    for (const { id } of here.synchroniser.status().notices) here.synchroniser.dismissNotice(id);
    expect((await here.sync()).notices).toEqual([]);
    expect(here.content()).toEqual(content);
    stage.proxy.tell(null);
    await here.sync();
    expect(here.record('Router')).toEqual(before);
  });

  it('row 10: a record that delivers the whole ciphertext of another one is refused', async () => {
    const here = await stage.syncedDevice();
    const router = here.record('Router');
    const door = here.record('Door code');
    stage.proxy.tell(
      lie.record(
        router.serverId,
        (row) =>
          void Object.assign(row, {
            keyEncrypted: door.keyWrapped,
            passwordEncrypted: door.passwordEncrypted,
            customs: door.customs,
            revision: Number(row['revision']) + 1,
          }),
      ),
    );
    expect((await here.sync()).notices).toMatchObject([{ kind: 'fieldTampered', subject: 'Router' }]);
    expect(here.record('Router')).toEqual({ ...router, flagged: true });
  });

  it('row 11: an old password served again after an honest change is refused', async () => {
    const here = await stage.syncedDevice();
    const door = stage.organisation.records.find(({ name }) => name === 'Door code');
    if (!door?.key) throw new Error('The record lacks a key.');
    const old = here.record('Door code');
    const passwordEncrypted = sealPassword(Buffer.from('5678'), door.key);
    await stage.organisation.anna.http.send('PATCH', `/items/${door.id}`, {
      vaultId: door.vaultId,
      passwordEncrypted,
    });
    await here.sync();
    expect(here.record('Door code')).toMatchObject({ passwordEncrypted, flagged: false });
    stage.proxy.tell(
      lie.record(
        door.id,
        (row) =>
          void Object.assign(row, { passwordEncrypted: old.passwordEncrypted, revision: old.revision }),
      ),
    );
    await here.sync();
    expect(here.record('Door code')).toMatchObject({ passwordEncrypted, flagged: true });
  });
});

function customsOf(row: lie.Members): lie.Members[] {
  return row['customs'] as lie.Members[];
}

function nudge(wire: unknown): string {
  const text = String(wire);
  const at = text.length - 20;
  return `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`;
}

describe('D3 row 17: answers made to break the reader', () => {
  const twice = { id: 'a1', name: 'a', encryptedKey: 'amt4cwv48xb6pp1h' };
  const huge = Array.from({ length: 20_001 }, (_, index) => ({ id: `v${index}`, name: 'x' }));
  const endless: Lie = ({ request }, response) => {
    if (request.path !== '/api/v1/vaults') return undefined;
    response.writeHead(200, { 'content-type': 'application/json' });
    const piece = Buffer.alloc(1024 * 1024, 0x20);
    const pour = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on('drain', pour);
    pour();
    return null;
  };
  const raw = (text: string): Lie => lie.answering('/vaults', { raw: Buffer.from(text) });

  it.each<[string, Lie]>([
    ['an endless body', endless],
    ['a list of 20,001 vaults', lie.answering('/vaults', { json: { items: huge } })],
    ['JSON nested a million deep', raw('{"items":'.padEnd(1_000_000, '['))],
    ['a prototype in a vault', raw('{"items":[{"id":"a","__proto__":{"polluted":true}}]}')],
    ['a constructor beside the list', raw('{"items":[],"constructor":{"prototype":{"polluted":true}}}')],
    [
      'another type of content',
      lie.answering('/vaults', { raw: Buffer.from('{"items":[]}'), contentType: 'text/html' }),
    ],
    ['half a JSON text', raw('{"items":[')],
    ['nothing at all', raw('')],
    ['a list that is none', lie.answering('/vaults', { json: { items: 'all' } })],
    ['an id that is a path', lie.answering('/vaults', { json: { items: [{ id: '../../x', name: '' }] } })],
    [
      'the same vault twice',
      lie.changing('/vaults', (json) => void (json['items'] = [...lie.rowsOf(json), ...lie.rowsOf(json)])),
    ],
    [
      'a record with the same attachment twice',
      lie.changing('/items', (json) => {
        for (const row of lie.rowsOf(json)) row['attachments'] = [twice, twice];
      }),
    ],
    [
      'a folder of another vault',
      lie.changing('/folders', (json) => lie.rowsOf(json).forEach((row) => void (row['vaultId'] = 'other'))),
    ],
    [
      'a record of another vault',
      lie.changing('/items', (json) => lie.rowsOf(json).forEach((row) => void (row['vaultId'] = 'other'))),
    ],
  ])('%s changes nothing', async (_what, told) => {
    const here = await stage.syncedDevice();
    const content = here.content();
    stage.proxy.tell(told);
    expect(await here.sync()).toMatchObject({
      phase: 'stopped',
      problem: { code: 'badAnswer' },
      notices: [],
    });
    expect(here.content()).toEqual(content);
    expect(here.incidents).toEqual([]);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });

  it('an inbox entry that takes the id of a record does not replace it', async () => {
    const here = await stage.syncedDevice();
    const router = here.record('Router');
    stage.proxy.tell(
      lie.changing('/inbox-items', (json) => {
        for (const row of lie.rowsOf(json)) (row['inbox'] as lie.Members)['id'] = router.id;
      }),
    );
    expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'badAnswer' } });
    expect(here.record('Router')).toEqual(router);
  });
});
