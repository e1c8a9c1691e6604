import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldForSearch, hostOf, sortKey, sortKeyPrefixes } from './folding.ts';

describe('folding for search', () => {
  it.each([
    ['Straße  ÄÖ', 'straße äö'],
    ['ЁЛКА Ёж', 'елка еж'],
    ['Ｆｕｌｌ ｗｉｄｔｈ', 'full width'],
    [' a\u00a0\t\nb\u0000c ', 'a b c'],
    ['cafe\u0301', 'café'],
    ['İstanbul', 'i\u0307stanbul'],
    ['broken \ud800 surrogate', 'broken \ufffd surrogate'],
  ])('%j becomes %j', (text, folded) => {
    expect(foldForSearch(text)).toBe(folded);
  });

  it('changes nothing that is folded already', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const folded = foldForSearch(text);
        expect(foldForSearch(folded)).toBe(folded);
      }),
    );
  });
});

describe('the sort key', () => {
  it.each([
    [['srv-1', 'srv-2', 'srv-10', 'srv-010b', 'srv-100']],
    [['Äpfel', 'apple', 'apricot', 'Banana', 'banane']],
    [['Ежевика', 'Ёжик', 'Ёлка-2', 'Ель', 'Жук', 'Икар', 'Йод', 'Каша']],
    [['1c', '2 things', '10 things', '99999999', '100000000', 'a']],
    [['Amazon', 'zabbix', 'Азбука', 'яблоко']],
  ])('puts %j in this order', (ordered) => {
    const keys = ordered.map(sortKey);
    const sorted = [...keys].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    expect(keys).toEqual(sorted);
  });

  it('orders numbers of any length by their value', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 40n }),
        fc.bigInt({ min: 0n, max: 10n ** 40n }),
        (a, b) => {
          expect(sortKey(`n${String(a)}`) < sortKey(`n${String(b)}`)).toBe(a < b);
        },
      ),
    );
  });

  it('is bounded', () => {
    expect(sortKey('9'.repeat(5000)).length).toBeLessThanOrEqual(160);
  });

  it('of a title begins with one of the prefixes of any start of the title', () => {
    const title = fc.string({ unit: fc.constantFrom(...'ab-é0123789 ёйи') });
    fc.assert(
      fc.property(title, fc.nat({ max: 20 }), (text, cut) => {
        const folded = foldForSearch(text);
        const start = foldForSearch(folded.slice(0, cut));
        fc.pre(start !== '' && folded.startsWith(start));
        const further = /^[0-9]*/.exec(folded.slice(start.length))?.[0].length ?? 0;
        fc.pre(further <= 8);
        const key = sortKey(text);
        expect(sortKeyPrefixes(start).some((prefix) => key.startsWith(prefix))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('the host of a record', () => {
  it.each([
    [['https://db.corp.example:5432/path'], 'db.corp.example:5432'],
    [['db.corp.example/path'], 'db.corp.example'],
    [['', '  ', 'http://second.example'], 'second.example'],
    [['ssh://host.example:22'], 'host.example:22'],
    [['not a url', 'https://fine.example'], 'fine.example'],
    [['10.0.0.1:8080'], '10.0.0.1:8080'],
    [[], ''],
  ])('of %j is %j', (urls, host) => {
    expect(hostOf(urls)).toBe(host);
  });
});
