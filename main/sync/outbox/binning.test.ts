/** Into the bin and out of it: nothing hangs in the air, and what comes back is what went. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Mirror } from '../../mirror/index.ts';
import type { StoredFolder, StoredRecord } from '../../mirror/model.ts';
import { aFolder, aRecord, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { commitEdit, commitFolder, commitMove } from '../../vaults/editing/committing.ts';
import { isInDoubt } from '../doubt.ts';
import { binFolder, binItemKey, binRecord, canBePutBack, putBack, sendAsNew } from './binning.ts';
import { retryOperations } from './discard.ts';
import { settleForgotten, settleStrays } from './strays.ts';

let here: TestMirror;
beforeAll(() => {
  here = temporaryMirror();
  here.mirror.vaults.upsert(aVault({ id: 'v' }));
  for (const [id, parentId] of Object.entries(standing)) {
    here.mirror.folders.upsert(aFolder({ id, vaultId: 'v', parentId }));
  }
  here.mirror.records.upsertMany(records);
});
afterAll(() => here[Symbol.dispose]());

/** Folders of the server: each with the one it lies in. */
const standing = { a: null, b: 'a', c: 'b', d: null };
const records = [
  aRecord({ id: 'top', vaultId: 'v' }),
  aRecord({ id: 'in-b', vaultId: 'v', folderId: 'b' }),
  aRecord({ id: 'in-c', vaultId: 'v', folderId: 'c' }),
];

const undone = new Error('undone');

/** Work on the mirror, taken back at the end. */
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

const folders = (mirror: Mirror): StoredFolder[] => mirror.folders.ofVault('v');
const rows = (mirror: Mirror): StoredRecord[] => [...mirror.records.batches(100)].flat();
const everything = (mirror: Mirror) => [folders(mirror), rows(mirror), mirror.outbox.all()];
const pick = <T>(all: readonly T[], at: number): T | undefined => all[at % Math.max(1, all.length)];

type Step = (mirror: Mirror) => void;
let made = 0;

const makeFolder = fc.nat(9).map((at): Step => (mirror) => {
  const parentId = pick([null, ...folders(mirror).map(({ id }) => id)], at) ?? null;
  const id = `made-${String((made += 1))}`;
  const folder = aFolder({ id, serverId: '', vaultId: 'v', parentId, contentHash: '' });
  const change = { kind: 'createFolder', vaultId: 'v', parentId, name: folder.name } as const;
  commitFolder(mirror, null, folder, change, 1);
});
const makeRecord = fc.nat(9).map((at): Step => (mirror) => {
  const folderId = pick([null, ...folders(mirror).map(({ id }) => id)], at) ?? null;
  const id = `made-${String((made += 1))}`;
  const record = aRecord({ id, serverId: '', itemServerId: '', vaultId: 'v', folderId, contentHash: '' });
  mirror.records.upsertMany([record]);
  sendAsNew(mirror, record, 1);
});
/** A folder is never moved below itself: the use case refuses that. */
const moveFolder = fc.tuple(fc.nat(9), fc.nat(9)).map(([which, to]): Step => (mirror) => {
  const folder = pick(folders(mirror), which);
  if (folder === undefined) return;
  const below = mirror.folders.subtreeIds(folder.id);
  const others = folders(mirror).filter(({ id }) => !below.includes(id));
  const parentId = pick([null, ...others.map(({ id }) => id)], to) ?? null;
  if (parentId === folder.parentId) return;
  commitFolder(mirror, folder, { ...folder, parentId }, { kind: 'moveFolder', parentId }, 1);
});
const moveRecord = fc.tuple(fc.nat(9), fc.nat(9)).map(([which, to]): Step => (mirror) => {
  const row = pick(rows(mirror), which);
  const folderId = pick([null, ...folders(mirror).map(({ id }) => id)], to) ?? null;
  if (row !== undefined) commitMove(mirror, row, { ...row, folderId }, 1);
});
const editRecord = fc.tuple(fc.nat(9), fc.nat(3)).map(([which, login]): Step => (mirror) => {
  const row = pick(rows(mirror), which);
  if (row !== undefined) commitEdit(mirror, row, { ...row, login: String(login) }, 1);
});
const removeFolder = fc.nat(9).map((which): Step => (mirror) => {
  const folder = pick(folders(mirror), which);
  if (folder !== undefined) binFolder(mirror, folder.id, 1);
});
const removeRecord = fc.nat(9).map((which): Step => (mirror) => {
  const row = pick(rows(mirror), which);
  if (row !== undefined) binRecord(mirror, row.id, 1);
});
const restore = fc.nat(9).map((which): Step => (mirror) => {
  const entry = pick(mirror.bin.page({ vaultId: 'v', offset: 0, limit: 50 }).rows, which);
  if (entry !== undefined) putBack(mirror, entry.id, { at: 1, serverRestores: true });
});
const refuse = fc.nat(9).map((which): Step => (mirror) => {
  const operation = pick(mirror.outbox.all(), which);
  if (operation !== undefined)
    mirror.outbox.setState(operation.id, 'held', { code: 'forbidden', params: {} });
});
const tryAgain = fc.constant<Step>((mirror) => retryOperations(mirror, null));
/** Something went out and was not answered. */
const send = fc.nat(9).map((which): Step => (mirror) => {
  const operation = pick(mirror.outbox.all(), which);
  if (operation?.attempts === 0) mirror.outbox.tried(operation.id, 1);
});
const reshaping = fc.oneof(makeFolder, makeRecord, moveFolder, moveRecord, editRecord);
const steps = fc.array(
  fc.oneof(reshaping, reshaping, removeFolder, removeRecord, restore, refuse, tryAgain, send),
  { minLength: 1, maxLength: 14 },
);

