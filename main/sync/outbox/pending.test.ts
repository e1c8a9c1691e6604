/** Row, base and operations tell the same, whatever is changed, sent, refused or given up in between. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Mirror } from '../../mirror/index.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/model.ts';
import { aFolder, aRecord, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { commitEdit, commitFavourite, commitFile, commitMove } from '../../vaults/editing/committing.ts';
import { isInDoubt } from '../doubt.ts';
import { sendAsNew } from './binning.ts';
import { discardOperation } from './discard.ts';
import {
  allFieldsOf,
  changedFields,
  endIfSettled,
  fieldNames,
  isLostPlace,
  isMadeHere,
  isPutBackThere,
  liesInRestored,
  missedRecords,
  replaceEdits,
  rewriteUnsent,
  withChange,
} from './pending.ts';

const file = (id: string, serverId: string | null): StoredAttachment => ({
  id,
  serverId,
  name: `${id}.pem`,
  encryptedKey: `key of ${id}`,
  hash: null,
  size: null,
  localFile: `file of ${id}`,
});

const settledRecord = aRecord({
  id: 'r',
  vaultId: 'v1',
  keyWrapped: 'under v1',
  attachments: [file('old', 's-old')],
  passwordEncrypted: 'first',
});

type Step = (mirror: Mirror, row: StoredRecord) => void;

const word = fc.constantFrom('a', 'b', 'c');
const customs = fc.array(fc.record({ name: word, value: word, type: word }), { maxLength: 2 });
const fields = fc.record(
  {
    name: word,
    login: word,
    urls: fc.array(word, { maxLength: 2 }),
    description: word,
    tags: fc.uniqueArray(word),
    color: fc.nat(2),
    passwordEncrypted: fc.option(word),
    customs,
  },
  { requiredKeys: [] },
);
const place = fc.record({
  vaultId: fc.constantFrom('v1', 'v2'),
  folderId: fc.option(fc.constantFrom('f1', 'f2')),
});

const edit = fields.map((typed): Step => (mirror, row) => {
  commitEdit(mirror, row, { ...row, ...typed }, 1);
});
const move = place.map(({ vaultId, folderId }): Step => (mirror, row) => {
  commitMove(mirror, row, { ...row, vaultId, folderId, keyWrapped: `under ${vaultId}` }, 1);
});
const mark = fc.boolean().map((favourite): Step => (mirror, row) => {
  commitFavourite(mirror, row, favourite, 1);
});
const attach = fc.constantFrom('x', 'y', 'z').map((id): Step => (mirror, row) => {
  const isKnown = row.attachments.some((each) => each.id === id) || namesFile(mirror, id);
  const next = { ...row, attachments: [...row.attachments, file(id, null)] };
  if (!isKnown) commitFile(mirror, row, next, { kind: 'attach', attachmentId: id }, 1);
});
const detach = fc.nat(3).map((at): Step => (mirror, row) => {
  const gone = row.attachments[at];
  if (gone === undefined) return;
  const { id: attachmentId, serverId } = gone;
  const next = { ...row, attachments: row.attachments.filter(({ id }) => id !== attachmentId) };
  commitFile(mirror, row, next, { kind: 'detach', attachmentId, serverId }, 1);
});
/** What waits first was sent and nothing was heard of it. */
const send: Step = (mirror) => {
  const [head] = mirror.outbox.ofObject('record', 'r');
  if (head !== undefined && head.attempts === 0) mirror.outbox.tried(head.id, 2);
};
const refuse: Step = (mirror) => {
  const last = mirror.outbox.ofObject('record', 'r').at(-1);
  if (last !== undefined) mirror.outbox.setState(last.id, 'held', { code: 'forbidden', params: {} });
};
const steps = fc.array(fc.oneof(edit, edit, move, mark, attach, detach, fc.constantFrom(send, refuse)), {
  minLength: 1,
  maxLength: 10,
});

function namesFile(mirror: Mirror, attachmentId: string): boolean {
  return mirror.outbox
    .ofObject('record', 'r')
    .some(({ change }) => 'attachmentId' in change && change.attachmentId === attachmentId);
}

/** The members that operations speak of. */
const spoken = (record: StoredRecord) => {
  const { vaultId, folderId, keyWrapped, favourite, attachments } = record;
  return { ...allFieldsOf(record), vaultId, folderId, keyWrapped, favourite, attachments };
};

/** Base and operations in order; files are taken from `known`. */
function toldBy(mirror: Mirror, start: StoredRecord, known: readonly StoredAttachment[]): StoredRecord {
  return mirror.outbox
    .ofObject('record', 'r')
    .reduce((shown, { change }) => withChange(shown, change, known), start);
}

