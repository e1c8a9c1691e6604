import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DraftContent } from '../../../contract/drafts.ts';
import { LockedBytes } from '../../custody/index.ts';
import { temporaryMirror } from '../../mirror/testmirror.ts';
import { DraftKeeper } from './draftkeeper.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const nothing = { mode: 'kept', value: new Uint8Array() } as const;
const content = (password: string): DraftContent => ({
  target: { kind: 'edit', recordId: 'r1' },
  form: {
    base: { name: 'Router', login: '', urls: [], description: '', tags: [], color: 0, fields: [] },
    ...{ name: 'Router 2', login: 'admin', urls: [''], description: '', tags: ['net'], color: 2 },
    password: { mode: 'typed', value: bytes(password) },
    customs: [{ from: null, label: 'PIN', type: 'password', value: nothing }],
  },
});
const sealKey = (byte: number): LockedBytes => LockedBytes.adopt(Buffer.alloc(32, byte));

afterEach(() => void vi.useRealTimers());

describe('a draft', () => {
  it('comes back whole after the keeper has ended, and only under its key', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    const keeper = new DraftKeeper({ mirror, sealKey: sealKey(1), report: vi.fn(), now: () => 77 });
    expect(keeper.keep('d', content('one'))).toBe(77);
    keeper.keep('d', content('two'));
    keeper.close();
    const again = new DraftKeeper({ mirror: test.reopen(), sealKey: sealKey(1), report: vi.fn() });
    expect(again.open('d')).toEqual(content('two'));
    expect(again.list().map(({ id, at }) => [id, at])).toEqual([['d', 77]]);
    const other = new DraftKeeper({ mirror: test.mirror, sealKey: sealKey(2), report: vi.fn() });
    expect(() => other.open('d')).toThrow(expect.objectContaining({ code: 'tampered' }) as Error);
  });

  it('cannot be passed off as another one', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    const keeper = new DraftKeeper({ mirror, sealKey: sealKey(1), report: vi.fn() });
    keeper.keep('d', content('one'));
    const stored = mirror.drafts.get('d');
    mirror.drafts.put({ id: 'e', at: 1, sealed: stored?.sealed ?? Buffer.alloc(0) });
    expect(() => keeper.open('e')).toThrow(expect.objectContaining({ code: 'tampered' }) as Error);
  });

  it('is written at the first change and at most once a second after it', () => {
    vi.useFakeTimers();
    using test = temporaryMirror();
    const { mirror } = test;
    const put = vi.spyOn(mirror.drafts, 'put');
    const keeper = new DraftKeeper({ mirror, sealKey: sealKey(1), report: vi.fn() });
    for (const text of ['a', 'ab', 'abc', 'abcd']) keeper.keep('d', content(text));
    expect(put).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1100);
    expect(put).toHaveBeenCalledTimes(2);
    expect(keeper.open('d')).toEqual(content('abcd'));
    vi.advanceTimersByTime(60_000);
    expect(put).toHaveBeenCalledTimes(2);
  });

  it('is gone once it was dropped, even if it was never written', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    const keeper = new DraftKeeper({ mirror, sealKey: sealKey(1), report: vi.fn() });
    keeper.keep('d', content('a'));
    keeper.keep('d', content('ab'));
    keeper.drop('d');
    keeper.close();
    expect(keeper.list()).toEqual([]);
    expect(() => keeper.open('d')).toThrow(expect.objectContaining({ code: 'noSuchDraft' }) as Error);
  });

  it('that cannot be written at lock is reported and stops nothing', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    const report = vi.fn();
    const keeper = new DraftKeeper({ mirror, sealKey: sealKey(1), report });
    keeper.keep('d', content('a'));
    keeper.keep('d', content('ab'));
    vi.spyOn(mirror.drafts, 'put').mockImplementation(() => {
      throw new Error('the disk is full');
    });
    keeper.close();
    expect(report).toHaveBeenCalledTimes(1);
  });
});
