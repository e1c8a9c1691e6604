import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trialEngine } from '../../testing/organisation/trialdatabase.ts';
import { createSeal } from '../sealing/cipher.ts';
import { loadSealingKey } from '../sealing/keyfile.ts';
import { newId } from '../storage/ids.ts';
import { filePlace } from '../storage/places.ts';
import type { Storage } from '../storage/storage.ts';
import { openStorage } from '../storage/storage.ts';
import { usualVaultSettings } from '../storage/vaults.ts';
import { explainAccess, standingOf, standingsOf } from './explain.ts';
import type { AccessLevel } from './levels.ts';
import { accessLevels, compareLevels } from './levels.ts';
import type { Caller } from './rights.ts';
import { rightsOver } from './rights.ts';

let folder = '';
let storage: Storage;
const organisationId = newId(0);
const groupIds = [newId(0), newId(0)];

async function newUser(role: Caller['role']): Promise<string> {
  const id = newId(0);
  const standing = { role, roleId: null, isOwner: false, isBlocked: false, isDeleted: false };
  const hashes = { passwordHash: '', masterKeyOptions: '', masterKeyFingerprint: null, keys: null };
  await storage.users.insert(
    { id, organisationId, login: id, email: '', fullName: '', ...standing, ...hashes },
    0,
  );
  return id;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-rights-'));
  const seal = createSeal(loadSealingKey(folder, false));
  storage = await openStorage(await trialEngine(folder), seal, filePlace(folder, undefined));
  await storage.organisations.insert({ id: organisationId, name: 'O', clientSideEncryption: true }, 0);
  for (const id of groupIds) await storage.groups.insert({ id, organisationId, name: 'G' }, 0);
});
afterAll(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An entry on place `at` (0 is the vault, n the n-th folder) for the person, a group of theirs or a stranger. */
interface Entry {
  at: number;
  whose: 'person' | 'first group' | 'second group' | 'stranger';
  level: AccessLevel;
}

const folders = 6;
const entry: fc.Arbitrary<Entry> = fc.record({
  at: fc.integer({ min: 0, max: folders }),
  whose: fc.constantFrom('person', 'first group', 'second group', 'stranger'),
  level: fc.constantFrom(...accessLevels),
});
/** Parents: folder n hangs under place `parents[n - 1]`, which is below n. */
const parents = fc.tuple(
  ...Array.from({ length: folders }, (_, index) => fc.integer({ min: 0, max: index })),
);
const entries = fc.uniqueArray(entry, { maxLength: 14, selector: ({ at, whose }) => `${at} ${whose}` });

/** The rules in their plainest form, place by place from below. */
function expectedLevel(place: number, tree: readonly number[], all: readonly Entry[]): AccessLevel {
  const own = all.filter((each) => each.at === place && each.whose !== 'stranger');
  const personal = own.find((each) => each.whose === 'person');
  if (personal) return personal.level;
  const [highest] = own.map((each) => each.level).toSorted((one, other) => compareLevels(other, one));
  if (highest) return highest;
  return place === 0 ? 'forbidden' : expectedLevel(tree[place - 1] ?? 0, tree, all);
}

async function build(tree: readonly number[], all: readonly Entry[], type: 'company' | 'privateShared') {
  const [userId, stranger] = [await newUser('user'), await newUser('user')];
  for (const groupId of groupIds) await storage.groups.addMembers(groupId, [userId]);
  const vaultId = newId(0);
  await storage.vaults.insert(
    {
      ...{ id: vaultId, organisationId, type, name: 'V', masterKeyHash: null, salt: null },
      ...{ customTypeId: null, description: '', settings: usualVaultSettings },
    },
    0,
  );
  const places: (string | null)[] = [null];
  for (const parent of tree) {
    const id = newId(0);
    const parentId = places[parent] ?? null;
    await storage.folders.insert({ id, vaultId, parentId, name: 'F', color: null }, 0);
    places.push(id);
  }
  const owners = { person: userId, stranger, 'first group': null, 'second group': null };
  const groups = {
    person: null,
    stranger: null,
    'first group': groupIds[0] ?? null,
    'second group': groupIds[1] ?? null,
  };
  for (const { at, whose, level } of all) {
    const place = { id: newId(0), vaultId, folderId: places[at] ?? null };
    await storage.access.set({ ...place, userId: owners[whose], groupId: groups[whose] }, level);
  }
  return { vaultId, userId, places };
}

const caller = (userId: string, role: Caller['role'] = 'user', clientSideEncryption = false): Caller => ({
  ...{ userId, login: userId, organisationId, role, clientSideEncryption, isOwner: false, sessionId: '' },
  permissions: new Set(),
});

describe('the level on a place', () => {
  it('follows the rules in any tree with any entries', async () => {
    await fc.assert(
      fc.asyncProperty(parents, entries, async (tree, all) => {
        const { vaultId, userId, places } = await build(tree, all, 'privateShared');
        const access = await rightsOver(storage).toVault(caller(userId), vaultId);
        const expected = places.map((_, place) => expectedLevel(place, tree, all));
        expect(places.map((place) => access?.levelAt(place))).toEqual(expected);
        expect(access?.readablePlaces()).toEqual(
          expect.arrayContaining(places.filter((_, place) => expected[place] !== 'forbidden')),
        );
        expect(access?.wholeIsReadable).toBe(!expected.includes('forbidden'));
        const vault = await storage.vaults.find(vaultId);
        if (!vault) throw new Error('There is a vault.');
        const person = { id: userId, role: 'user' as const };
        const [concerning] = await standingsOf(storage, person, groupIds, [vault]);
        for (const standing of [await standingOf(storage, vault), concerning]) {
          const explained = places.map(
            (place) => standing && explainAccess(standing, userId, new Set(groupIds), place).level,
          );
          expect(explained).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is worth nothing without the vault key where there is client-side encryption', async () => {
    const all: Entry[] = [{ at: 0, whose: 'person', level: 'admin' }];
    const { vaultId, userId, places } = await build([0, 1], all, 'privateShared');
    const rights = rightsOver(storage);
    const encrypted = caller(userId, 'user', true);
    const before = await rights.toVault(encrypted, vaultId);
    expect([before?.levelAt(null), before?.readablePlaces()]).toEqual(['forbidden', []]);
    await storage.vaultKeys.set(vaultId, userId, 'wrapped');
    const after = await rights.toVault(encrypted, vaultId);
    expect(places.map((place) => after?.levelAt(place))).toEqual(['admin', 'admin', 'admin']);
    expect(after?.wrappedKey).toBe('wrapped');
  });

  it('is that of an administrator in company vaults, and only there', async () => {
    const administrator = caller(await newUser('administrator'), 'administrator');
    const forbidden: Entry[] = [{ at: 1, whose: 'person', level: 'forbidden' }];
    for (const [type, level] of [
      ['company', 'admin'],
      ['privateShared', 'forbidden'],
    ] as const) {
      const { vaultId, places } = await build([0, 1], forbidden, type);
      const access = await rightsOver(storage).toVault(administrator, vaultId);
      expect(places.map((place) => access?.levelAt(place))).toEqual([level, level, level]);
    }
  });

  it('does not exist in another organisation', async () => {
    const { vaultId, userId } = await build([], [{ at: 0, whose: 'person', level: 'admin' }], 'company');
    const elsewhere = { ...caller(userId, 'administrator'), organisationId: newId(0) };
    expect(await rightsOver(storage).toVault(elsewhere, vaultId)).toBeUndefined();
    expect(await rightsOver(storage).toAllVaults(elsewhere)).toEqual([]);
  });
});
