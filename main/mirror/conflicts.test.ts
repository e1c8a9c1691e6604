import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConflictedField, StoredConflict } from './outboxmodel.ts';
import { aRecord, temporaryMirror, type TestMirror } from './testmirror.ts';

const aConflict = (change: Partial<StoredConflict> & { readonly id: string }): StoredConflict => ({
  kind: 'fields',
  recordId: 'r1',
  name: 'Record',
  vaultName: 'Vault',
  at: 5,
  fields: [],
  sealed: null,
  ...change,
});

const marked = ({ mirror }: TestMirror): string[] =>
  mirror.records
    .page({ scope: { kind: 'all' }, sort: { by: 'name', descending: false }, offset: 0, limit: 200 })
    .rows.filter(({ conflict }) => conflict)
    .map(({ id }) => id);

describe('conflicts', () => {
  it('are given back whole, newest first', () => {
    using test = temporaryMirror();
    const custom = { name: 'n', value: 'v', type: 't', other: 1 };
    const place = { vaultId: 'v', folderId: null };
    const fields: ConflictedField[] = [
      { key: 'name', kind: 'name', sides: { ancestor: 'a', mine: 'm', theirs: 't' } },
      { key: 'urls', kind: 'urls', sides: { ancestor: [], mine: ['m'], theirs: ['t'] } },
      { key: 'color', kind: 'color', sides: { ancestor: 0, mine: 1, theirs: 2 } },
      { key: 'password', kind: 'password', sides: { ancestor: 'a', mine: null, theirs: 't' } },
      { key: 'c', kind: 'custom', sides: { ancestor: custom, mine: undefined, theirs: custom } },
      { key: 'place', kind: 'place', sides: { ancestor: place, mine: place, theirs: place } },
    ];
    const older = aConflict({ id: 'c1', fields });
    const newer = aConflict({
      id: 'c2',
      kind: 'vaultLost',
      recordId: 'r2',
      at: 6,
      sealed: Buffer.from([1, 2]),
    });
    test.mirror.conflicts.put(older);
    test.mirror.conflicts.put(newer);
    const { conflicts } = test.reopen();
    expect(conflicts.all()).toEqual([newer, older]);
    expect(conflicts.get('c1')).toEqual(older);
    expect(conflicts.get('c3')).toBeNull();
    expect(conflicts.ofRecord('r2')).toEqual(newer);
    expect(conflicts.ofRecord('c2')).toBeNull();
    expect(conflicts.count()).toBe(2);
    const password = conflicts.get('c1')?.fields.find(({ kind }) => kind === 'password');
    expect(password?.sides.mine).toBeNull();
  });

  it('replace the one of their id and the one of their record', () => {
    using test = temporaryMirror();
    const { conflicts, records } = test.mirror;
    records.upsertMany([aRecord({ id: 'r1' }), aRecord({ id: 'r2' })]);
    conflicts.put(aConflict({ id: 'c1' }));
    conflicts.put(aConflict({ id: 'c2', at: 9 }));
    expect(conflicts.all()).toEqual([aConflict({ id: 'c2', at: 9 })]);
    expect(marked(test)).toEqual(['r1']);
    conflicts.put(aConflict({ id: 'c2', recordId: 'r2' }));
    expect(conflicts.all()).toEqual([aConflict({ id: 'c2', recordId: 'r2' })]);
    expect(marked(test)).toEqual(['r2']);
  });

  it('may outlive their record, which gets its mark again when it is put back', () => {
    using test = temporaryMirror();
    const { conflicts, records } = test.mirror;
    records.upsertMany([aRecord({ id: 'r1' })]);
    conflicts.put(aConflict({ id: 'c1' }));
    records.removeMany(['r1']);
    expect(conflicts.count()).toBe(1);
    records.upsertMany([aRecord({ id: 'r1', name: 'Back' })]);
    expect(marked(test)).toEqual(['r1']);
    records.upsertMany([aRecord({ id: 'r1', name: 'Changed' })]);
    expect(marked(test)).toEqual(['r1']);
    conflicts.remove('c1');
    conflicts.remove('c1');
    expect(marked(test)).toEqual([]);
  });

  it('agree with the marks after any series of changes', () => {
    const id = fc.constantFrom('a', 'b', 'c');
    const step = fc.record({ verb: fc.constantFrom('put', 'remove', 'erase', 'write'), id, recordId: id });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        using test = temporaryMirror();
        const { conflicts, records } = test.mirror;
        for (const { verb, id: conflictId, recordId } of steps) {
          if (verb === 'put') conflicts.put(aConflict({ id: conflictId, recordId }));
          else if (verb === 'remove') conflicts.remove(conflictId);
          else if (verb === 'erase') records.removeMany([recordId]);
          else records.upsertMany([aRecord({ id: recordId })]);
        }
        const here = conflicts.all().map(({ recordId }) => recordId);
        expect(new Set(here).size).toBe(here.length);
        expect(marked(test).sort()).toEqual(here.filter((recordId) => records.get(recordId)).sort());
      }),
      { numRuns: 60 },
    );
  }, 30_000);
});