let here: TestMirror;
beforeAll(() => {
  here = temporaryMirror();
  for (const id of ['v1', 'v2']) here.mirror.vaults.upsert(aVault({ id }));
  for (const id of ['f1', 'f2']) here.mirror.folders.upsert(aFolder({ id, vaultId: 'v1' }));
});
afterAll(() => here[Symbol.dispose]());

const undone = new Error('undone');

/** Work on a mirror with two vaults, taken back at the end: a new file for each run would cost minutes. */
function withMirror(work: (mirror: Mirror) => void): void {
  try {
    here.mirror.portion(() => {
      work(here.mirror);
      throw undone;
    });
  } catch (failure) {
    if (failure !== undone) throw failure;
  }
}

/** Runs the steps on a record, one after the other; gives the row. */
function run(mirror: Mirror, all: readonly Step[], check: (row: StoredRecord) => void): void {
  for (const step of all) {
    step(mirror, rowOf(mirror));
    check(rowOf(mirror));
  }
}

function rowOf(mirror: Mirror): StoredRecord {
  const row = mirror.records.get('r');
  if (row === null) throw new Error('the record is gone');
  return row;
}

describe('a record of the server', () => {
  it('shows its base with the operations in order, after every change', () => {
    fc.assert(
      fc.property(steps, (all) => {
        withMirror((mirror) => {
          mirror.records.upsertMany([settledRecord]);
          run(mirror, all, (row) => {
            const base = mirror.bases.record('r');
            const isOpen = mirror.outbox.ofObject('record', 'r').length > 0;
            expect(base === undefined).toBe(!isOpen);
            expect(spoken(toldBy(mirror, base ?? settledRecord, row.attachments))).toEqual(spoken(row));
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  it('shows its base with what is left, whichever operation is given up', () => {
    fc.assert(
      fc.property(steps, fc.nat(9), (all, which) => {
        withMirror((mirror) => {
          mirror.records.upsertMany([settledRecord]);
          run(mirror, all, () => undefined);
          const before = rowOf(mirror);
          const operations = mirror.outbox.ofObject('record', 'r');
          const given = operations[which % Math.max(1, operations.length)];
          if (given === undefined) return;
          const idle = discardOperation(mirror, given.id, 3);
          const row = rowOf(mirror);
          const known = [...before.attachments, ...settledRecord.attachments];
          expect(spoken(toldBy(mirror, settledRecord, known))).toEqual(spoken(row));
          expect(mirror.outbox.ofObject('record', 'r')).toEqual(
            operations.filter(({ seq }) => seq < given.seq),
          );
          const names = new Set(row.attachments.map(({ localFile }) => localFile));
          expect(idle.filter((name) => names.has(name))).toEqual([]);
          expect(isInDoubt(mirror)).toBe(true);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('names in its edits exactly what differs from the base, however often it was typed over', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (all) => {
        withMirror((mirror) => {
          mirror.records.upsertMany([settledRecord]);
          run(mirror, all, (row) => {
            const named = mirror.outbox.ofObject('record', 'r').map(({ change }) => change);
            const differing = changedFields(settledRecord, row);
            const isSame = Object.keys(differing).length === 0;
            expect(named).toEqual(isSame ? [] : [{ kind: 'edit', fields: differing }]);
          });
        });
      }),
      { numRuns: 40 },
    );
  });
});

describe('a record made here', () => {
  it('goes out as it is shown: its creation and what follows name every value', () => {
    fc.assert(
      fc.property(steps, (all) => {
        withMirror((mirror) => {
          const made = { ...settledRecord, serverId: '', itemServerId: '', attachments: [] };
          mirror.records.upsertMany([made]);
          sendAsNew(mirror, made, 1);
          run(mirror, all, (row) => {
            const [creation] = mirror.outbox.ofObject('record', 'r');
            expect(creation?.change.kind).toBe('create');
            if (creation?.change.kind !== 'create') return;
            const { place: at, keyWrapped } = creation.change;
            const start = { ...aRecord({ id: 'r' }), ...at, keyWrapped };
            expect(spoken(toldBy(mirror, start, row.attachments))).toEqual(spoken(row));
            expect(mirror.bases.record('r')).toBeNull();
          });
        });
      }),
      { numRuns: 60 },
    );
  });

  it('goes whole when its creation is given up, with the files that lie here for it', () => {
    withMirror((mirror) => {
      const made = { ...settledRecord, serverId: '', itemServerId: '', attachments: [file('x', null)] };
      mirror.records.upsertMany([made]);
      sendAsNew(mirror, made, 1);
      const [creation] = mirror.outbox.all();
      expect(discardOperation(mirror, creation?.id ?? '', 2)).toEqual(['file of x']);
      expect(mirror.records.get('r')).toBeNull();
      expect(mirror.bases.record('r')).toBeUndefined();
      expect(mirror.outbox.all()).toEqual([]);
    });
  });
});

describe('writing waiting edits anew', () => {
  const operation = { object: 'record', objectId: 'r', name: 'R', at: 1 } as const;

  it('joins them into one, held if one was, under a new key if the first was sent', () => {
    withMirror((mirror) => {
      mirror.records.upsertMany([settledRecord]);
      const first = mirror.outbox.add({ ...operation, change: { kind: 'edit', fields: { name: 'a' } } });
      const last = mirror.outbox.add({ ...operation, change: { kind: 'edit', fields: { login: 'b' } } });
      mirror.outbox.tried(first.id, 1);
      mirror.outbox.setState(last.id, 'held', { code: 'forbidden', params: {} });
      replaceEdits(mirror, settledRecord, { description: 'c' }, 2);
      const [now, ...others] = mirror.outbox.all();
      expect(others).toEqual([]);
      expect(now).toMatchObject({
        seq: first.seq,
        state: 'held',
        problem: { code: 'forbidden' },
        change: { kind: 'edit', fields: { description: 'c' } },
      });
      expect(now?.id).not.toBe(first.id);
      replaceEdits(mirror, settledRecord, {}, 3);
      expect(mirror.outbox.all()).toEqual([]);
    });
  });

  it('keeps the key of one that never left', () => {
    withMirror((mirror) => {
      mirror.records.upsertMany([settledRecord]);
      const unsent = mirror.outbox.add({ ...operation, change: { kind: 'favourite', favourite: true } });
      rewriteUnsent(mirror, unsent, { kind: 'favourite', favourite: false });
      expect(mirror.outbox.get(unsent.id)?.change).toEqual({ kind: 'favourite', favourite: false });
    });
  });

  it('ends with the base; what is shown and never was settled is to be delivered anew', () => {
    withMirror((mirror) => {
      mirror.records.upsertMany([{ ...settledRecord, folderId: 'f1' }]);
      mirror.bases.putRecord('r', settledRecord);
      endIfSettled(mirror, 'record', 'r');
      expect(mirror.bases.record('r')).toBeUndefined();
      expect(mirror.records.get('r')?.contentHash).toBe('');
      expect(isInDoubt(mirror)).toBe(true);
    });
  });

  it('knows every field an edit can name', () => {
    expect(Object.keys(allFieldsOf(settledRecord)).toSorted()).toEqual([...fieldNames].toSorted());
  });
});

describe('what is to be put back', () => {
  const record = { object: 'record', objectId: 'r', name: 'R', at: 1 } as const;
  const folder = { object: 'folder', objectId: 'f1', name: 'F', at: 1 } as const;

  it('is asked for as long as its deletion has to go out first', () => {
    withMirror((mirror) => {
      mirror.records.upsertMany([settledRecord]);
      const removal = mirror.outbox.add({ ...record, change: { kind: 'remove' } });
      const restore = mirror.outbox.add({ ...record, change: { kind: 'restore' } });
      expect(isPutBackThere(mirror, restore)).toBe(false);
      mirror.outbox.remove(removal.id);
      expect(isPutBackThere(mirror, restore)).toBe(true);
      expect([...missedRecords(mirror)]).toEqual(['r']);
    });
  });

  it('waits for a folder above it that is to be put back', () => {
    withMirror((mirror) => {
      mirror.folders.upsert(aFolder({ id: 'inner', vaultId: 'v1', parentId: 'f1' }));
      const lies = { ...settledRecord, folderId: 'inner' };
      expect(liesInRestored(mirror, lies)).toBe(false);
      mirror.outbox.add({ ...folder, change: { kind: 'restoreFolder' } });
      expect(liesInRestored(mirror, lies)).toBe(true);
      expect(liesInRestored(mirror, settledRecord)).toBe(false);
    });
  });

  it('a folder made here of which nothing waits any more is no place', () => {
    withMirror((mirror) => {
      const made = aFolder({ id: 'made', serverId: '', vaultId: 'v1' });
      mirror.folders.upsert(made);
      expect(isMadeHere(made)).toBe(true);
      expect(isLostPlace(mirror, 'made')).toBe(true);
      const change = { kind: 'createFolder', vaultId: 'v1', parentId: null, name: 'm' } as const;
      mirror.outbox.add({ object: 'folder', objectId: 'made', name: 'm', at: 1, change });
      expect([null, 'made', 'f1', 'nowhere'].map((id) => isLostPlace(mirror, id))).toEqual([
        false,
        false,
        false,
        true,
      ]);
    });
  });
});
