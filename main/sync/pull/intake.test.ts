import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LockedBytes } from '../../custody/index.ts';
import { generateRecordKey, sealEnvelope } from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/model.ts';
import { aRecord, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { Connection, HashGate, parseServerAddress, RemoteClient, TokenKeeper } from '../../remote/index.ts';
import { RecordIntake } from './intake.ts';
import { KnownRecords } from './known.ts';
import { Pace } from '../pace.ts';
import type { PullContext } from '../pullcontext.ts';
import { contentHash } from './rows.ts';

const recordKey = generateRecordKey();
const seal = (text: string): string => sealEnvelope(Buffer.from(text), recordKey);

let here: TestMirror;
let context: PullContext;
let changed: string[][];

beforeEach(() => {
  here = temporaryMirror();
  here.mirror.vaults.upsert(aVault({ id: 'v1' }));
  here.mirror.vaults.upsert(aVault({ id: 'v2' }));
  changed = [];
  const address = parseServerAddress('http://127.0.0.1:9');
  const connection = new Connection({ address, trust: { kind: 'system' } });
  const none = {
    accessToken: '-',
    refreshToken: '-',
    accessTokenExpiredAt: null,
    refreshTokenExpiredAt: null,
  };
  const tokens = new TokenKeeper({ connection, tokens: none, persist: () => undefined });
  context = {
    client: new RemoteClient({ connection, tokens, gate: new HashGate(address) }),
    mirror: here.mirror,
    mode: 'client',
    vaultKeys: null,
    manifestKey: LockedBytes.adopt(randomBytes(32)),
    cacheKey: LockedBytes.adopt(Buffer.alloc(32, 8)),
    files: null,
    givenUpFiles: new Set(),
    features: new Set(),
    pace: new Pace(),
    signal: new AbortController().signal,
    now: () => 1000,
    progress: () => undefined,
    changed: (ids) => changed.push([...(ids ?? [])]),
  };
});
afterEach(async () => {
  await context.client.connection.close();
  here[Symbol.dispose]();
});

function sealed(change: Partial<StoredRecord> = {}): StoredRecord {
  const row = aRecord({
    id: 'r1',
    vaultId: 'v1',
    keyWrapped: seal('k'),
    passwordEncrypted: seal('p'),
    revision: 1,
    ...change,
  });
  return { ...row, contentHash: contentHash({ ...row, contentHash: '' }) };
}

const itself = (record: StoredRecord): StoredRecord => record;

async function intake(): Promise<RecordIntake> {
  return new RecordIntake(context, await KnownRecords.read(here.mirror, context.signal));
}

describe('taking records in', () => {
  it('writes a record with its manifest and tells of it, once', async () => {
    const record = sealed();
    await (await intake()).take([record], itself);
    expect(here.mirror.records.get('r1')).toEqual(record);
    expect(here.mirror.manifest.entries('r1').map(({ field }) => field)).toEqual(['password', 'key']);
    await (await intake()).take([record], itself);
    expect(changed).toEqual([['r1']]);
  });

  it('finds a record that moved to another vault, and judges it by what is remembered of it', async () => {
    const record = sealed();
    await (await intake()).take([record], itself);
    const moved = sealed({ ...record, vaultId: 'v2', revision: 2 });
    await (await intake()).take([moved], itself);
    expect(here.mirror.records.get('r1')).toMatchObject({ vaultId: 'v2', flagged: false });
    const forged = sealed({ ...record, vaultId: 'v1', revision: 3, passwordEncrypted: record.keyWrapped });
    await (await intake()).take([forged], itself);
    expect(here.mirror.records.get('r1')).toMatchObject({ vaultId: 'v2', flagged: true });
  });

  it('passes over what was listed before this device changed the record itself', async () => {
    const listed = sealed();
    await (await intake()).take([listed], itself);
    const running = await intake();
    const own = sealed({ passwordEncrypted: seal('new'), revision: 2 });
    await (await intake()).take([own], itself);
    await running.take([sealed({ ...listed, name: 'listed meanwhile' })], itself);
    expect(here.mirror.records.get('r1')).toEqual(own);
    expect(here.mirror.notices.all()).toEqual([]);
  });

  it('keeps the files that lie here for attachments that stay, and gives up the others', async () => {
    const file = (id: string) => ({
      id,
      name: id,
      serverId: id,
      encryptedKey: seal('k'),
      hash: null,
      size: null,
      localFile: null,
    });
    const [a, b] = [file('a'), file('b')];
    await (await intake()).take([sealed({ attachments: [a, b] })], itself);
    for (const id of ['a', 'b'])
      here.mirror.records.setAttachmentLocal('r1', id, { localFile: `file-${id}`, size: 5 });
    const later = await intake();
    await later.take([sealed({ attachments: [a], revision: 2 })], itself);
    expect(here.mirror.records.get('r1')?.attachments).toMatchObject([
      { id: 'a', localFile: 'file-a', size: 5 },
    ]);
    expect(later.takeOrphans()).toEqual(['file-b']);
    expect(later.takeOrphans()).toEqual([]);
  });

  it('leaves a portion out whole when one of its records is impossible', async () => {
    const clash = { ...sealed({ kind: 'inbox', vaultId: null }), id: 'r1', serverId: 'r1' };
    await (await intake()).take([sealed()], itself);
    const other = sealed({ id: 'r2', serverId: 'r2', itemServerId: 'r2' });
    // A fresh pace begins with portions of four; one that met a slow moment may be down to one.
    context = { ...context, pace: new Pace() };
    await expect((await intake()).take([other, clash], itself)).rejects.toMatchObject({
      code: 'badAnswer',
      params: { reason: 'kind' },
    });
    expect(here.mirror.records.get('r2')).toBeNull();
    expect(here.mirror.records.get('r1')?.kind).toBe('record');
  });

  it('stores a new record that is not encrypted as what it is: unreadable, and says so', async () => {
    const plain = Buffer.from('plain').toString('base64');
    await (await intake()).take([sealed({ passwordEncrypted: plain })], itself);
    expect(here.mirror.records.get('r1')).toMatchObject({ keyWrap: 'vault', passwordEncrypted: plain });
    expect(here.mirror.notices.all()).toMatchObject([{ kind: 'recordUnreadable', recordId: 'r1' }]);
  });

  it('takes more than one portion in, in order and whole', async () => {
    const many = Array.from({ length: 350 }, (_, index) => {
      const id = `r${index}`;
      return sealed({ id, serverId: id, itemServerId: id });
    });
    await (await intake()).take(many, itself);
    expect(changed.flat()).toEqual(many.map(({ id }) => id));
    expect(here.mirror.records.counts().total).toBe(350);
  });

  it('remembers over a restart which records are flagged, and takes the flag off when the lie ends', async () => {
    const record = sealed();
    await (await intake()).take([record], itself);
    await (await intake()).take([sealed({ ...record, revision: 0 })], itself);
    expect(here.mirror.records.get('r1')?.flagged).toBe(true);
    await (await intake()).take([record], itself);
    expect(here.mirror.records.get('r1')).toEqual(record);
  });
});
