/** A tree that was changed on both sides: whole afterwards, the same when it is told again, and nothing typed is lost. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Mirror, OutboxOperation } from '../../mirror/index.ts';
import type { StoredFolder, StoredRecord } from '../../mirror/model.ts';
import { aFolder, aRecord, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { commitFolder, commitMove } from '../../vaults/editing/committing.ts';
import { binFolder, putBack, sendAsNew } from '../outbox/binning.ts';
import { folderHere } from '../outbox/pending.ts';
import { settleFolder, settleRemoval } from '../push/settling.ts';
import type { PullContext } from '../pullcontext.ts';
import { undoing, unreachableContext } from '../testcontext.ts';
import { takeFolders } from './foldertake.ts';
import { contentHash } from './rows.ts';
import { settledTree } from './settledtree.ts';
import { binFolderTold } from './toldbin.ts';

let here: TestMirror;
let context: PullContext;
beforeAll(() => {
  here = temporaryMirror();
  here.mirror.vaults.upsert(aVault({ id: 'v' }));
  context = unreachableContext(here.mirror);
});
afterAll(async () => {
  await context.client.connection.close();
  here[Symbol.dispose]();
});

const withMirror = (work: (mirror: Mirror) => void): void => undoing(here.mirror, work);

/** A folder as the server tells it, under the server's ids. */
function told(id: string, parentId: string | null, name = id): StoredFolder {
  const members = { id, serverId: id, vaultId: 'v', parentId, name, color: 0 };
  return { ...members, contentHash: contentHash(members) };
}
type Tree = readonly StoredFolder[];
const atFirst: Tree = [told('a', null), told('b', 'a'), told('c', 'b'), told('d', null), told('e', 'd')];

const folders = (mirror: Mirror): StoredFolder[] => mirror.folders.ofVault('v');
const rows = (mirror: Mirror): StoredRecord[] => [...mirror.records.batches(100)].flat();
const pick = <T>(all: readonly T[], at: number): T | undefined => all[at % Math.max(1, all.length)];
const take = (tree: Tree): boolean => takeFolders(context, 'v', tree);
type HereStep = (mirror: Mirror) => void;
let made = 0;
const makeHere = fc.nat(9).map((at): HereStep => (mirror) => {
  const parentId = pick([null, ...folders(mirror).map(({ id }) => id)], at) ?? null;
  const id = `made-${String((made += 1))}`;
  const folder = aFolder({ id, serverId: '', vaultId: 'v', parentId, contentHash: '' });
  const change = { kind: 'createFolder', vaultId: 'v', parentId, name: folder.name } as const;
  commitFolder(mirror, null, folder, change, 1);
});
const renameHere = fc
  .tuple(fc.nat(9), fc.constantFrom('x', 'y'))
  .map(([which, name]): HereStep => (mirror) => {
    const folder = pick(folders(mirror), which);
    if (folder === undefined || folder.name === name) return;
    commitFolder(mirror, folder, { ...folder, name }, { kind: 'renameFolder', name }, 1);
  });
const moveHere = fc.tuple(fc.nat(9), fc.nat(9)).map(([which, to]): HereStep => (mirror) => {
  const folder = pick(folders(mirror), which);
  if (folder === undefined) return;
  const below = mirror.folders.subtreeIds(folder.id);
  const free = folders(mirror).filter(({ id }) => !below.includes(id));
  const parentId = pick([null, ...free.map(({ id }) => id)], to) ?? null;
  if (parentId === folder.parentId) return;
  commitFolder(mirror, folder, { ...folder, parentId }, { kind: 'moveFolder', parentId }, 1);
});
const recordHere = fc.nat(9).map((at): HereStep => (mirror) => {
  const folderId = pick([null, ...folders(mirror).map(({ id }) => id)], at) ?? null;
  const id = `made-${String((made += 1))}`;
  const record = aRecord({ id, serverId: '', itemServerId: '', vaultId: 'v', folderId });
  mirror.records.upsertMany([record]);
  sendAsNew(mirror, record, 1);
});
const moveRecordHere = fc.tuple(fc.nat(9), fc.nat(9)).map(([which, to]): HereStep => (mirror) => {
  const row = pick(rows(mirror), which);
  const folderId = pick([null, ...folders(mirror).map(({ id }) => id)], to) ?? null;
  if (row !== undefined) commitMove(mirror, row, { ...row, folderId }, 1);
});
const removeHere = fc.nat(9).map((which): HereStep => (mirror) => {
  const folder = pick(folders(mirror), which);
  if (folder !== undefined) binFolder(mirror, folder.id, 1);
});
const hereSteps = fc.array(fc.oneof(makeHere, renameHere, moveHere, recordHere, moveRecordHere, removeHere), {
  maxLength: 6,
});

