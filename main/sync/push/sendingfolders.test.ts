/** The deletion of a folder takes along whatever lies in it there: what was changed here before it goes first. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mirror, OutboxOperation } from '../../mirror/index.ts';
import { aFolder, aRecord, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { commitEdit, commitFolder, commitMove } from '../../vaults/editing/committing.ts';
import { binFolder, binRecord } from '../outbox/binning.ts';
import { isFolderReady } from './sendingfolders.ts';

let here: TestMirror;
let mirror: Mirror;
const record = aRecord({ id: 'r', vaultId: 'v', folderId: 'inner', name: 'R' });
const inner = aFolder({ id: 'inner', vaultId: 'v', parentId: 'outer' });
beforeEach(() => {
  here = temporaryMirror();
  mirror = here.mirror;
  mirror.vaults.upsert(aVault({ id: 'v' }));
  mirror.folders.upsert(aFolder({ id: 'outer', vaultId: 'v' }));
  mirror.folders.upsert(inner);
  mirror.records.upsertMany([record]);
});
afterEach(() => here[Symbol.dispose]());

const rename = (of = record): boolean => commitEdit(mirror, of, { ...of, name: 'typed' }, 1);
const remove = (): void => binFolder(mirror, 'outer', 9);
function removal(): OutboxOperation {
  const found = mirror.outbox.all().find(({ change }) => change.kind === 'removeFolder');
  if (found === undefined) throw new Error('Nothing was deleted.');
  return found;
}
/** The deletion goes out last, once everything else has. */
function mustGoLast(): void {
  const others = mirror.outbox.all().filter(({ change }) => change.kind !== 'removeFolder');
  expect(others.length).toBeGreaterThan(0);
  for (const { id } of others) {
    expect(isFolderReady(mirror, removal())).toBe(false);
    mirror.outbox.remove(id);
  }
  expect(isFolderReady(mirror, removal())).toBe(true);
}

describe('the deletion of a folder waits', () => {
  it('for what was typed in a record of it', () => {
    rename();
    remove();
    mustGoLast();
  });

  it('for a record that was moved out of it', () => {
    commitMove(mirror, record, { ...record, folderId: null }, 1);
    remove();
    mustGoLast();
  });

  it('for a record that was deleted by itself before', () => {
    rename();
    binRecord(mirror, 'r', 2);
    remove();
    mustGoLast();
  });

  it('for a folder that was moved out of it', () => {
    const change = { kind: 'moveFolder', parentId: null } as const;
    commitFolder(mirror, inner, { ...inner, parentId: null }, change, 1);
    remove();
    mustGoLast();
  });

  it('for nothing that lies elsewhere', () => {
    const other = aRecord({ id: 'other', vaultId: 'v', folderId: null });
    mirror.records.upsertMany([other]);
    rename(other);
    remove();
    expect(isFolderReady(mirror, removal())).toBe(true);
  });
});
