import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClipboardKeeper } from './clipboardkeeper.ts';
import type { ClipboardState } from './clipboardkeeper.ts';

let text: string;
let states: ClipboardState[];
let keeper: ClipboardKeeper;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
  text = 'before';
  states = [];
  keeper = new ClipboardKeeper({
    clipboard: {
      readText: () => text,
      writeText: (value) => (text = value),
      clear: () => (text = ''),
    },
    clearAfterMs: () => 30_000,
    onChange: (state) => states.push(state),
  });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the clipboard keeper', () => {
  it('takes a value off again after its time and says so', () => {
    expect(keeper.write('secret')).toEqual({ clearsAt: 1_030_000, totalMs: 30_000 });
    vi.advanceTimersByTime(29_999);
    expect(text).toBe('secret');
    vi.advanceTimersByTime(1);
    expect(text).toBe('');
    expect(states).toEqual([
      { clearsAt: 1_030_000, totalMs: 30_000 },
      { clearsAt: null, totalMs: 0 },
    ]);
  });

  it('leaves alone what a person copied since', () => {
    keeper.write('secret');
    text = 'a shopping list';
    keeper.clear();
    expect(text).toBe('a shopping list');
    expect(states.at(-1)).toEqual({ clearsAt: null, totalMs: 0 });
  });

  it('gives a second value its whole time', () => {
    keeper.write('first');
    vi.advanceTimersByTime(20_000);
    keeper.write('second');
    vi.advanceTimersByTime(20_000);
    expect(text).toBe('second');
    vi.advanceTimersByTime(10_000);
    expect(text).toBe('');
  });

  it('never touches a clipboard it did not write', () => {
    keeper.clear();
    vi.advanceTimersByTime(100_000);
    expect(text).toBe('before');
    expect(states).toEqual([]);
  });
});
