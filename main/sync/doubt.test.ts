/** Doubt about the feed: raised in time, believed until the listings can settle it, and ended before they are read. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutboxChange, StoredConflict } from '../mirror/index.ts';
import { temporaryMirror, type TestMirror } from '../mirror/testmirror.ts';
import { endDoubt, isInDoubt, mustCompareListings, raiseDoubt, raiseDoubtWhileReshaping } from './doubt.ts';

let here: TestMirror;
beforeEach(() => {
  here = temporaryMirror();
});
afterEach(() => here[Symbol.dispose]());

const add = (change: OutboxChange) =>
  here.mirror.outbox.add({
    object: change.kind.includes('Folder') ? 'folder' : 'record',
    objectId: 'x',
    name: 'X',
    at: 1,
    change,
  });
const place = { vaultId: 'v', folderId: null };
const conflict: StoredConflict = {
  id: 'k',
  kind: 'deletedThere',
  recordId: 'x',
  name: 'X',
  vaultName: 'V',
  at: 1,
  fields: [],
  sealed: null,
};

describe('what is told while changes wait', () => {
  const shapes: readonly OutboxChange[] = [
    { kind: 'move', place, keyWrapped: null },
    { kind: 'remove' },
    { kind: 'restore' },
    { kind: 'createFolder', vaultId: 'v', parentId: null, name: 'F' },
    { kind: 'renameFolder', name: 'F' },
    { kind: 'moveFolder', parentId: null },
    { kind: 'removeFolder' },
    { kind: 'restoreFolder' },
  ];
  it.each(shapes.map((change) => [change.kind, change] as const))(
    'is in doubt where %s waits, until nothing of the kind does',
    (_kind, change) => {
      const { mirror } = here;
      const { id } = add(change);
      raiseDoubtWhileReshaping(mirror);
      expect([isInDoubt(mirror), mustCompareListings(mirror)]).toEqual([true, false]);
      mirror.outbox.remove(id);
      expect(mustCompareListings(mirror)).toBe(true);
      endDoubt(mirror);
      expect([isInDoubt(mirror), mustCompareListings(mirror)]).toEqual([false, false]);
    },
  );

  const others: readonly OutboxChange[] = [
    { kind: 'edit', fields: { name: 'E' } },
    { kind: 'favourite', favourite: true },
    { kind: 'attach', attachmentId: 'a' },
    { kind: 'detach', attachmentId: 'a', serverId: 's' },
  ];
  it.each(others.map((change) => [change.kind, change] as const))(
    'is believed where only %s waits, which no deletion speaks against',
    (_kind, change) => {
      add(change);
      raiseDoubtWhileReshaping(here.mirror);
      expect(isInDoubt(here.mirror)).toBe(false);
    },
  );
});

describe('a doubt', () => {
  it('waits for a person who has to decide first', () => {
    const { mirror } = here;
    raiseDoubt(mirror);
    mirror.conflicts.put(conflict);
    expect(mustCompareListings(mirror)).toBe(false);
    mirror.conflicts.remove('k');
    expect(mustCompareListings(mirror)).toBe(true);
  });

  it('outlives a restart', () => {
    raiseDoubt(here.mirror);
    expect(isInDoubt(here.reopen())).toBe(true);
  });
});