type ThereStep = (tree: Tree) => Tree;
const below = (tree: Tree, id: string): ReadonlySet<string> => {
  const found = new Set([id]);
  for (const parent of found) for (const each of tree) if (each.parentId === parent) found.add(each.id);
  return found;
};
const renameThere = fc
  .tuple(fc.nat(9), fc.constantFrom('x', 'z'))
  .map(([which, name]): ThereStep => (tree) => {
    const folder = pick(tree, which);
    return tree.map((each) => (each === folder ? told(each.id, each.parentId, name) : each));
  });
const moveThere = fc.tuple(fc.nat(9), fc.nat(9)).map(([which, to]): ThereStep => (tree) => {
  const folder = pick(tree, which);
  if (folder === undefined) return tree;
  const inside = below(tree, folder.id);
  const parentId = pick([null, ...tree.map(({ id }) => id).filter((id) => !inside.has(id))], to) ?? null;
  return tree.map((each) => (each === folder ? told(each.id, parentId, each.name) : each));
});
const removeThere = fc.nat(9).map((which): ThereStep => (tree) => {
  const inside = below(tree, pick(tree, which)?.id ?? '');
  return tree.filter(({ id }) => !inside.has(id));
});
const addThere = fc.tuple(fc.nat(9), fc.constantFrom('n', 'o', 'p')).map(
  ([at, id]): ThereStep =>
    (tree) =>
      tree.some((each) => each.id === id)
        ? tree
        : [...tree, told(id, pick([null, ...tree.map((each) => each.id)], at) ?? null)],
);
const thereSteps = fc.array(fc.oneof(renameThere, moveThere, removeThere, addThere), { maxLength: 4 });
const rounds = fc.array(fc.tuple(hereSteps, thereSteps), { minLength: 1, maxLength: 3 });

/** Every folder is reached from the vault; what is unsent of the tree waits; no record made here hangs. */
function expectWhole(mirror: Mirror): void {
  const known = new Set(folders(mirror).map(({ id }) => id));
  for (const { id } of folders(mirror)) {
    expect(mirror.folders.path(id)[0]?.parentId ?? null, `the way up from ${id}`).toBeNull();
  }
  const unsent = [...folders(mirror), ...rows(mirror)].filter(({ serverId }) => serverId === '');
  const ids = new Set(mirror.outbox.all().map(({ objectId }) => objectId));
  expect(unsent.filter(({ id }) => !ids.has(id))).toEqual([]);
  for (const { id, folderId } of rows(mirror).filter(({ serverId }) => serverId === '')) {
    expect(folderId === null || known.has(folderId), `${id} lies in ${String(folderId)}`).toBe(true);
  }
}

/** What the server told is remembered as told; what was deleted here stays away until that is settled. */
function expectTold(mirror: Mirror, tree: Tree): void {
  const isAway = (id: string | null): boolean => {
    if (id === null) return false;
    const parent = tree.find((each) => each.id === id)?.parentId ?? null;
    return mirror.bin.byServerId('folder', id) !== null || isAway(parent);
  };
  const shape = (all: Tree) =>
    all
      .filter(({ serverId }) => !isAway(serverId))
      .map(({ serverId, name, parentId }) => [serverId, name, parentId])
      .toSorted();
  expect(shape(settledTree(mirror, 'v'))).toEqual(shape(tree));
}

