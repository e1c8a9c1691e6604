/** What waits here under what came from there: with real keys, at random, and at the corners. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LockedBytes } from '../../custody/index.ts';
import {
  generateKeyPair,
  generateRecordKey,
  generateVaultKey,
  loadPrivateKey,
  openEnvelopeText,
  openRecordKey,
  sealEnvelope,
  sealRecordKey,
  wrapVaultKey,
} from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { Mirror } from '../../mirror/index.ts';
import type { StoredRecord } from '../../mirror/model.ts';
import { aRecord, aVault, temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { commitEdit, commitFavourite, commitMove } from '../../vaults/editing/committing.ts';
import { withChange } from '../outbox/pending.ts';
import type { PullContext } from '../pullcontext.ts';
import { undoing, unreachableContext } from '../testcontext.ts';
import { VaultKeys } from '../trust/vaultkeys.ts';
import { rebase } from './rebase.ts';

let here: TestMirror;
let context: PullContext;
const keys = { v: generateVaultKey(), w: generateVaultKey() };
const locked = (): LockedBytes => LockedBytes.adopt(randomBytes(32));

beforeAll(async () => {
  here = temporaryMirror();
  const { mirror } = here;
  const pair = await generateKeyPair();
  const privateKey = loadPrivateKey(pair.privatePem);
  for (const id of ['v', 'w'] as const) {
    mirror.vaults.upsert(aVault({ id, keyWrapped: wrapVaultKey(keys[id], pair.publicPem) }));
  }
  const [cacheKey, manifestKey, now] = [locked(), locked(), () => 1000];
  const vaultKeys = new VaultKeys({ mirror, cacheKey, manifestKey, privateKey: () => privateKey, now });
  context = unreachableContext(mirror, { cacheKey, manifestKey, now, vaultKeys });
});
afterAll(async () => {
  await context.client.connection.close();
  context.vaultKeys?.dispose();
  here[Symbol.dispose]();
});

const withMirror = (work: (mirror: Mirror) => void): void => undoing(here.mirror, work);

/** A state of the server, readable; under which key it stands there. */
interface There {
  readonly login: string;
  readonly name: string;
  readonly color: number;
  readonly password: string;
  readonly key: RecordKey;
  readonly keyWrapped: string;
  readonly revision: number;
}
const underKey = (key: RecordKey) => ({ key, keyWrapped: sealRecordKey(key, keys.v) });
const atFirst: There = {
  ...{ login: 'before', name: 'before', color: 0, password: 'before', revision: 1 },
  ...underKey(generateRecordKey()),
};
const seal = (text: string, key: RecordKey): string => sealEnvelope(Buffer.from(text, 'utf8'), key);
const served = ({ password, key, ...plain }: There): StoredRecord => ({
  ...aRecord({ id: 'r', vaultId: 'v', ...plain }),
  passwordEncrypted: seal(password, key),
  contentHash: `of revision ${String(plain.revision)}`,
});

function rowOf(mirror: Mirror): StoredRecord {
  const row = mirror.records.get('r');
  if (row === null) throw new Error('the record is gone');
  return row;
}
/** The password that a ciphertext holds under the key that the row carries. */
function opened(row: StoredRecord, wire: string | null | undefined = row.passwordEncrypted): string | null {
  if (wire === null || wire === undefined) return null;
  const key = openRecordKey(row.keyWrapped ?? '', keys[row.vaultId === 'w' ? 'w' : 'v']);
  return openEnvelopeText(wire, key).toString('utf8');
}
interface Typed {
  readonly login?: string;
  readonly name?: string;
  readonly color?: number;
  readonly password?: string;
}
function type(mirror: Mirror, { password, ...plain }: Typed): void {
  const row = rowOf(mirror);
  const key = openRecordKey(row.keyWrapped ?? '', keys.v);
  const isNew = password !== undefined && password !== opened(row);
  const secret = isNew ? { passwordEncrypted: seal(password, key) } : {};
  commitEdit(mirror, row, { ...row, ...plain, ...secret }, 1);
}
/** Takes what was delivered under what waits, as a pull does, and writes the row. */
function take(mirror: Mirror, theirs: StoredRecord): StoredRecord {
  const mine = rowOf(mirror);
  const row = rebase(context, { base: mirror.bases.record('r') ?? mine, mine, theirs });
  if (row === null) throw new Error('nothing was taken');
  mirror.records.upsertMany([row]);
  return row;
}
const changes = (mirror: Mirror) => mirror.outbox.ofObject('record', 'r').map(({ change }) => change);
const conflicted = (mirror: Mirror): string[] =>
  (mirror.conflicts.ofRecord('r')?.fields ?? []).map(({ kind }) => kind).toSorted();

