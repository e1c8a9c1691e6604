import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, win32 } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { safeFileName } from './safenames.ts';

describe('a suggested file name', () => {
  it.each([
    ['report.pdf', 'report.pdf'],
    ['Отчёт за май.xlsx', 'Отчёт за май.xlsx'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\Windows\\evil.exe', 'evil.exe'],
    ['.bashrc', 'bashrc'],
    ['a\u0000b\nc.txt', 'a_b_c.txt'],
    ['con?<>|".txt', 'con_____.txt'],
    ['\u202Efdp.exe', '_fdp.exe'],
    ['trailing. . .', 'trailing'],
    ['..', 'file'],
    ['', 'file'],
    ['/', 'file'],
  ])('of %j is %j', (name, expected) => {
    expect(safeFileName(name)).toBe(expected);
  });

  it.each(['я'.repeat(300), '𝄞'.repeat(100), 'x'.repeat(300)])(
    'is short enough for a disk and keeps its ending and whole characters',
    (stem) => {
      const name = safeFileName(`${stem}.pdf`);
      expect(name.endsWith('.pdf')).toBe(true);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
      expect(Buffer.from(name).toString()).toBe(name);
    },
  );

  it('never leaves its folder, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const name = safeFileName(text);
        expect(name).not.toBe('');
        expect([basename(name), win32.basename(name)]).toEqual([name, name]);
        expect(['.', '..']).not.toContain(name);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      }),
    );
  });

  it('is one that this disk takes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'strongroom-names-'));
    const names = ['ж'.repeat(400), 'a/b\\c', '\u0007bell', '....'].map(safeFileName);
    for (const name of names) writeFileSync(join(folder, name), '');
    expect(readdirSync(folder).sort()).toEqual(names.sort());
    rmSync(folder, { recursive: true, force: true });
  });
});