/** Every folder is reached from the vault, and every record lies where it can be found. */
function expectWholeTree(mirror: Mirror): void {
  const all = folders(mirror);
  for (const { id, parentId } of all) {
    const path = mirror.folders.path(id);
    expect(path[0]?.parentId ?? null, `the way up from ${id} (in ${String(parentId)})`).toBeNull();
    expect(path.at(-1)?.id).toBe(id);
  }
  const known = new Set(all.map(({ id }) => id));
  for (const { id, folderId } of rows(mirror)) {
    expect(folderId === null || known.has(folderId), `${id} lies in ${String(folderId)}`).toBe(true);
  }
}

/** What was made here is to be sent; what differs from the server has a base and something that waits. */
function expectNothingForgotten(mirror: Mirror): void {
  const unsent = [...folders(mirror), ...rows(mirror)].filter(({ serverId }) => serverId === '');
  const waiting = new Set(mirror.outbox.all().map(({ objectId }) => objectId));
  expect(unsent.filter(({ id }) => !waiting.has(id))).toEqual([]);
  const hung = mirror.outbox.all().filter(({ objectId, object }) => {
    const stands = object === 'record' ? mirror.records.get(objectId) : mirror.folders.get(objectId);
    return stands === null && mirror.bin.get(objectId) === null;
  });
  expect(hung).toEqual([]);
}

