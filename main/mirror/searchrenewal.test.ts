import { describe, expect, it } from 'vitest';
import { Engine } from './engine.ts';
import type { Mirror } from './mirror.ts';
import { aRecord, temporaryMirror } from './testmirror.ts';

const count = 300;
const mark = 'search index to renew';

/** Puts the entries back to the form in which places were not told apart. */
function age(test: { readonly path: string; readonly pageKey: Uint8Array }): void {
  const engine = Engine.open({ path: test.path, pageKey: test.pageKey });
  engine.execute(`
    UPDATE search_text SET places = replace(places, char(1), char(10));
    DELETE FROM search_index;
    INSERT INTO search_index (rowid, pieces) SELECT row, 'tmai tail til' FROM search_text;
    INSERT INTO sync_state (key, value) VALUES ('${mark}', '1');
  `);
  engine.close();
}

function found(mirror: Mirror, text: string): number {
  return mirror.search.query({ text, scope: null, offset: 0, limit: 10 }).total;
}

describe('a mirror of an earlier version', () => {
  it('opens at once and gets its search entries piece by piece, from where it was cut', () => {
    using test = temporaryMirror();
    test.mirror.records.upsertMany(
      Array.from({ length: count }, (_, at) => aRecord({ id: `r${at}`, name: 'Mail', login: 'olga' })),
    );
    test.mirror.close();
    age(test);
    const opened = test.reopen();
    expect(opened.syncState.get(mark)).toBe('1');
    expect(found(opened, 'login:olga')).toBe(0);
    for (let piece = 0; piece < 3; piece += 1) expect(opened.upkeep.mergeSome()).toBe(true);
    const first = found(opened, 'login:olga');
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(count);
    expect(opened.syncState.get(mark)).toMatch(/^row \d+$/);
    const again = test.reopen();
    expect(found(again, 'login:olga')).toBe(first);
    for (let piece = 0; again.syncState.get(mark) !== null; piece += 1) {
      expect(piece).toBeLessThan(count);
      again.upkeep.mergeSome();
    }
    expect(found(again, 'login:olga')).toBe(count);
    expect(found(again, 'mail')).toBe(count);
    again.checkIntegrity();
  });

  it('is set right where it is written to meanwhile', () => {
    using test = temporaryMirror();
    const names = Array.from({ length: 40 }, (_, at) =>
      aRecord({ id: `r${at}`, name: 'Mail', login: 'olga' }),
    );
    test.mirror.records.upsertMany(names);
    test.mirror.close();
    age(test);
    const opened = test.reopen();
    opened.upkeep.mergeSome();
    opened.records.upsertMany([aRecord({ id: 'r39', name: 'Mail', login: 'boris' })]);
    opened.records.removeMany(['r38']);
    while (opened.syncState.get(mark) !== null) opened.upkeep.mergeSome();
    expect(found(opened, 'login:olga')).toBe(38);
    expect(found(opened, 'login:boris')).toBe(1);
    opened.checkIntegrity();
  });
});
