import { describe, expect, it } from 'vitest';
import type { HealthRows } from './health.ts';
import { aFolder, aRecord, aVault, temporaryMirror } from './testmirror.ts';
import type { TestMirror } from './testmirror.ts';

function filled(count: number): TestMirror {
  const test = temporaryMirror();
  test.mirror.vaults.upsert(aVault({ id: 'vault' }));
  test.mirror.folders.upsert(aFolder({ id: 'folder', vaultId: 'vault' }));
  const records = Array.from({ length: count }, (_, at) =>
    aRecord({ id: `r${String(at)}`, vaultId: 'vault' }),
  );
  test.mirror.records.upsertMany(records);
  return test;
}

function counted(health: HealthRows, atOnce: number): number {
  let sum = 0;
  for (let after = 0; ;) {
    const stretch = health.countUnjudged(after, atOnce);
    if (stretch === null) return sum;
    sum += stretch.unjudged;
    after = stretch.last;
  }
}

/** Looks at everything there is. */
function lookAt(health: HealthRows): void {
  const rows = health.rowsToJudge(0, 1000);
  health.begin(rows);
  health.settle(rows, 0, Buffer.from('sealed'));
}

describe('the count of records to look at', () => {
  it('is the same in stretches of any length', () => {
    using test = filled(23);
    const { health } = test.mirror;
    for (const atOnce of [1, 5, 23, 100]) expect(counted(health, atOnce)).toBe(23);
    const some = health.rowsToJudge(0, 9);
    health.begin(some);
    expect(counted(health, 5)).toBe(23);
    health.settle(some, 0, Buffer.from('sealed'));
    for (const atOnce of [1, 5, 23, 100]) expect(counted(health, atOnce)).toBe(14);
  });

  it('leaves a shortcut out whose record is here, and counts one whose record is not', () => {
    using test = filled(2);
    const { health, records } = test.mirror;
    const shortcut = { kind: 'shortcut', vaultId: 'vault' } as const;
    records.upsertMany([
      aRecord({ id: 's1', ...shortcut, itemServerId: 'r0' }),
      aRecord({ id: 's2', ...shortcut, itemServerId: 'elsewhere' }),
    ]);
    expect(counted(health, 10)).toBe(3);
    expect(health.rowsToJudge(0, 10)).toHaveLength(3);
  });

  it('leaves a shortcut out whose record got its id from the server later', () => {
    using test = filled(1);
    const { health, records } = test.mirror;
    records.setServerId('r0', 'told-later');
    records.upsertMany([
      aRecord({ id: 's1', kind: 'shortcut', vaultId: 'vault', itemServerId: 'told-later' }),
    ]);
    expect(counted(health, 10)).toBe(1);
  });
});

describe('a record that changes', () => {
  it('is to be looked at again, also when it changed between looking and settling', () => {
    using test = filled(3);
    const { health, records } = test.mirror;
    lookAt(health);
    expect(health.rowsToJudge(0, 10)).toEqual([]);
    records.upsertMany([aRecord({ id: 'r1', vaultId: 'vault', passwordEncrypted: 'another' })]);
    expect(['r0', 'r1', 'nowhere'].map((id) => health.isKnown(id))).toEqual([true, false, false]);
    const [row] = health.rowsToJudge(0, 10);
    expect(counted(health, 10)).toBe(1);
    health.begin(row === undefined ? [] : [row]);
    records.upsertMany([aRecord({ id: 'r1', vaultId: 'vault', passwordEncrypted: 'a third' })]);
    health.settle(row === undefined ? [] : [row], 0, Buffer.from('sealed'));
    expect(counted(health, 10)).toBe(1);
    expect(health.knownIn(0)).toHaveLength(2);
  });

  it('makes another edition, and so do new facts; looking alone does not', () => {
    using test = filled(3);
    const { health, records } = test.mirror;
    const editions = [health.edition];
    lookAt(health);
    editions.push(health.edition);
    health.putBlock(0, Buffer.from('other'));
    editions.push(health.edition);
    records.upsertMany([aRecord({ id: 'r1', vaultId: 'vault', passwordEncrypted: 'another' })]);
    editions.push(health.edition);
    records.removeMany(['r2']);
    editions.push(health.edition);
    health.forget();
    editions.push(health.edition);
    expect(new Set(editions).size).toBe(6);
    const last = health.edition;
    counted(health, 10);
    health.rowsToJudge(0, 10);
    expect(health.edition).toBe(last);
  });
});
