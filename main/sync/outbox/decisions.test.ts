/** Decisions about conflicts, as transactions: what is shown, what goes out, what is left. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConflictedField, Mirror, StoredConflict } from '../../mirror/index.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/model.ts';
import { aFolder, aRecord, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { isInDoubt } from '../doubt.ts';
import { binItemKey } from './binning.ts';
import { customsWithTheirs, decide, pickSides, resolveFields } from './decisions.ts';

const field = (name: string, value: string) => ({ name, value, type: 'text' });
const file: StoredAttachment = {
  id: 'f',
  serverId: 'f',
  name: 'f.pem',
  encryptedKey: 'k',
  hash: null,
  size: 1,
  localFile: 'contents',
};
const ancestor = aRecord({
  id: 'r',
  vaultId: 'v',
  login: 'a',
  passwordEncrypted: 'pa',
  keyWrapped: 'under v',
});
const theirs: StoredRecord = {
  ...ancestor,
  login: 't',
  passwordEncrypted: 'pt',
  customs: [field('PIN', 't')],
  vaultId: 'w',
  keyWrapped: 'under w',
  revision: 5,
};
const mine: StoredRecord = {
  ...theirs,
  login: 'm',
  passwordEncrypted: 'pm',
  customs: [field('PIN', 'm')],
  vaultId: 'v',
  folderId: 'inner',
  keyWrapped: 'under v',
};
const place = ({ vaultId, folderId }: StoredRecord) => ({ vaultId: vaultId ?? '', folderId });
const clashes: readonly ConflictedField[] = [
  { key: 'login', kind: 'login', sides: { ancestor: 'a', mine: 'm', theirs: 't' } },
  { key: 'password', kind: 'password', sides: { ancestor: 'pa', mine: 'pm', theirs: 'pt' } },
  {
    key: 'custom:PIN',
    kind: 'custom',
    sides: { ancestor: undefined, mine: mine.customs[0], theirs: theirs.customs[0] },
  },
  {
    key: 'place',
    kind: 'place',
    sides: { ancestor: place(ancestor), mine: place(mine), theirs: place(theirs) },
  },
];
const open = (kind: StoredConflict['kind'], fields: readonly ConflictedField[] = []): StoredConflict => ({
  id: 'k',
  kind,
  recordId: 'r',
  name: 'R',
  vaultName: 'V',
  at: 7,
  fields,
  sealed: null,
});

let here: TestMirror;
let mirror: Mirror;
beforeEach(() => {
  here = temporaryMirror();
  mirror = here.mirror;
  for (const id of ['v', 'w']) mirror.vaults.upsert(aVault({ id }));
  mirror.folders.upsert(aFolder({ id: 'inner', vaultId: 'v' }));
});
afterEach(() => here[Symbol.dispose]());

function stand(row: StoredRecord, base: StoredRecord | null, conflict: StoredConflict): void {
  mirror.records.upsertMany([row]);
  mirror.bases.putRecord(row.id, base);
  mirror.conflicts.put(conflict);
}
const changes = () => mirror.outbox.all().map(({ change }) => change);
const clear = (): void => {
  for (const { id } of mirror.outbox.all()) mirror.outbox.remove(id);
};

describe('a conflict of fields', () => {
  it('becomes what was picked: that is shown, and exactly what the server lacks of it goes out', () => {
    const sides = fc.record({
      login: fc.boolean(),
      password: fc.boolean(),
      'custom:PIN': fc.boolean(),
      place: fc.boolean(),
    });
    fc.assert(
      fc.property(sides, (taken) => {
        clear();
        stand(mine, theirs, open('fields', clashes));
        const picks = new Map(
          Object.entries(taken).map(([key, isTheirs]) => [key, isTheirs ? 'theirs' : 'mine'] as const),
        );
        const conflict = mirror.conflicts.get('k');
        expect(conflict).not.toBeNull();
        if (conflict === null) return;
        resolveFields(mirror, 'k', pickSides(mirror, conflict, picks), 9);
        const lies = taken.place ? theirs : mine;
        expect(mirror.records.get('r')).toMatchObject({
          login: taken.login ? 't' : 'm',
          passwordEncrypted: taken.password ? 'pt' : 'pm',
          customs: taken['custom:PIN'] ? theirs.customs : mine.customs,
          vaultId: lies.vaultId,
          folderId: lies.folderId,
          keyWrapped: lies.keyWrapped,
          revision: 5,
        });
        const fields = {
          ...(taken.login ? {} : { login: 'm' }),
          ...(taken.password ? {} : { passwordEncrypted: 'pm' }),
          ...(taken['custom:PIN'] ? {} : { customs: mine.customs }),
        };
        expect(changes()).toEqual([
          ...(Object.keys(fields).length > 0 ? [{ kind: 'edit', fields }] : []),
          ...(taken.place ? [] : [{ kind: 'move', place: place(mine), keyWrapped: 'under v' }]),
        ]);
        expect(mirror.conflicts.all()).toEqual([]);
        expect(mirror.bases.record('r') === undefined).toBe(changes().length === 0);
      }),
      { numRuns: 16 },
    );
  });

  it('is decided once', () => {
    stand(mine, theirs, open('fields', clashes));
    resolveFields(mirror, 'k', mine, 9);
    expect(() => resolveFields(mirror, 'k', mine, 10)).toThrow(
      expect.objectContaining({ code: 'noSuchConflict' }),
    );
    expect(() => decide(mirror, 'k', { decision: 'drop', at: 10, serverRestores: true })).toThrow(
      expect.objectContaining({ code: 'noSuchConflict' }),
    );
  });

  it('takes a custom field of theirs in my place, beside mine, or away', () => {
    const [pin, key] = [field('PIN', 'm'), field('Key', 'k')];
    const changed = field('PIN', 't');
    expect(customsWithTheirs([key, pin], { ancestor: undefined, mine: pin, theirs: changed })).toEqual([
      key,
      changed,
    ]);
    expect(customsWithTheirs([key], { ancestor: pin, mine: undefined, theirs: changed })).toEqual([
      key,
      changed,
    ]);
    expect(customsWithTheirs([key, pin], { ancestor: pin, mine: pin, theirs: undefined })).toEqual([key]);
  });
});

describe('a record that was deleted there', () => {
  const typed = { ...ancestor, login: 'm', attachments: [file] };
  const base = { ...ancestor, attachments: [file] };
  const how = { decision: 'keep', at: 9, serverRestores: true } as const;

  it('is put back with what was typed here, where their bin has it', () => {
    stand(typed, base, open('deletedThere'));
    mirror.syncState.set(binItemKey('r'), 'entry');
    expect(decide(mirror, 'k', how)).toEqual([]);
    expect(changes()).toEqual([{ kind: 'restore' }, { kind: 'edit', fields: { login: 'm' } }]);
    expect(mirror.bases.record('r')).toEqual(base);
    expect(isInDoubt(mirror)).toBe(true);
  });

  it.each([
    ['their bin does not have it', null, true],
    ['the server puts nothing back', 'entry', false],
  ])('is made anew, files included, where %s', (_why, entry, serverRestores) => {
    stand({ ...typed, folderId: 'gone' }, base, open('deletedThere'));
    mirror.syncState.set(binItemKey('r'), entry);
    decide(mirror, 'k', { ...how, serverRestores });
    expect(mirror.records.get('r')).toMatchObject({
      serverId: '',
      itemServerId: '',
      folderId: null,
      login: 'm',
      attachments: [{ serverId: null, localFile: 'contents' }],
    });
    expect(changes()).toMatchObject([
      { kind: 'create', keyWrapped: 'under v', fields: { login: 'm' } },
      { kind: 'attach', attachmentId: 'f' },
    ]);
    expect(mirror.bases.record('r')).toBeNull();
    expect(mirror.syncState.get(binItemKey('r'))).toBeNull();
  });

  it('is let go as the server had it: into the bin, or for good with its files', () => {
    stand(typed, base, open('deletedThere'));
    mirror.syncState.set(binItemKey('r'), 'entry');
    expect(decide(mirror, 'k', { ...how, decision: 'drop' })).toEqual([]);
    expect(mirror.bin.get('r')).toMatchObject({ binItemId: 'entry', record: base });
    expect([mirror.records.get('r'), changes()]).toEqual([null, []]);
    mirror.bin.remove('r');
    stand(typed, base, open('deletedThere'));
    expect(decide(mirror, 'k', { ...how, decision: 'drop' })).toEqual(['contents']);
    expect([mirror.records.get('r'), mirror.bin.get('r')]).toEqual([null, null]);
    expect(mirror.bases.record('r')).toBeUndefined();
  });
});

describe('a record that was deleted here and changed there', () => {
  const undecided = (): void => {
    stand(ancestor, ancestor, open('changedThere'));
    const { id } = mirror.outbox.add({
      object: 'record',
      objectId: 'r',
      name: 'R',
      at: 1,
      change: { kind: 'remove' },
    });
    mirror.outbox.setState(id, 'undecided', null);
  };

  it('stays as the server has it', () => {
    undecided();
    decide(mirror, 'k', { decision: 'keep', at: 9, serverRestores: true });
    expect(mirror.records.get('r')).toEqual(ancestor);
    expect([changes(), mirror.conflicts.all(), mirror.bases.record('r')]).toEqual([[], [], undefined]);
  });

  it('is deleted all the same, as a new request', () => {
    undecided();
    decide(mirror, 'k', { decision: 'drop', at: 9, serverRestores: true });
    expect(mirror.records.get('r')).toBeNull();
    expect(mirror.bin.get('r')?.record).toEqual(ancestor);
    expect(mirror.outbox.all()).toMatchObject([{ change: { kind: 'remove' }, state: 'waiting' }]);
  });
});