describe('a tree that is moved, binned and put back at random', () => {
  it('has every folder below the vault, every record in a folder, and everything unsent waiting', () => {
    fc.assert(
      fc.property(steps, (all) => {
        withMirror((mirror) => {
          for (const step of all) {
            step(mirror);
            expectWholeTree(mirror);
            expectNothingForgotten(mirror);
          }
          const before = everything(mirror);
          settleStrays(mirror, 2);
          expect(everything(mirror)).toEqual(before);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('loses nothing: what was ever there stands in the lists or lies in the bin', () => {
    const keeping = fc.array(fc.oneof(reshaping, removeFolder, removeRecord, restore), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(keeping, (all) => {
        withMirror((mirror) => {
          const seen = new Set<string>();
          const ids = (): string[] => [...folders(mirror), ...rows(mirror)].map(({ id }) => id);
          for (const step of all) {
            for (const id of ids()) seen.add(id);
            step(mirror);
            const found = new Set([...ids(), ...mirror.bin.ofVault('v').map(({ id }) => id)]);
            expect([...seen].filter((id) => !found.has(id))).toEqual([]);
          }
          expect(seen.size).toBeGreaterThanOrEqual(7);
        });
      }),
      { numRuns: 60 },
    );
  });
});

describe('putting back', () => {
  it('undoes a deletion that never left, as if nothing had happened', () => {
    withMirror((mirror) => {
      const before = [folders(mirror), rows(mirror)];
      binFolder(mirror, 'a', 1);
      expect(folders(mirror).map(({ id }) => id)).toEqual(['d']);
      expect(mirror.bin.countUnder('a')).toBe(2);
      expect(mirror.outbox.all().map(({ change, objectId }) => [change.kind, objectId])).toEqual([
        ['removeFolder', 'a'],
      ]);
      putBack(mirror, 'a', { at: 2, serverRestores: false });
      expect([folders(mirror), rows(mirror)]).toEqual(before);
      expect(mirror.outbox.all()).toEqual([]);
      expect(mirror.bases.folder('a')).toBeUndefined();
    });
  });

  it('is asked of the server under the name of its entry there, if it can', () => {
    withMirror((mirror) => {
      binRecord(mirror, 'top', 1);
      const [removal] = mirror.outbox.all();
      mirror.outbox.remove(removal?.id ?? '');
      mirror.bases.remove('record', 'top');
      const entry = mirror.bin.get('top');
      expect(entry).not.toBeNull();
      if (entry === null) return;
      mirror.bin.put({ ...entry, binItemId: 'entry 1' });
      expect(canBePutBack(mirror, entry, false)).toBe(false);
      expect(() => putBack(mirror, 'top', { at: 2, serverRestores: false })).toThrow(
        expect.objectContaining({ code: 'notRestorable' }),
      );
      expect(mirror.records.get('top')).toBeNull();
      putBack(mirror, 'top', { at: 2, serverRestores: true });
      expect(mirror.syncState.get(binItemKey('top'))).toBe('entry 1');
      expect(mirror.outbox.all().map(({ change }) => change.kind)).toEqual(['restore']);
      expect(mirror.bases.record('top')).toEqual(records[0]);
    });
  });

  it('finds the vault where the folder is gone, and has the record taken anew', () => {
    withMirror((mirror) => {
      binRecord(mirror, 'in-c', 1);
      mirror.folders.remove(['c']);
      putBack(mirror, 'in-c', { at: 2, serverRestores: true });
      expect(mirror.records.get('in-c')).toMatchObject({ folderId: null, contentHash: '' });
      expect(isInDoubt(mirror)).toBe(true);
    });
  });

  it('sends what was made here anew, whole, after its creation was dropped with the deletion', () => {
    withMirror((mirror) => {
      const record = aRecord({ id: 'n', serverId: '', itemServerId: '', vaultId: 'v', favourite: true });
      mirror.records.upsertMany([record]);
      sendAsNew(mirror, record, 1);
      binRecord(mirror, 'n', 2);
      expect(mirror.outbox.all()).toEqual([]);
      expect(mirror.bases.record('n')).toBeUndefined();
      putBack(mirror, 'n', { at: 3, serverRestores: false });
      expect(mirror.outbox.all().map(({ change }) => change.kind)).toEqual(['create', 'favourite']);
      expect(mirror.records.get('n')).toEqual(record);
    });
  });

  it('keeps a creation that may have arrived, behind which the deletion goes out', () => {
    withMirror((mirror) => {
      const record = aRecord({ id: 'n', serverId: '', itemServerId: '', vaultId: 'v' });
      mirror.records.upsertMany([record]);
      sendAsNew(mirror, record, 1);
      mirror.outbox.tried(mirror.outbox.all()[0]?.id ?? '', 1);
      binRecord(mirror, 'n', 2);
      expect(mirror.outbox.all().map(({ change }) => change.kind)).toEqual(['create', 'remove']);
    });
  });

  it('is for what was deleted by itself, and for what is of a vault', () => {
    withMirror((mirror) => {
      binFolder(mirror, 'b', 1);
      expect(() => putBack(mirror, 'in-c', { at: 2, serverRestores: true })).toThrow(
        expect.objectContaining({ code: 'noSuchRecord' }),
      );
      mirror.records.upsertMany([aRecord({ id: 'sent', kind: 'inbox', keyWrap: 'rsa' })]);
      expect(() => binRecord(mirror, 'sent', 1)).toThrow(expect.objectContaining({ code: 'forbidden' }));
      expect(() => binFolder(mirror, 'nowhere', 1)).toThrow(
        expect.objectContaining({ code: 'noSuchFolder' }),
      );
    });
  });
});

describe('a deletion by a person', () => {
  it('decides what was open about the record, and asks for what it shows once it is put back', () => {
    withMirror((mirror) => {
      const row = { ...aRecord({ id: 'top', vaultId: 'v' }), login: 'mine' };
      mirror.bases.putRecord('top', aRecord({ id: 'top', vaultId: 'v', login: 'theirs' }));
      mirror.records.upsertMany([row]);
      const sides = { ancestor: '', mine: 'mine', theirs: 'theirs' };
      mirror.conflicts.put({
        id: 'k',
        kind: 'fields',
        recordId: 'top',
        name: 'R',
        vaultName: 'V',
        at: 1,
        fields: [{ key: 'login', kind: 'login', sides }],
        sealed: null,
      });
      binRecord(mirror, 'top', 2);
      expect(mirror.conflicts.all()).toEqual([]);
      putBack(mirror, 'top', { at: 3, serverRestores: true });
      expect(mirror.outbox.all().map(({ change }) => change)).toEqual([
        { kind: 'edit', fields: { login: 'mine' } },
      ]);
    });
  });
});

describe('rows that hang in the air', () => {
  it('are rehung, sent, or taken anew', () => {
    withMirror((mirror) => {
      mirror.folders.upsert(aFolder({ id: 'loose', vaultId: 'v', parentId: 'nowhere' }));
      const lost = aRecord({ id: 'lost', serverId: '', itemServerId: '', vaultId: 'v', folderId: 'gone' });
      mirror.records.upsertMany([lost, aRecord({ id: 'theirs', vaultId: 'v', folderId: 'gone' })]);
      expect(settleStrays(mirror, 2)).toBe(true);
      expectWholeTree(mirror);
      expectNothingForgotten(mirror);
      expect(mirror.records.get('theirs')).toMatchObject({ folderId: null, contentHash: '' });
      expect(mirror.folders.get('loose')).toMatchObject({ parentId: null, contentHash: '' });
      const before = everything(mirror);
      settleStrays(mirror, 3);
      expect(everything(mirror)).toEqual(before);
    });
  });

  it('a value that differs from its base and waits for nothing is asked for', () => {
    withMirror((mirror) => {
      const base = aRecord({ id: 'top', vaultId: 'v' });
      mirror.bases.putRecord('top', base);
      mirror.records.upsertMany([{ ...base, login: 'typed' }]);
      settleForgotten(mirror, 2);
      expect(mirror.outbox.all().map(({ change }) => change)).toEqual([
        { kind: 'edit', fields: { login: 'typed' } },
      ]);
    });
  });
});
