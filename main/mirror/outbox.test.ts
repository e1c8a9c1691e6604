import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListRow } from './model.ts';
import type { NewOperation, OutboxObject } from './outboxmodel.ts';
import { aFolder, aRecord, aVault, temporaryMirror, type TestMirror } from './testmirror.ts';

const edit = (objectId: string, name = 'new name'): NewOperation => ({
  object: 'record',
  objectId,
  name: `Record ${objectId}`,
  change: { kind: 'edit', fields: { name } },
  at: 5,
});

const rename = (objectId: string): NewOperation => ({
  object: 'folder',
  objectId,
  name: `Folder ${objectId}`,
  change: { kind: 'renameFolder', name: 'New' },
  at: 6,
});

const noSuchChange = expect.objectContaining({ code: 'noSuchChange' }) as Error;

const listed = ({ mirror }: TestMirror): readonly ListRow[] =>
  mirror.records.page({
    scope: { kind: 'all' },
    sort: { by: 'name', descending: false },
    offset: 0,
    limit: 200,
  }).rows;

describe('the outbox', () => {
  it('gives back every operation as it was added, in order, also after it was closed', () => {
    using test = temporaryMirror();
    const first = test.mirror.outbox.add(edit('r1'));
    const second = test.mirror.outbox.add(rename('f1'));
    expect(first).toEqual({
      ...edit('r1'),
      seq: first.seq,
      id: first.id,
      state: 'waiting',
      attempts: 0,
      triedAt: null,
      problem: null,
    });
    expect(first.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(first.id).not.toBe(second.id);
    const { outbox } = test.reopen();
    expect(outbox.all()).toEqual([first, second]);
    expect(outbox.get(second.id)).toEqual(second);
    expect(outbox.get('unknown')).toBeNull();
    expect(outbox.page({ offset: 1, limit: 5 })).toEqual({ total: 2, rows: [second] });
    expect(outbox.ofObject('record', 'r1')).toEqual([first]);
    expect(outbox.ofObject('folder', 'r1')).toEqual([]);
  });

  it('never gives the number of an operation again', () => {
    using test = temporaryMirror();
    const first = test.mirror.outbox.add(edit('r1'));
    test.mirror.outbox.remove(first.id);
    expect(test.reopen().outbox.add(edit('r1')).seq).toBeGreaterThan(first.seq);
  });

  it('sends the first of every object, and nothing behind one that is held or undecided', () => {
    using test = temporaryMirror();
    const { outbox } = test.mirror;
    const [a1, a2, b1, c1, f1] = [edit('a'), edit('a'), edit('b'), edit('c'), rename('a')].map((operation) =>
      outbox.add(operation),
    );
    const heads = (after = 0, limit = 10): number[] => outbox.headsAfter(after, limit).map(({ seq }) => seq);
    expect(heads()).toEqual([a1?.seq, b1?.seq, c1?.seq, f1?.seq]);
    expect(heads(0, 2)).toEqual([a1?.seq, b1?.seq]);
    expect(heads(b1?.seq, 2)).toEqual([c1?.seq, f1?.seq]);
    outbox.tried(b1?.id ?? '', 9);
    outbox.setState(c1?.id ?? '', 'undecided', null);
    outbox.setState(a1?.id ?? '', 'held', { code: 'forbidden', params: {} });
    expect(outbox.headsAfter(0, 10)).toEqual([
      { seq: b1?.seq, attempts: 1 },
      { seq: f1?.seq, attempts: 0 },
    ]);
    expect([a1, a2, c1].map((operation) => outbox.head(operation?.seq ?? 0))).toEqual([null, null, null]);
    outbox.remove(a1?.id ?? '');
    expect(heads()).toEqual([a2?.seq, b1?.seq, f1?.seq]);
    expect(outbox.head(a2?.seq ?? 0)).toEqual(a2);
    expect(outbox.head(a1?.seq ?? 0)).toBeNull();
  });

  it('finds the changes of some kinds, rewritten ones by what they are now', () => {
    using test = temporaryMirror();
    const { outbox } = test.mirror;
    const [first, , renamed] = [edit('a'), edit('b'), rename('a')].map((operation) => outbox.add(operation));
    expect(outbox.ofKinds(['renameFolder', 'create'])).toEqual([renamed]);
    expect(outbox.hasKind(['create', 'remove'])).toBe(false);
    outbox.rewrite(first?.id ?? '', { kind: 'remove' });
    expect(outbox.ofKinds(['remove', 'renameFolder']).map(({ seq }) => seq)).toEqual([
      first?.seq,
      renamed?.seq,
    ]);
    expect(outbox.hasKind(['create', 'remove'])).toBe(true);
    outbox.remove(first?.id ?? '');
    expect(outbox.hasKind(['remove'])).toBe(false);
  });

  it('counts what waits and what is held', () => {
    using test = temporaryMirror();
    const { outbox } = test.mirror;
    expect(outbox.counts()).toEqual({ waiting: 0, held: 0 });
    const held = outbox.add(edit('r1'));
    outbox.add(edit('r2'));
    outbox.setState(held.id, 'held', { code: 'badAnswer', params: { status: 422, reason: 'x' } });
    expect(outbox.counts()).toEqual({ waiting: 2, held: 1 });
    expect(outbox.get(held.id)?.problem).toEqual({ code: 'badAnswer', params: { status: 422, reason: 'x' } });
    outbox.setState(held.id, 'waiting', null);
    expect(outbox.get(held.id)).toEqual(held);
    expect(outbox.counts()).toEqual({ waiting: 2, held: 0 });
  });

  it('notes every sending, and takes another change under the same key or a new one', () => {
    using test = temporaryMirror();
    const { outbox } = test.mirror;
    const { id, seq } = outbox.add(edit('r1'));
    outbox.rewrite(id, { kind: 'edit', fields: { name: 'newer', color: 3 } });
    outbox.tried(id, 7);
    outbox.tried(id, 8);
    const renewed = outbox.renewId(id);
    expect(renewed).not.toBe(id);
    expect(outbox.get(id)).toBeNull();
    expect(outbox.get(renewed)).toMatchObject({
      seq,
      change: { kind: 'edit', fields: { name: 'newer', color: 3 } },
      state: 'unanswered',
      attempts: 2,
      triedAt: 8,
    });
  });

  it('says so when an operation is gone, which may happen to any that is being sent', () => {
    using test = temporaryMirror();
    const { outbox } = test.mirror;
    const { id } = outbox.add(edit('r1'));
    outbox.remove(id);
    outbox.remove(id);
    const uses = [
      () => outbox.rewrite(id, { kind: 'remove' }),
      () => outbox.renewId(id),
      () => outbox.setState(id, 'held', null),
      () => outbox.tried(id, 1),
    ];
    for (const use of uses) expect(use).toThrow(noSuchChange);
  });

  it('keeps every kind of change whole', () => {
    using test = temporaryMirror();
    const { outbox } = test.mirror;
    const place = { vaultId: 'v', folderId: null };
    const custom = { name: 'n', value: 'v', type: 't', other: [1] };
    const fields = { name: '', login: '', urls: ['u'], description: '', tags: ['t'], color: 0 };
    const changes: NewOperation['change'][] = [
      {
        kind: 'create',
        place,
        keyWrapped: null,
        fields: { ...fields, passwordEncrypted: null, customs: [custom] },
      },
      { kind: 'edit', fields: {} },
      { kind: 'edit', fields: { passwordEncrypted: null, customs: [] } },
      { kind: 'move', place: { vaultId: 'v', folderId: 'f' }, keyWrapped: 'k' },
      { kind: 'remove' },
      { kind: 'restore' },
      { kind: 'favourite', favourite: false },
      { kind: 'attach', attachmentId: 'a' },
      { kind: 'detach', attachmentId: 'a', serverId: null },
      { kind: 'createFolder', vaultId: 'v', parentId: null, name: 'F' },
      { kind: 'renameFolder', name: 'G' },
      { kind: 'moveFolder', parentId: 'p' },
      { kind: 'removeFolder' },
      { kind: 'restoreFolder' },
    ];
    for (const change of changes) outbox.add({ ...edit('r1'), change });
    expect(
      test
        .reopen()
        .outbox.all()
        .map(({ change }) => change),
    ).toEqual(changes);
  });
});

describe('the marks of what waits', () => {
  const marked = (test: TestMirror): string[] =>
    listed(test)
      .filter(({ pending }) => pending)
      .map(({ id }) => id);

  it('stand on the row from the first operation to the last', () => {
    using test = temporaryMirror();
    const { outbox, records } = test.mirror;
    records.upsertMany([aRecord({ id: 'r1' }), aRecord({ id: 'r2' })]);
    const first = outbox.add(edit('r1'));
    const second = outbox.add(edit('r1'));
    outbox.add(rename('r2'));
    expect(marked(test)).toEqual(['r1']);
    records.upsertMany([aRecord({ id: 'r1', name: 'Written again' })]);
    outbox.remove(first.id);
    expect(marked(test)).toEqual(['r1']);
    expect(
      test.mirror.search.query({ text: 'again', scope: null, offset: 0, limit: 1 }).rows[0]?.pending,
    ).toBe(true);
    outbox.remove(second.id);
    expect(marked(test)).toEqual([]);
  });

  it('come back with a row that was erased and is put back', () => {
    using test = temporaryMirror();
    const { outbox, records } = test.mirror;
    records.upsertMany([aRecord({ id: 'r1' })]);
    outbox.add({ ...edit('r1'), change: { kind: 'remove' } });
    records.removeMany(['r1']);
    expect(outbox.ofObject('record', 'r1')).toHaveLength(1);
    records.upsertMany([aRecord({ id: 'r1' })]);
    expect(marked(test)).toEqual(['r1']);
  });

  it('are undone with a transaction that fails', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    mirror.records.upsertMany([aRecord({ id: 'r1' })]);
    expect(() =>
      mirror.durable(() => {
        mirror.outbox.add(edit('r1'));
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(mirror.outbox.all()).toEqual([]);
    expect(marked(test)).toEqual([]);
  });

  it('stand on folders as well', () => {
    using test = temporaryMirror();
    const { folders, outbox, vaults } = test.mirror;
    vaults.upsert(aVault({ id: 'v' }));
    const tree = ['f1', 'f2'].map((id) => aFolder({ id, vaultId: 'v' }));
    folders.replaceForVault('v', tree);
    const { id } = outbox.add(rename('f2'));
    outbox.add(edit('f1'));
    const pending = (): (boolean | undefined)[] =>
      ['f1', 'f2'].map((id) => folders.countsOfVault('v').get(id)?.pending);
    expect(pending()).toEqual([false, true]);
    folders.replaceForVault('v', tree);
    expect(pending()).toEqual([false, true]);
    folders.upsert(aFolder({ id: 'f2', vaultId: 'v', name: 'Renamed' }));
    expect(pending()).toEqual([false, true]);
    outbox.remove(id);
    expect(pending()).toEqual([false, false]);
  });
});

describe('marks and operations', () => {
  const objectIds = ['a', 'b', 'c'];
  const object = fc.constantFrom<OutboxObject>('record', 'folder');
  const step = fc.record({
    verb: fc.constantFrom('add', 'rewrite', 'remove', 'tried', 'renew', 'hold', 'erase', 'putBack', 'vault'),
    object,
    objectId: fc.constantFrom(...objectIds),
    pick: fc.nat(20),
  });

  it('agree after any series of changes', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        using test = temporaryMirror();
        const { mirror } = test;
        mirror.vaults.upsert(aVault({ id: 'v' }));
        for (const { verb, object: of, objectId, pick } of steps) {
          const all = mirror.outbox.all();
          const id = all[pick % Math.max(all.length, 1)]?.id;
          const putBack = { id: objectId, vaultId: 'v' };
          if (verb === 'add') mirror.outbox.add({ ...(of === 'record' ? edit(objectId) : rename(objectId)) });
          else if (verb === 'erase' && of === 'record') mirror.records.removeMany([objectId]);
          else if (verb === 'erase') mirror.folders.remove([objectId]);
          else if (verb === 'putBack' && of === 'record') mirror.records.upsertMany([aRecord(putBack)]);
          else if (verb === 'putBack') mirror.folders.upsert(aFolder(putBack));
          else if (verb === 'vault' && pick === 0) {
            mirror.vaults.remove('v');
            mirror.vaults.upsert(aVault({ id: 'v' }));
          } else if (id === undefined) continue;
          else if (verb === 'rewrite') mirror.outbox.rewrite(id, { kind: 'edit', fields: { color: pick } });
          else if (verb === 'remove') mirror.outbox.remove(id);
          else if (verb === 'tried') mirror.outbox.tried(id, pick);
          else if (verb === 'renew') mirror.outbox.renewId(id);
          else mirror.outbox.setState(id, 'held', { code: 'forbidden', params: {} });
        }
        const waits = new Set(mirror.outbox.all().map((each) => `${each.object} ${each.objectId}`));
        for (const row of listed(test)) expect(row.pending).toBe(waits.has(`record ${row.id}`));
        for (const [id, { pending }] of mirror.folders.countsOfVault('v'))
          expect(pending).toBe(waits.has(`folder ${id}`));
        expect(mirror.outbox.counts().waiting).toBe(mirror.outbox.all().length);
      }),
      { numRuns: 60 },
    );
  }, 30_000);
});
