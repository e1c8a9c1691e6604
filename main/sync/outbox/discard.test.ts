/** Giving changes up and trying them again: what is shown afterwards, and what may go with it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mirror, OutboxChange, OutboxOperation } from '../../mirror/index.ts';
import type { StoredAttachment } from '../../mirror/model.ts';
import { aFolder, aRecord, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { commitEdit, commitFile, commitFolder } from '../../vaults/editing/committing.ts';
import { binFolder, binRecord } from './binning.ts';
import { discardOperation, retryOperations } from './discard.ts';
import { emptyInto, replaceFolder, replaceRecord, survivingAbove } from './relocation.ts';

const record = aRecord({ id: 'r', vaultId: 'v', folderId: 'inner' });
const outer = aFolder({ id: 'outer', vaultId: 'v' });
const inner = aFolder({ id: 'inner', vaultId: 'v', parentId: 'outer' });

let here: TestMirror;
let mirror: Mirror;
beforeEach(() => {
  here = temporaryMirror();
  mirror = here.mirror;
  mirror.vaults.upsert(aVault({ id: 'v' }));
  for (const folder of [outer, inner]) mirror.folders.upsert(folder);
  mirror.records.upsertMany([record]);
});
afterEach(() => here[Symbol.dispose]());

const kinds = (): string[] => mirror.outbox.all().map(({ change }) => change.kind);
const waiting = (kind: OutboxChange['kind']): OutboxOperation => {
  const found = mirror.outbox.ofKinds([kind])[0];
  if (found === undefined) throw new Error(`nothing of ${kind} waits`);
  return found;
};
const hold = (kind: OutboxChange['kind']): void => {
  mirror.outbox.setState(waiting(kind).id, 'held', { code: 'changedMeanwhile', params: {} });
};
const renameTo = (name: string): void => {
  const folder = mirror.folders.get('inner') ?? inner;
  commitFolder(mirror, folder, { ...folder, name }, { kind: 'renameFolder', name }, 1);
};
const moveTo = (parentId: string | null): void => {
  const folder = mirror.folders.get('inner') ?? inner;
  commitFolder(mirror, folder, { ...folder, parentId }, { kind: 'moveFolder', parentId }, 1);
};

describe('giving up', () => {
  it('a deletion shows what was deleted', () => {
    binRecord(mirror, 'r', 1);
    expect(discardOperation(mirror, waiting('remove').id, 2)).toEqual([]);
    expect(mirror.records.get('r')).toEqual(record);
    expect([mirror.bin.get('r'), mirror.bases.record('r'), kinds()]).toEqual([null, undefined, []]);
    binFolder(mirror, 'outer', 3);
    discardOperation(mirror, waiting('removeFolder').id, 4);
    expect(mirror.folders.ofVault('v')).toEqual([outer, inner]);
    expect(mirror.records.get('r')).toEqual(record);
  });

  it('a deletion asks again for what was typed before it and went out of the outbox', () => {
    const typed = { ...record, login: 'typed' };
    for (const deletion of ['remove', 'removeFolder'] as const) {
      mirror.bases.putRecord('r', record);
      mirror.records.upsertMany([typed]);
      if (deletion === 'remove') binRecord(mirror, 'r', 1);
      else binFolder(mirror, 'outer', 1);
      discardOperation(mirror, waiting(deletion).id, 2);
      expect(mirror.records.get('r')).toEqual(typed);
      expect(mirror.bases.record('r')).toEqual(record);
      expect(waiting('edit').change).toMatchObject({ fields: { login: 'typed' } });
      discardOperation(mirror, waiting('edit').id, 3);
      expect([mirror.records.get('r'), mirror.bases.record('r'), kinds()]).toEqual([record, undefined, []]);
    }
  });

  it('the deletion of a folder asks again for its name that was typed before', () => {
    mirror.bases.putFolder('outer', outer);
    mirror.folders.upsert({ ...outer, name: 'typed' });
    binFolder(mirror, 'outer', 1);
    discardOperation(mirror, waiting('removeFolder').id, 2);
    expect(mirror.folders.get('outer')?.name).toBe('typed');
    expect(waiting('renameFolder').change).toMatchObject({ name: 'typed' });
  });

  it('a change takes those behind it along, and leaves those before it', () => {
    commitEdit(mirror, record, { ...record, login: 'one' }, 1);
    mirror.outbox.tried(waiting('edit').id, 1);
    const [before] = mirror.outbox.all();
    commitEdit(mirror, { ...record, login: 'one' }, { ...record, login: 'two' }, 2);
    binRecord(mirror, 'r', 3);
    const second = mirror.outbox.all()[1];
    discardOperation(mirror, second?.id ?? '', 4);
    expect(mirror.outbox.all()).toEqual([before]);
    expect(mirror.records.get('r')).toEqual({ ...record, login: 'one' });
    expect(mirror.bases.record('r')).toEqual(record);
  });

  it('a put back sends the record to the bin again', () => {
    mirror.bases.putRecord('r', record);
    mirror.outbox.add({
      object: 'record',
      objectId: 'r',
      name: 'R',
      at: 1,
      change: { kind: 'restore' },
    });
    discardOperation(mirror, waiting('restore').id, 2);
    expect(mirror.records.get('r')).toBeNull();
    expect(mirror.bin.get('r')?.record).toEqual(record);
  });

  it('a put back sends a folder to the bin again with everything in it', () => {
    mirror.bases.putFolder('outer', outer);
    const change = { kind: 'restoreFolder' } as const;
    mirror.outbox.add({ object: 'folder', objectId: 'outer', name: 'O', at: 1, change });
    discardOperation(mirror, waiting('restoreFolder').id, 2);
    expect(mirror.folders.ofVault('v')).toEqual([]);
    expect(mirror.bin.get('outer')?.under).toBeNull();
    expect(mirror.bin.under('outer').map(({ id }) => id)).toEqual(['inner', 'r']);
  });

  it('a file that was added gives its contents free, one that was taken off has it again', () => {
    const file: StoredAttachment = {
      id: 'f',
      serverId: null,
      name: 'f.pem',
      encryptedKey: 'k',
      hash: null,
      size: 1,
      localFile: 'contents',
    };
    const next = { ...record, attachments: [file] };
    commitFile(mirror, record, next, { kind: 'attach', attachmentId: 'f' }, 1);
    expect(discardOperation(mirror, waiting('attach').id, 2)).toEqual(['contents']);
    const sent = { ...record, attachments: [{ ...file, serverId: 's' }] };
    mirror.records.upsertMany([sent]);
    commitFile(mirror, sent, record, { kind: 'detach', attachmentId: 'f', serverId: 's' }, 3);
    expect(discardOperation(mirror, waiting('detach').id, 4)).toEqual([]);
    expect(mirror.records.get('r')).toEqual(sent);
  });

  it('a folder that was made here moves what lies in it up', () => {
    const made = aFolder({ id: 'made', serverId: '', vaultId: 'v', parentId: 'outer', contentHash: '' });
    const change = { kind: 'createFolder', vaultId: 'v', parentId: 'outer', name: made.name } as const;
    commitFolder(mirror, null, made, change, 1);
    moveTo('made');
    const lies = { ...record, folderId: 'made' };
    mirror.records.upsertMany([lies]);
    discardOperation(mirror, waiting('createFolder').id, 3);
    expect(mirror.folders.get('made')).toBeNull();
    expect(mirror.folders.get('inner')?.parentId).toBe('outer');
    expect(mirror.records.get('r')?.folderId).toBe('outer');
    expect(mirror.outbox.ofObject('record', 'r').map(({ change: { kind } }) => kind)).toEqual(['move']);
  });

  it('decides what was open about the record', () => {
    const sides = { ancestor: '', mine: 'mine', theirs: 'theirs' };
    mirror.bases.putRecord('r', { ...record, login: 'theirs' });
    mirror.records.upsertMany([{ ...record, login: 'mine' }]);
    mirror.outbox.add({
      object: 'record',
      objectId: 'r',
      name: 'R',
      at: 1,
      change: { kind: 'edit', fields: { name: 'typed' } },
    });
    mirror.conflicts.put({
      id: 'k',
      kind: 'fields',
      recordId: 'r',
      name: 'R',
      vaultName: 'V',
      at: 1,
      fields: [{ key: 'login', kind: 'login', sides }],
      sealed: null,
    });
    discardOperation(mirror, waiting('edit').id, 2);
    expect(mirror.conflicts.all()).toEqual([]);
    expect(mirror.records.get('r')?.login).toBe('theirs');
  });

  it('refuses what does not wait', () => {
    const refusal = expect.objectContaining({ code: 'noSuchChange' });
    expect(() => discardOperation(mirror, 'none', 1)).toThrow(refusal);
    expect(() => retryOperations(mirror, 'none')).toThrow(refusal);
  });
});

describe('trying again', () => {
  it('lets held changes of folders out, and shows them as they go out', () => {
    renameTo('mine');
    moveTo(null);
    hold('renameFolder');
    hold('moveFolder');
    mirror.folders.upsert({ ...inner, name: 'theirs' });
    retryOperations(mirror, waiting('renameFolder').id);
    expect(mirror.folders.get('inner')).toMatchObject({ name: 'mine', parentId: 'outer' });
    retryOperations(mirror, null);
    expect(mirror.folders.get('inner')).toMatchObject({ name: 'mine', parentId: null });
    expect(mirror.outbox.all().map(({ state, problem }) => [state, problem])).toEqual([
      ['waiting', null],
      ['waiting', null],
    ]);
  });

  it('a deletion goes behind what was typed while it was held and shown', () => {
    const change = { kind: 'removeFolder' } as const;
    mirror.outbox.add({ object: 'folder', objectId: 'outer', name: 'Outer', change, at: 1 });
    hold('removeFolder');
    commitEdit(mirror, record, { ...record, login: 'typed' }, 2);
    expect(kinds()).toEqual(['removeFolder', 'edit']);
    retryOperations(mirror, null);
    expect(kinds()).toEqual(['edit', 'removeFolder']);
    expect(waiting('removeFolder')).toMatchObject({ state: 'waiting', problem: null });
  });

  it('leaves alone what is not held', () => {
    renameTo('mine');
    const { id } = waiting('renameFolder');
    mirror.outbox.tried(id, 1);
    const before = mirror.outbox.all();
    retryOperations(mirror, null);
    retryOperations(mirror, id);
    expect(mirror.outbox.all()).toEqual(before);
  });
});

describe('another place', () => {
  it('is the nearest folder that is left', () => {
    mirror.folders.upsert(aFolder({ id: 'leaf', vaultId: 'v', parentId: 'inner' }));
    const above = (...gone: string[]) => survivingAbove(mirror, 'leaf', new Set(['leaf', ...gone]));
    expect([above(), above('inner'), above('inner', 'outer')]).toEqual(['inner', 'outer', null]);
  });

  it('is another request: what was refused for its place waits again under a new key', () => {
    const { id } = mirror.outbox.add({
      object: 'record',
      objectId: 'r',
      name: 'R',
      at: 1,
      change: { kind: 'move', place: { vaultId: 'v', folderId: 'inner' }, keyWrapped: null },
    });
    mirror.outbox.tried(id, 1);
    mirror.outbox.setState(id, 'held', { code: 'notFound', params: {} });
    replaceRecord(mirror, 'r', 'outer', 2);
    const [now] = mirror.outbox.all();
    expect(now).toMatchObject({
      state: 'waiting',
      problem: null,
      change: { kind: 'move', place: { vaultId: 'v', folderId: 'outer' } },
    });
    expect(now?.id).not.toBe(id);
    expect(mirror.records.get('r')?.folderId).toBe('outer');
  });

  it('is asked for where nothing waited, with the base kept', () => {
    replaceFolder(mirror, 'inner', null, 1);
    emptyInto(mirror, 'inner', 'outer', 2);
    expect(mirror.bases.folder('inner')).toEqual(inner);
    expect(mirror.bases.record('r')).toEqual(record);
    expect(mirror.outbox.all().map(({ change }) => change)).toEqual([
      { kind: 'moveFolder', parentId: null },
      { kind: 'move', place: { vaultId: 'v', folderId: 'outer' }, keyWrapped: null },
    ]);
  });
});
