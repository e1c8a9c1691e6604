import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { Mirror } from './mirror.ts';
import { aRecord, temporaryMirror, type TestMirror } from './testmirror.ts';

/** Segments of the search index, seen by another connection. */
function segments(test: TestMirror): number {
  const engine = Engine.open({ path: test.path, pageKey: test.pageKey });
  try {
    return engine.values<number>('SELECT count(DISTINCT segid) FROM search_index_idx').get() ?? 0;
  } finally {
    engine.close();
  }
}

function found(mirror: Mirror, text: string): string[] {
  return mirror.search
    .query({ text, scope: null, offset: 0, limit: 500 })
    .rows.map(({ id }) => id)
    .sort();
}

function mergeAll(mirror: Mirror): number {
  let steps = 0;
  while (mirror.upkeep.mergeSome()) steps += 1;
  return steps;
}

describe('merging the search index in pieces', () => {
  it('leaves few segments, does nothing a second time, and finds the same', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    for (let index = 0; index < 120; index += 1) {
      mirror.records.upsertMany([
        aRecord({ id: `r${String(index)}`, name: `server ${String(index)} пароль` }),
      ]);
    }
    const before = found(mirror, 'server 1');
    expect(before.length).toBeGreaterThan(10);
    expect(segments(test)).toBeGreaterThan(100);
    expect(mergeAll(mirror)).toBeGreaterThan(0);
    expect(segments(test)).toBeLessThan(16);
    expect(mirror.upkeep.mergeSome()).toBe(false);
    expect(found(mirror, 'server 1')).toEqual(before);
    mirror.checkIntegrity();
  });

  it('does a large merge in many pieces, between which everything is found', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    const words = Array.from({ length: 4000 }, (_, index) => (index * 7919).toString(36));
    for (let step = 0; step < 24; step += 1) {
      mirror.records.upsertMany(
        Array.from({ length: 20 }, (_, index) =>
          aRecord({
            id: `s${String(step)}-${String(index)}`,
            name: `title-${String(step)}.`,
            description: words.slice(step * 160, step * 160 + 160).join(' '),
          }),
        ),
      );
    }
    let steps = 0;
    do {
      expect(found(mirror, 'title-7.')).toHaveLength(20);
      steps += 1;
    } while (mirror.upkeep.mergeSome());
    expect(steps).toBeGreaterThan(3);
    mirror.checkIntegrity();
  });

  it('keeps a mirror that nobody looks after from having ever more segments', () => {
    using test = temporaryMirror();
    for (let index = 0; index < 400; index += 1) {
      test.mirror.records.upsertMany([aRecord({ id: `r${String(index)}` })]);
    }
    expect(segments(test)).toBeLessThan(150);
  });

  it('finds what plain reading finds, whatever was written, removed and merged in between', () => {
    const change = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      name: fc.constantFrom('mail', 'mailbox', 'почта', 'server', 'serv', null),
      pieces: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 60 }), (changes) => {
        using test = temporaryMirror();
        const names = new Map<string, string>();
        for (const { id, name, pieces } of changes) {
          if (name === null) {
            test.mirror.records.removeMany([id]);
            names.delete(id);
          } else {
            test.mirror.records.upsertMany([aRecord({ id, name })]);
            names.set(id, name);
          }
          for (let piece = 0; piece < pieces; piece += 1) test.mirror.upkeep.mergeSome();
        }
        for (const text of ['mail', 'serv', 'почт', 'box']) {
          const expected = [...names].filter(([, name]) => name.includes(text)).map(([id]) => id);
          expect(found(test.mirror, text)).toEqual(expected.sort());
        }
        test.mirror.checkIntegrity();
      }),
      { numRuns: 25 },
    );
  });

  it('sets a mirror of an earlier version right once', () => {
    using test = temporaryMirror();
    const setting = (): unknown => {
      const engine = Engine.open({ path: test.path, pageKey: test.pageKey });
      try {
        return engine.values("SELECT v FROM search_index_config WHERE k = 'automerge'").get();
      } finally {
        engine.close();
      }
    };
    expect(setting()).toBe(0);
    const engine = Engine.open({ path: test.path, pageKey: test.pageKey });
    engine.execute("INSERT INTO search_index (search_index, rank) VALUES ('automerge', 8)");
    engine.close();
    test.reopen();
    expect(setting()).toBe(0);
  });
});