/** What waits of a folder is what is shown of it, unless it is held. */
function expectShown(mirror: Mirror): void {
  const known = new Set(folders(mirror).map(({ id }) => id));
  const isHeld = ({ state }: OutboxOperation): boolean => state === 'held';
  for (const { id, name, parentId } of folders(mirror)) {
    const operations = mirror.outbox.ofObject('folder', id);
    const going = operations.filter((operation) => !isHeld(operation)).map(({ change }) => change);
    const renamed = going.findLast((change) => change.kind === 'renameFolder');
    const moved = going.findLast((change) => change.kind === 'moveFolder');
    if (renamed?.kind === 'renameFolder') expect(name).toBe(renamed.name);
    if (moved?.kind === 'moveFolder') expect(parentId).toBe(moved.parentId);
    const base = mirror.bases.folder(id);
    if (!operations.every(isHeld) || !base) continue;
    expect(name).toBe(base.name);
    // In a folder that was deleted here it is shown in the nearest place above.
    const isAway = base.parentId !== null && !known.has(base.parentId);
    if (!isAway) expect(parentId).toBe(base.parentId);
  }
}

describe('a tree that both sides change at random', () => {
  it('stays whole, and is as told beneath what waits; told again it is no news', () => {
    fc.assert(
      fc.property(rounds, (all) => {
        withMirror((mirror) => {
          expect(take(atFirst)).toBe(true);
          let there = atFirst;
          for (const [stepsHere, stepsThere] of all) {
            for (const step of stepsHere) step(mirror);
            there = stepsThere.reduce((tree, step) => step(tree), there);
            take(there);
            expectWhole(mirror);
            expectTold(mirror, there);
            expectShown(mirror);
            const before = [folders(mirror), rows(mirror), mirror.outbox.all(), mirror.notices.all()];
            take(there);
            expect([folders(mirror), rows(mirror), mirror.outbox.all(), mirror.notices.all()]).toEqual(
              before,
            );
          }
        });
      }),
      { numRuns: 400 },
    );
  });
});

/** One folder that both sides rename, on a line that loses requests and answers. */
class Renaming {
  readonly mirror: Mirror;
  readonly #arrived = new Set<string>();
  #there = told('a', null);
  #isDeletedThere = false;
  lastTheirs = 'a';
  #typed = 0;

  constructor(mirror: Mirror) {
    this.mirror = mirror;
    this.#standThere('a');
    this.pull();
  }

