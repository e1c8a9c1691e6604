import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  generateRecordKey,
  generateVaultKey,
  openRecordKey,
  sealRecordKey,
  type RecordKey,
} from '../../keychain/index.ts';
import type { Mirror, OutboxOperation, StoredRecord } from '../../mirror/index.ts';
import { aRecord, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { allFieldsOf } from '../outbox/pending.ts';
import { rewrapVault } from './rewrapping.ts';

const from = generateVaultKey();
const to = generateVaultKey();
const other = generateVaultKey();
const keys = new Map<string, RecordKey>();

function sealed(id: string, change: Partial<StoredRecord> = {}, key = from): StoredRecord {
  const recordKey = generateRecordKey();
  keys.set(id, recordKey);
  return aRecord({ id, vaultId: 'v', ...change, keyWrapped: sealRecordKey(recordKey, key) });
}

let here: TestMirror;
let mirror: Mirror;
beforeEach(() => {
  here = temporaryMirror();
  mirror = here.mirror;
  for (const id of ['v', 'w']) mirror.vaults.upsert(aVault({ id }));
});
afterEach(() => here[Symbol.dispose]());

const rewrap = (): void => mirror.transaction(() => rewrapVault(mirror, { vaultId: 'v', from, to }));
const expectUnderNew = (id: string, wrap: string | null | undefined): void => {
  expect(openRecordKey(wrap ?? '', to)).toEqual(keys.get(id));
  expect(() => openRecordKey(wrap ?? '', from)).toThrow();
};

function waitingCreation(record: StoredRecord): OutboxOperation {
  mirror.bases.putRecord(record.id, null);
  return mirror.outbox.add({
    ...{ object: 'record', objectId: record.id, name: record.name, at: 1 },
    change: {
      ...{ kind: 'create', place: { vaultId: 'v', folderId: null } },
      ...{ keyWrapped: record.keyWrapped, fields: allFieldsOf(record) },
    },
  });
}
const wrapOf = (operation: OutboxOperation): string | null => {
  const now = mirror.outbox.ofObject('record', operation.objectId)[0];
  return now?.change.kind === 'create' ? now.change.keyWrapped : null;
};

describe('what lies here under a former vault key', () => {
  it('comes under the new one: records, shortcuts, bases, former states, the bin', () => {
    const record = sealed('r');
    const shortcut = sealed('s', { kind: 'shortcut' });
    const binned = sealed('b');
    mirror.records.upsertMany([record, shortcut]);
    mirror.bases.putRecord('r', record);
    mirror.outbox.add({
      ...{ object: 'record', objectId: 'r', name: 'r', at: 1 },
      change: { kind: 'edit', fields: { name: 'n' } },
    });
    const state = { id: 'old', at: 1, by: '', files: [], ...allFieldsOf(record) };
    mirror.revisions.replace('r', [{ ...state, keyWrapped: record.keyWrapped }], 5);
    mirror.bin.put({
      ...{ id: 'b', kind: 'record', serverId: 'b', vaultId: 'v', name: 'b', deletedAt: 1, under: null },
      ...{ record: binned, folder: null, binItemId: null, place: [] },
    });
    rewrap();
    expectUnderNew('r', mirror.records.get('r')?.keyWrapped);
    expectUnderNew('s', mirror.records.get('s')?.keyWrapped);
    expectUnderNew('r', mirror.bases.record('r')?.keyWrapped);
    expectUnderNew('r', mirror.revisions.list('r')[0]?.keyWrapped);
    expectUnderNew('b', mirror.bin.get('b')?.record?.keyWrapped);
    expect(mirror.records.get('r')).toEqual({ ...record, keyWrapped: mirror.records.get('r')?.keyWrapped });
    expect(mirror.revisions.readAt('r')).toBe(5);
  });

  it('lets a key that stands at two records stand at both afterwards', () => {
    const one = sealed('one');
    const decoy = { ...sealed('decoy'), keyWrapped: one.keyWrapped };
    mirror.records.upsertMany([one, decoy, sealed('apart')]);
    rewrap();
    const wrap = mirror.records.get('one')?.keyWrapped ?? '';
    expect(wrap).not.toBe(one.keyWrapped);
    expect(mirror.records.isKeyOfAnother(wrap, one.itemServerId)).toBe(true);
    const apart = mirror.records.get('apart');
    expect(mirror.records.isKeyOfAnother(apart?.keyWrapped ?? '', apart?.itemServerId ?? '')).toBe(false);
  });

  it('leaves other vaults, inbox entries and what never opened as they are', () => {
    const elsewhere = sealed('e', { vaultId: 'w' });
    const inbox = sealed('i', { kind: 'inbox', vaultId: null, keyWrap: 'rsa' });
    const strange = sealed('x', {}, other);
    mirror.records.upsertMany([elsewhere, inbox, strange]);
    rewrap();
    for (const record of [elsewhere, inbox, strange]) expect(mirror.records.get(record.id)).toEqual(record);
  });
});

describe('what waits in the outbox', () => {
  it('goes out under the new key, and is let go where the key had held it', () => {
    const record = sealed('made', { serverId: '', itemServerId: '' });
    mirror.records.upsertMany([record]);
    const operation = waitingCreation(record);
    mirror.outbox.tried(operation.id, 2);
    mirror.outbox.setState(operation.id, 'held', { code: 'vaultKeyChanged', params: {} });
    rewrap();
    const [now] = mirror.outbox.all();
    expectUnderNew('made', wrapOf(operation));
    expect(now).toMatchObject({ state: 'waiting', problem: null });
    expect(now?.id).not.toBe(operation.id);
  });

  it('stays what it was where it may have arrived: a repeat is the same request', () => {
    const record = sealed('sent', { serverId: '', itemServerId: '' });
    mirror.records.upsertMany([record]);
    const operation = waitingCreation(record);
    mirror.outbox.tried(operation.id, 2);
    rewrap();
    expect(wrapOf(operation)).toBe(record.keyWrapped);
    expect(mirror.outbox.get(operation.id)?.state).toBe('unanswered');
    expectUnderNew('sent', mirror.records.get('sent')?.keyWrapped);
  });

  it('held for another reason stays held', () => {
    const record = sealed('held', { serverId: '', itemServerId: '' });
    mirror.records.upsertMany([record]);
    const operation = waitingCreation(record);
    mirror.outbox.setState(operation.id, 'held', { code: 'forbidden', params: {} });
    rewrap();
    expect(mirror.outbox.get(operation.id)).toMatchObject({ state: 'held', problem: { code: 'forbidden' } });
    expectUnderNew('held', wrapOf(operation));
  });
});
