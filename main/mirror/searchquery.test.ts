import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchFields, searchMarks } from '../../contract/searching.ts';
import { foldForSearch } from './folding.ts';
import { parseSearch, type SearchTerm } from './searchquery.ts';

const word = (text: string): SearchTerm => ({ kind: 'word', text });

describe('a query', () => {
  it.each<[string, SearchTerm[], SearchTerm[]]>([
    ['root', [word('root')], []],
    ['  Two  Words ', [word('two'), word('words')], []],
    ['"Two  Words"', [word('two words')], []],
    ['-old', [], [word('old')]],
    ['-"very old" new', [word('new')], [word('very old')]],
    ['login:root', [{ kind: 'field', field: 'login', text: 'root' }], []],
    ['URL:GitHub.com', [{ kind: 'field', field: 'url', text: 'github.com' }], []],
    ['tag:"on call"', [{ kind: 'field', field: 'tag', text: 'on call' }], []],
    ['-vault:Net', [], [{ kind: 'field', field: 'vault', text: 'net' }]],
    [
      'has:totp is:waiting',
      [
        { kind: 'mark', mark: 'totp' },
        { kind: 'mark', mark: 'waiting' },
      ],
      [],
    ],
    ['-has:file', [], [{ kind: 'mark', mark: 'file' }]],
    [
      'color:3 colour:none',
      [
        { kind: 'colour', colour: 3 },
        { kind: 'colour', colour: 0 },
      ],
      [],
    ],
    ['url:http://a:8080', [{ kind: 'field', field: 'url', text: 'http://a:8080' }], []],
    ['тег "Ёж и"', [word('тег'), word('еж и')], []],
  ])('%s', (typed, wanted, unwanted) => {
    expect(parseSearch(typed)).toEqual({ wanted, unwanted });
  });

  it.each([
    'http://root',
    'has:hope',
    'is:totp',
    'login:',
    'color:blue',
    'colour:123',
    ':root',
    'foo:bar',
    '-',
    '--force',
    'srv-2',
    '5"',
    '""',
    'a"b c"',
  ])('means itself where it is no filter: %s', (typed) => {
    const { wanted, unwanted } = parseSearch(typed);
    expect([wanted, unwanted]).toEqual([foldForSearch(typed).split(' ').map(word), []]);
  });

  it('takes a phrase whose closing quote is still to come', () => {
    expect(parseSearch('"on ca').wanted).toEqual([word('on ca')]);
    expect(parseSearch('tag:"on ca').wanted).toEqual([{ kind: 'field', field: 'tag', text: 'on ca' }]);
    expect(parseSearch('tag:"').wanted).toEqual([word('tag:"')]);
  });

  it('keeps no term twice, and takes a mark that nobody knows for a word', () => {
    expect(parseSearch('a A is:weak', () => false).wanted).toEqual([word('a'), word('is:weak')]);
  });

  it('is read the same however its terms are written down', () => {
    const inner = fc.stringMatching(/^[a-zа-я0-9.:/-]{1,8}( [a-zа-я0-9.:/-]{1,8}){0,2}$/).map(foldForSearch);
    const term = fc.oneof(
      inner.map(word),
      fc.record({
        kind: fc.constant('field' as const),
        field: fc.constantFrom(...searchFields),
        text: inner,
      }),
      fc.record({
        kind: fc.constant('mark' as const),
        mark: fc.constantFrom(...searchMarks.has, ...searchMarks.is),
      }),
      fc.record({ kind: fc.constant('colour' as const), colour: fc.integer({ min: 0, max: 99 }) }),
    );
    const terms = fc.uniqueArray(fc.record({ term, negative: fc.boolean() }), {
      selector: (one) => JSON.stringify(one),
      maxLength: 6,
    });
    fc.assert(
      fc.property(terms, (all) => {
        const typed = all.map(({ term: one, negative }) => (negative ? '-' : '') + written(one)).join(' ');
        const side = (negative: boolean): SearchTerm[] =>
          all.filter((one) => one.negative === negative).map((one) => one.term);
        expect(parseSearch(typed), typed).toEqual({ wanted: side(false), unwanted: side(true) });
      }),
    );
  });

  it('is read to its end whatever was typed', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', 'B', '-', '"', ':', ' ', 'is:', 'has:', 'tag:', '\u0000', '😀'),
        }),
        (typed) => {
          const { wanted, unwanted } = parseSearch(typed);
          for (const term of [...wanted, ...unwanted]) {
            if (term.kind === 'word' || term.kind === 'field') {
              expect(term.text).not.toBe('');
              expect(foldForSearch(typed)).toContain(term.text);
            }
          }
          expect(wanted.length + unwanted.length > 0).toBe(foldForSearch(typed) !== '');
        },
      ),
    );
  });
});

function written(term: SearchTerm): string {
  if (term.kind === 'word') return `"${term.text}"`;
  if (term.kind === 'field') return `${term.field}:"${term.text}"`;
  if (term.kind === 'colour') return `color:${String(term.colour)}`;
  return `${searchMarks.has.some((mark) => mark === term.mark) ? 'has' : 'is'}:${term.mark}`;
}