  #standThere(name: string): void {
    this.#arrived.add(name);
    this.#there = told('a', null, name);
  }

  typeHere(again: boolean): void {
    const folder = this.mirror.folders.get('a');
    if (folder === null) return;
    const name = again ? 'a' : `typed ${String((this.#typed += 1))}`;
    if (name === folder.name) return;
    commitFolder(this.mirror, folder, { ...folder, name }, { kind: 'renameFolder', name }, 1);
  }

  send(isArriving: boolean, isHeard: boolean): void {
    const { mirror } = this;
    const operation = mirror.outbox.ofObject('folder', 'a')[0];
    if (operation === undefined || operation.state === 'held') return;
    mirror.outbox.tried(operation.id, 1);
    if (!isArriving) return;
    const { change } = operation;
    if (change.kind === 'removeFolder') {
      this.#isDeletedThere = true;
      if (isHeard) settleRemoval(context, operation, 'entry');
    } else if (change.kind === 'restoreFolder') {
      this.#isDeletedThere = false;
      if (isHeard) settleFolder(context, operation, { folderId: null });
    } else if (change.kind === 'renameFolder' && this.#isDeletedThere) {
      const state = operation.problem === null ? 'waiting' : 'held';
      mirror.outbox.setState(operation.id, state, { code: 'notFound', params: {} });
    } else if (change.kind === 'renameFolder') {
      // What is not the name that was known is not written over.
      const known = [mirror.bases.folder('a')?.name, change.name];
      if (!known.includes(this.#there.name)) return;
      this.#standThere(change.name);
      if (isHeard) settleFolder(context, operation, {});
    }
  }

  deleteHere(): void {
    if (this.mirror.folders.get('a') !== null) binFolder(this.mirror, 'a', 1);
  }

  putBackHere(): void {
    if (this.mirror.bin.get('a') !== null) putBack(this.mirror, 'a', { at: 1, serverRestores: true });
  }

  deleteThere(): void {
    this.#isDeletedThere = !this.#isDeletedThere;
  }

  renameThere(): void {
    this.lastTheirs = `theirs ${String((this.#typed += 1))}`;
    this.#standThere(this.lastTheirs);
  }

  pull(): void {
    if (!this.#isDeletedThere) return void take([this.#there]);
    binFolderTold(context, 'a', { binItemId: 'entry', deletedAt: 1 });
    take([]);
  }

  /** Everything goes out, and is heard; what is held stays. */
  comeToRest(): string {
    for (let turn = 0; turn < 4; turn += 1) {
      this.pull();
      for (let each = 0; each < 8; each += 1) this.send(true, true);
    }
    this.pull();
    this.expectSettled();
    return this.#there.name;
  }

  /** The name that was typed last is shown, or waits, or has stood on the server. */
  expectKept(lastTyped: string | null): void {
    const waiting = this.mirror.outbox
      .ofObject('folder', 'a')
      .map(({ change }) => (change.kind === 'renameFolder' ? change.name : ''));
    const here = folderHere(this.mirror, 'a')?.name;
    const told = this.mirror.notices.all().map(({ subject }) => subject);
    const known = [...waiting, ...told, ...this.#arrived, here];
    if (lastTyped !== null) expect(known).toContain(lastTyped);
  }

  expectSettled(): void {
    const { mirror } = this;
    const operations = mirror.outbox.ofObject('folder', 'a');
    const row = mirror.folders.get('a');
    if (operations.length === 0) expect(row?.name).toBe(this.#isDeletedThere ? undefined : this.#there.name);
    // Whoever goes on with what waits ends where the person ended.
    const last = operations.filter(({ state }) => state !== 'held').at(-1);
    if (last?.change.kind === 'renameFolder') expect(row?.name).toBe(last.change.name);
  }
}

const renamingStep = fc.oneof(
  fc.boolean().map((again) => ({ kind: 'type', again }) as const),
  fc.tuple(fc.boolean(), fc.boolean()).map(([arrives, heard]) => ({ kind: 'send', arrives, heard }) as const),
  fc.constantFrom('theirs', 'pull', 'bin', 'back', 'gone').map((kind) => ({ kind }) as const),
);

describe('a name that is typed here', () => {
  it('is told of, and not sent over the name of others, when only the folder around it went', () => {
    withMirror((mirror) => {
      const shelf = told('shelf', 'rack', 'as it was');
      takeFolders(context, 'v', [told('rack', null), shelf]);
      const name = 'mine';
      commitFolder(mirror, shelf, { ...shelf, name }, { kind: 'renameFolder', name }, 1);
      binFolder(mirror, 'rack', 2);
      binFolderTold(context, 'rack', { binItemId: 'entry', deletedAt: 3 });
      takeFolders(context, 'v', [told('shelf', null, 'theirs')]);
      expect(mirror.folders.get('shelf')?.name).toBe('theirs');
      expect(mirror.outbox.ofObject('folder', 'shelf')).toEqual([]);
      expect(mirror.notices.all().map(({ subject }) => subject)).toEqual(['mine']);
    });
  });

  it('is shown, waits, or has arrived, whatever the line loses and whoever else renames it', () => {
    fc.assert(
      fc.property(fc.array(renamingStep, { maxLength: 14 }), (steps) => {
        withMirror((mirror) => {
          const renaming = new Renaming(mirror);
          let lastTyped: string | null = null;
          for (const step of steps) {
            if (step.kind === 'type') {
              renaming.typeHere(step.again);
              lastTyped = folderHere(mirror, 'a')?.name ?? lastTyped;
            } else if (step.kind === 'send') renaming.send(step.arrives, step.heard);
            else if (step.kind === 'theirs') renaming.renameThere();
            else if (step.kind === 'bin') renaming.deleteHere();
            else if (step.kind === 'back') renaming.putBackHere();
            else if (step.kind === 'gone') renaming.deleteThere();
            else {
              renaming.pull();
              renaming.expectSettled();
            }
            renaming.expectKept(lastTyped);
          }
          const others = ['theirs', 'gone', 'bin', 'back'];
          const isMineAlone = !steps.some(({ kind }) => others.includes(kind));
          const atRest = renaming.comeToRest();
          if (isMineAlone) expect(atRest).toBe(lastTyped ?? 'a');
          // Nobody typed here: whatever was deleted and put back keeps the name that others gave it.
          if (!steps.some(({ kind }) => kind === 'type')) expect(atRest).toBe(renaming.lastTheirs);
        });
      }),
      { numRuns: 600 },
    );
  });
});
