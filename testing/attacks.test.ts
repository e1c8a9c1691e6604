/** `docs/attacks.md` names tests; this keeps it from naming any that is not there. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const everyRow = [...Array.from({ length: 18 }, (_, index) => String(index + 1)), '13b'];

interface NamedTests {
  readonly row: string;
  readonly file: string;
  readonly names: readonly string[];
}

function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => /^\| \d/.test(line));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function namedTests(text: string): NamedTests[] {
  return rowsOf(text).flatMap(([row = '', , , tests = '']) =>
    tests.split('<br>').flatMap((part) => {
      const file = /^`([^`]+)`: /.exec(part)?.[1];
      if (file === undefined) return [];
      return [{ row, file, names: [...part.matchAll(/“([^”]+)”/g)].map((match) => match[1] ?? '') }];
    }),
  );
}

/** What a call is of at its root: `it` of `it('...')` and of `it.each([...])('...')`. */
function rootOf(called: ts.Expression): string {
  if (ts.isIdentifier(called)) return called.text;
  if (ts.isCallExpression(called)) return rootOf(called.expression);
  // What is left out does not count.
  if (ts.isPropertyAccessExpression(called) && called.name.text === 'each') return rootOf(called.expression);
  return '';
}

/** The names of the tests in a source text. */
function testsIn(source: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ['it', 'test'].includes(rootOf(node.expression))) {
      const [first] = node.arguments;
      if (first !== undefined && ts.isStringLiteralLike(first)) names.add(first.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('a.test.ts', source, ts.ScriptTarget.Latest));
  return names;
}

const text = readFileSync(path.join(root, 'docs/attacks.md'), 'utf8');
const named = namedTests(text);

describe('the table of attacks', () => {
  it('has every row, each with what it is and what is done', () => {
    const rows = rowsOf(text);
    expect(rows.map(([row]) => row).sort()).toEqual([...everyRow].sort());
    for (const cells of rows) {
      expect(cells).toHaveLength(4);
      for (const cell of cells) expect(cell).not.toBe('');
    }
    const without = everyRow.filter((row) => !named.some((each) => each.row === row));
    // The app fetches no updates, so nothing can be told where to get them.
    expect(without).toEqual(['18']);
  });

  it.each(named)('row $row names tests that are in $file', ({ file, names }) => {
    const there = testsIn(readFileSync(path.join(root, file), 'utf8'));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !there.has(name))).toEqual([]);
  });

  it('would notice a test that is gone', () => {
    const there = testsIn(
      "it.each([1])('one %s', () => {}); test('two', f); it.skip('three', f); notIt('four');",
    );
    expect([...there]).toEqual(['one %s', 'two']);
  });
});