describe('edits of both sides at random', () => {
  const word = fc.constantFrom('a', 'b', 'c');
  const typed = fc.record(
    { login: word, name: word, password: word, color: fc.nat(2) },
    { requiredKeys: [] },
  );
  const rounds = fc.array(fc.record({ mine: typed, theirs: typed, isNewKey: fc.boolean() }), {
    minLength: 1,
    maxLength: 4,
  });

  it('show what the server has with what waits on top; a clash shows mine, and is not sent', () => {
    fc.assert(
      fc.property(rounds, (all) => {
        withMirror((mirror) => {
          mirror.records.upsertMany([served(atFirst)]);
          let there = atFirst;
          for (const { mine, theirs, isNewKey } of all) {
            const base = mirror.bases.record('r') ?? rowOf(mirror);
            type(mirror, mine);
            const renewed = isNewKey ? underKey(generateRecordKey()) : {};
            there = { ...there, ...theirs, ...renewed, revision: there.revision + 1 };
            const delivered = served(there);
            const before = opened(base);
            const row = take(mirror, delivered);
            expectBoth(mirror, row, delivered);
            for (const field of ['login', 'name', 'color'] as const) {
              const value = mine[field];
              if (value !== undefined && value !== base[field]) expect(row[field]).toBe(value);
            }
            const { password } = mine;
            if (password !== undefined && password !== before) expect(opened(row)).toBe(password);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  function expectBoth(mirror: Mirror, row: StoredRecord, theirs: StoredRecord): void {
    const open = new Set(conflicted(mirror));
    const waiting = changes(mirror);
    const told = waiting.reduce((state, change) => withChange(state, change, []), theirs);
    for (const field of ['login', 'name', 'color'] as const) {
      if (!open.has(field)) expect(row[field]).toBe(told[field]);
    }
    if (!open.has('password')) expect(opened(row)).toBe(opened(row, told.passwordEncrypted));
    const sent = waiting.flatMap((change) => (change.kind === 'edit' ? Object.keys(change.fields) : []));
    const names = sent.map((name) => (name === 'passwordEncrypted' ? 'password' : name));
    expect(names.filter((name) => open.has(name))).toEqual([]);
    const isSettled = open.size + waiting.length === 0;
    expect(mirror.bases.record('r')).toEqual(isSettled ? undefined : theirs);
  }
});

describe('what has arrived', () => {
  it('is taken for sent, though nothing was heard of it', () => {
    withMirror((mirror) => {
      mirror.records.upsertMany([served(atFirst)]);
      type(mirror, { login: 'typed' });
      mirror.outbox.tried(mirror.outbox.all()[0]?.id ?? '', 1);
      const row = take(mirror, served({ ...atFirst, login: 'typed', revision: 2 }));
      expect([row.login, changes(mirror), mirror.bases.record('r')]).toEqual(['typed', [], undefined]);
    });
  });

  it('is the ground for what was typed after it, even back to what was before', () => {
    withMirror((mirror) => {
      mirror.records.upsertMany([served(atFirst)]);
      type(mirror, { login: 'typed' });
      mirror.outbox.tried(mirror.outbox.all()[0]?.id ?? '', 1);
      type(mirror, { login: 'before' });
      const row = take(mirror, served({ ...atFirst, login: 'typed', revision: 2 }));
      expect(row.login).toBe('before');
      expect(changes(mirror)).toEqual([{ kind: 'edit', fields: { login: 'before' } }]);
    });
  });

  it('has not where the server is further: that is another request', () => {
    withMirror((mirror) => {
      mirror.records.upsertMany([served(atFirst)]);
      const row = rowOf(mirror);
      commitFavourite(mirror, row, true, 1);
      const [sent] = mirror.outbox.all();
      mirror.outbox.tried(sent?.id ?? '', 1);
      take(mirror, served({ ...atFirst, name: 'theirs', revision: 2 }));
      const [now] = mirror.outbox.all();
      expect(now).toMatchObject({ change: { kind: 'favourite', favourite: true }, state: 'waiting' });
      expect(now?.id).not.toBe(sent?.id);
    });
  });

  it('a mark that both sides set is no news', () => {
    withMirror((mirror) => {
      mirror.records.upsertMany([served(atFirst)]);
      commitFavourite(mirror, rowOf(mirror), true, 1);
      const row = take(mirror, { ...served({ ...atFirst, revision: 2 }), favourite: true });
      expect([row.favourite, changes(mirror)]).toEqual([true, []]);
    });
  });
});

describe('places', () => {
  const moveTo = (mirror: Mirror, folderId: string): void => {
    const row = rowOf(mirror);
    commitMove(mirror, row, { ...row, folderId }, 1);
  };

  it('that both chose are a conflict, and the move does not go out', () => {
    withMirror((mirror) => {
      mirror.records.upsertMany([served(atFirst)]);
      moveTo(mirror, 'mine');
      const row = take(mirror, { ...served({ ...atFirst, revision: 2 }), folderId: 'theirs' });
      expect([row.folderId, conflicted(mirror), changes(mirror)]).toEqual(['mine', ['place'], []]);
    });
  });

  it('in another vault get the key of now, when the record was given a new one there', () => {
    withMirror((mirror) => {
      mirror.records.upsertMany([served(atFirst)]);
      const before = rowOf(mirror);
      const moved = { ...before, vaultId: 'w', keyWrapped: sealRecordKey(atFirst.key, keys.w) };
      commitMove(mirror, before, moved, 1);
      const renewed = underKey(generateRecordKey());
      const row = take(mirror, served({ ...atFirst, ...renewed, revision: 2 }));
      expect(row).toMatchObject({ vaultId: 'w', folderId: null });
      expect(openRecordKey(row.keyWrapped ?? '', keys.w)).toEqual(renewed.key);
      expect(opened(row)).toBe('before');
      expect(changes(mirror)).toEqual([
        { kind: 'move', place: { vaultId: 'w', folderId: null }, keyWrapped: row.keyWrapped },
      ]);
    });
  });
});

describe('keys that do not open', () => {
  it('change nothing: what waits is held and says why', () => {
    withMirror((mirror) => {
      mirror.records.upsertMany([served(atFirst)]);
      type(mirror, { login: 'typed' });
      const mine = rowOf(mirror);
      const foreign = sealRecordKey(generateRecordKey(), generateVaultKey());
      const theirs = { ...served({ ...atFirst, revision: 2 }), keyWrapped: foreign };
      const base = mirror.bases.record('r') ?? mine;
      expect(rebase(context, { base, mine, theirs })).toBeNull();
      expect(mirror.outbox.all()).toMatchObject([{ state: 'held', problem: { code: 'undecipherable' } }]);
      expect([rowOf(mirror), mirror.bases.record('r')]).toEqual([mine, base]);
    });
  });
});

describe('a conflict that is open', () => {
  it('keeps its ancestor and stays open while other fields come and go, until both are the same', () => {
    withMirror((mirror) => {
      mirror.records.upsertMany([served(atFirst)]);
      type(mirror, { login: 'mine' });
      take(mirror, served({ ...atFirst, login: 'theirs', revision: 2 }));
      const { id } = mirror.conflicts.ofRecord('r') ?? {};
      take(mirror, served({ ...atFirst, login: 'theirs', color: 1, revision: 2 }));
      expect(mirror.conflicts.ofRecord('r')?.id).toBe(id);
      type(mirror, { name: 'also mine' });
      take(mirror, served({ ...atFirst, login: 'theirs again', color: 2, revision: 3 }));
      // Whoever decides has to have seen what came since.
      expect(mirror.conflicts.ofRecord('r')?.id).not.toBe(id);
      expect(mirror.conflicts.ofRecord('r')).toMatchObject({
        fields: [{ kind: 'login', sides: { ancestor: 'before', mine: 'mine', theirs: 'theirs again' } }],
      });
      expect(changes(mirror)).toEqual([{ kind: 'edit', fields: { name: 'also mine' } }]);
      take(mirror, served({ ...atFirst, login: 'mine', name: 'also mine', revision: 4 }));
      expect([mirror.conflicts.all(), changes(mirror), mirror.bases.record('r')]).toEqual([
        [],
        [],
        undefined,
      ]);
    });
  });
});
