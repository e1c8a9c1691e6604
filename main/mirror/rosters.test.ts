import { describe, expect, it } from 'vitest';
import type { RosterKey } from './rosters.ts';
import { temporaryMirror } from './testmirror.ts';

const key: RosterKey = {
  ...{ fingerprint: 'aa', signerId: 'u1', signerName: 'Anna', acceptedAt: 5, number: 3 },
};

describe('what is remembered of rosters', () => {
  it('never falls back to a lower number, accepted anew or not, and outlives a restart', () => {
    using store = temporaryMirror();
    store.mirror.rosters.setKey(key);
    store.mirror.rosters.withdraw('aa');
    expect(store.mirror.rosters.keys()).toEqual([{ ...key, acceptedAt: null }]);
    store.mirror.rosters.setKey({ ...key, acceptedAt: 9, number: 1 });
    expect(store.reopen().rosters.keys()).toEqual([{ ...key, acceptedAt: 9 }]);
  });

  it('overrules one key of one person against one roster', () => {
    using store = temporaryMirror();
    const { rosters } = store.mirror;
    const decided = { userId: 'u2', fingerprint: 'f', rosterFingerprint: 'r' };
    rosters.overrule(decided);
    rosters.overrule(decided);
    expect(rosters.isOverruled(decided)).toBe(true);
    for (const other of [{ userId: 'u3' }, { fingerprint: 'g' }, { rosterFingerprint: 's' }]) {
      expect(rosters.isOverruled({ ...decided, ...other })).toBe(false);
    }
  });

  it('is taken over by another copy, which keeps what it knows itself', () => {
    using from = temporaryMirror();
    using to = temporaryMirror();
    const decided = { userId: 'u2', fingerprint: 'f', rosterFingerprint: 'r' };
    from.mirror.rosters.setKey(key);
    from.mirror.rosters.setKey({ ...key, fingerprint: 'bb' });
    from.mirror.rosters.overrule(decided);
    from.mirror.rosters.setComparedAs({ userId: 'u2', name: 'Boris', login: 'boris' });
    from.mirror.rosters.setComparedAs({ userId: 'u3', name: 'Carla', login: 'carla' });
    to.mirror.rosters.setKey({ ...key, acceptedAt: null, number: 7 });
    to.mirror.rosters.setComparedAs({ userId: 'u2', name: 'Boris B.', login: 'bb' });
    to.mirror.rosters.takeOver(from.mirror.rosters);
    expect(to.mirror.rosters.keys()).toEqual([
      { ...key, acceptedAt: null, number: 7 },
      { ...key, fingerprint: 'bb' },
    ]);
    expect(to.mirror.rosters.isOverruled(decided)).toBe(true);
    expect(to.mirror.rosters.comparedAs('u2')?.name).toBe('Boris B.');
    expect(to.mirror.rosters.comparedAs('u3')?.name).toBe('Carla');
  });

  it('has a generation that rises with every change of a record, and with none of its own', () => {
    using store = temporaryMirror();
    const { rosters, records } = store.mirror;
    const before = rosters.generation;
    rosters.setKey(key);
    expect(rosters.generation).toBe(before);
    records.setFavourite('none', true);
    expect(rosters.generation).toBeGreaterThan(before);
  });
});
