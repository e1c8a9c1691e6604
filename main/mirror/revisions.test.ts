import { describe, expect, it } from 'vitest';
import type { StoredRevision } from './revisions.ts';
import { aRecord, aVault, temporaryMirror } from './testmirror.ts';

const revision = (id: string, more: Partial<StoredRevision> = {}): StoredRevision => ({
  id,
  at: 5,
  by: 'Anna',
  name: `state ${id}`,
  login: '',
  urls: [],
  description: '',
  tags: [],
  color: 0,
  keyWrapped: 'wrapped',
  passwordEncrypted: null,
  customs: [],
  files: ['plan.pdf'],
  ...more,
});

describe('former states of records', () => {
  it('are kept as the last read listed them, whole and in its order', () => {
    using test = temporaryMirror();
    const { revisions } = test.mirror;
    expect(revisions.readAt('r1')).toBeNull();
    revisions.replace('r1', [revision('c'), revision('b'), revision('a')], 10);
    revisions.replace('r1', [revision('d'), revision('c', { at: null })], 20);
    const kept = test.reopen().revisions;
    expect(kept.list('r1').map(({ id }) => id)).toEqual(['d', 'c']);
    expect(kept.get('r1', 'c')).toEqual(revision('c', { at: null }));
    expect(kept.get('r1', 'a')).toBeNull();
    expect(kept.readAt('r1')).toBe(20);
    expect(kept.list('r2')).toEqual([]);
  });

  it('go with their record', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    mirror.vaults.upsert(aVault({ id: 'v' }));
    mirror.records.upsertMany([aRecord({ id: 'r1', vaultId: 'v' }), aRecord({ id: 'r2', vaultId: 'v' })]);
    for (const id of ['r1', 'r2']) mirror.revisions.replace(id, [revision('a')], 1);
    mirror.records.removeMany(['r1']);
    expect(mirror.revisions.list('r1')).toEqual([]);
    expect(mirror.revisions.readAt('r1')).toBeNull();
    expect(mirror.revisions.list('r2')).toHaveLength(1);
  });
});

describe('drafts', () => {
  it('are kept newest first, and one of an id', () => {
    using test = temporaryMirror();
    const { drafts } = test.mirror;
    const sealed = (byte: number): Buffer => Buffer.alloc(40, byte);
    drafts.put({ id: 'one', at: 1, sealed: sealed(1) });
    drafts.put({ id: 'two', at: 2, sealed: sealed(2) });
    drafts.put({ id: 'one', at: 3, sealed: sealed(3) });
    const kept = test.reopen().drafts;
    expect(kept.all().map(({ id, at }) => [id, at])).toEqual([
      ['one', 3],
      ['two', 2],
    ]);
    expect(kept.get('one')?.sealed.equals(sealed(3))).toBe(true);
    kept.remove('one');
    expect(kept.get('one')).toBeNull();
  });
});
