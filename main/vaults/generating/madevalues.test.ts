import { afterEach, describe, expect, it, vi } from 'vitest';
import { LockedBytes } from '../../custody/index.ts';
import type { Mirror } from '../../mirror/index.ts';
import { temporaryMirror } from '../../mirror/testmirror.ts';
import { keptForMs, MadeValues } from './madevalues.ts';

const sealKey = (byte: number): LockedBytes => LockedBytes.adopt(Buffer.alloc(32, byte));
const start = 1_800_000_000_000;
let now = start;

function madeValues(mirror: Mirror, key = 1): MadeValues {
  return new MadeValues({ mirror, sealKey: sealKey(key), report: vi.fn(), now: () => now });
}

afterEach(() => {
  now = start;
  vi.useRealTimers();
});

describe('a value that was made', () => {
  it('can be had again within the hour, by whoever has the key, even after a restart', () => {
    using test = temporaryMirror();
    const values = madeValues(test.mirror);
    const id = values.keep('characters', 'кот-7!');
    values.close();
    const again = madeValues(test.reopen());
    expect(again.list()).toEqual([{ id, at: start, kind: 'characters', characters: 6 }]);
    expect(again.open(id).toString('utf8')).toBe('кот-7!');
    const other = madeValues(test.mirror, 2);
    expect(() => other.open(id)).toThrow(expect.objectContaining({ code: 'tampered' }) as Error);
  });

  it('is nowhere on the disk in the clear', () => {
    using test = temporaryMirror();
    const id = madeValues(test.mirror).keep('phrase', 'anker-birne-chor');
    const sealed = test.mirror.madeValues.get(id)?.sealed ?? Buffer.alloc(0);
    expect(sealed.length).toBeGreaterThan(20);
    expect(sealed.includes('birne')).toBe(false);
  });

  it('goes with its hour, and when the clock is set back', () => {
    using test = temporaryMirror();
    const values = madeValues(test.mirror);
    const id = values.keep('spoken', 'tavolemu');
    now += keptForMs;
    expect(values.list()).toHaveLength(1);
    now += 1;
    expect(values.list()).toEqual([]);
    expect(() => values.open(id)).toThrow(expect.objectContaining({ code: 'noSuchField' }) as Error);
    expect(test.mirror.madeValues.get(id)).toBeNull();
    const later = values.keep('spoken', 'tavolemu');
    now -= 10_000;
    expect(values.list()).toEqual([]);
    expect(test.mirror.madeValues.get(later)).toBeNull();
  });

  it('goes by itself while the vaults stay open', () => {
    vi.useFakeTimers({ now: start });
    using test = temporaryMirror();
    const values = new MadeValues({ mirror: test.mirror, sealKey: sealKey(1), report: vi.fn() });
    const id = values.keep('characters', 'abc');
    vi.advanceTimersByTime(keptForMs + 2000);
    expect(test.mirror.madeValues.get(id)).toBeNull();
    values.close();
  });

  it('is passed over where the next one came before anybody could have used it', () => {
    using test = temporaryMirror();
    const values = madeValues(test.mirror);
    for (const text of ['a', 'ab', 'abc']) {
      values.keep('characters', text);
      now += 100;
    }
    now += 5000;
    values.keep('characters', 'other');
    expect(values.list().map(({ characters }) => characters)).toEqual([5, 3]);
  });

  it('is gone once all were forgotten', () => {
    using test = temporaryMirror();
    const values = madeValues(test.mirror);
    const id = values.keep('characters', 'abc');
    values.clear();
    expect(values.list()).toEqual([]);
    expect(() => values.open(id)).toThrow(expect.objectContaining({ code: 'noSuchField' }) as Error);
  });

  it('cannot be passed off as younger than it is', () => {
    using test = temporaryMirror();
    const values = madeValues(test.mirror);
    const id = values.keep('characters', 'abc');
    const sealed = test.mirror.madeValues.get(id)?.sealed ?? Buffer.alloc(0);
    now += keptForMs;
    test.mirror.madeValues.remove(id);
    test.mirror.madeValues.put({ id, at: now, sealed });
    expect(() => values.open(id)).toThrow(expect.objectContaining({ code: 'tampered' }) as Error);
  });
});
