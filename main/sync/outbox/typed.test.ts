/** What was typed and cannot be sent: back byte for byte, for this device and this conflict only. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LockedBytes, sealValue } from '../../custody/index.ts';
import { temporaryMirror, type TestMirror } from '../../mirror/testmirror.ts';
import { filesOfSealedConflicts, forgetTyped, openTyped, putSealed, type TypedRecord } from './typed.ts';

let here: TestMirror;
const cacheKey = LockedBytes.adopt(randomBytes(32));
beforeAll(() => {
  here = temporaryMirror();
});
afterAll(() => {
  here[Symbol.dispose]();
  cacheKey.dispose();
});

const about = (id: string) =>
  ({ id, kind: 'vaultLost', recordId: id, name: 'R', vaultName: 'V', at: 1, fields: [] }) as const;
const nothing: TypedRecord = { customs: [], files: [], unopened: [] };
const tampered = expect.objectContaining({ code: 'tampered' });

const text = fc.string({ unit: 'binary' });
const typedFile = fc.record({
  name: text,
  localFile: fc.uuid(),
  size: fc.option(fc.nat()),
  hash: fc.option(text),
  key: fc.option(text),
});
const typed: fc.Arbitrary<TypedRecord> = fc.record(
  {
    name: text,
    login: text,
    urls: fc.array(text),
    description: text,
    tags: fc.array(text),
    color: fc.nat(99),
    password: fc.option(text),
    customs: fc.array(fc.record({ name: text, type: text, value: text })),
    files: fc.array(typedFile, { maxLength: 3 }),
    unopened: fc.array(text),
  },
  { requiredKeys: ['customs', 'files', 'unopened'] },
);

describe('typed values under a seal', () => {
  it('come back as they were, and their files are known until they are let go', () => {
    fc.assert(
      fc.property(typed, (values) => {
        const { mirror } = here;
        putSealed(mirror, cacheKey, about('k'), values);
        expect(openTyped(mirror, cacheKey, 'k')).toEqual(values);
        const files = values.files.map(({ localFile }) => localFile);
        expect(filesOfSealedConflicts(mirror)).toEqual(files);
        expect(forgetTyped(mirror, 'k')).toEqual(files);
        expect(filesOfSealedConflicts(mirror)).toEqual([]);
        expect(forgetTyped(mirror, 'k')).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('do not stand in the row in the clear', () => {
    const { mirror } = here;
    putSealed(mirror, cacheKey, about('k'), { ...nothing, password: 'typed in vain' });
    expect(mirror.conflicts.get('k')?.sealed?.includes('typed in vain')).toBe(false);
  });

  it('open neither as another conflict nor on another device', () => {
    const { mirror } = here;
    putSealed(mirror, cacheKey, about('one'), { ...nothing, password: 'one' });
    const sealed = mirror.conflicts.get('one')?.sealed ?? null;
    mirror.conflicts.put({ ...about('two'), sealed });
    expect(() => openTyped(mirror, cacheKey, 'two')).toThrow(tampered);
    const other = LockedBytes.adopt(randomBytes(32));
    expect(() => openTyped(mirror, other, 'one')).toThrow(tampered);
    other.dispose();
    expect(openTyped(mirror, cacheKey, 'one').password).toBe('one');
  });

  it('are refused in a form that was never written', () => {
    const { mirror } = here;
    const text = Buffer.from(JSON.stringify({ ...nothing, surplus: true }), 'utf8');
    mirror.conflicts.put({ ...about('odd'), sealed: sealValue(cacheKey, text, 'odd') });
    expect(() => openTyped(mirror, cacheKey, 'odd')).toThrow(tampered);
  });

  it('are asked for only where there are such', () => {
    const { mirror } = here;
    mirror.conflicts.put({ ...about('plain'), kind: 'fields', sealed: null });
    for (const id of ['plain', 'none']) {
      expect(() => openTyped(mirror, cacheKey, id)).toThrow(
        expect.objectContaining({ code: 'noSuchConflict' }),
      );
    }
  });
});
