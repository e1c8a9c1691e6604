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
      readText: () => Promise.resolve(text),
      writeText: (value) => {
        text = value;
        return Promise.resolve();
      },
      clear: () => {
        text = '';
      },
    },
    clearAfterMs: () => 30_000,
    onChange: (state) => states.push(state),
    onFault: (error) => {
      throw error;
    },
  });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the clipboard keeper', () => {
  it('takes a value off again after its time and says so', async () => {
    expect(await keeper.write('secret')).toEqual({ clearsAt: 1_030_000, totalMs: 30_000 });
    await vi.advanceTimersByTimeAsync(29_999);
    expect(text).toBe('secret');
    await vi.advanceTimersByTimeAsync(1);
    expect(text).toBe('');
    expect(states).toEqual([
      { clearsAt: 1_030_000, totalMs: 30_000 },
      { clearsAt: null, totalMs: 0 },
    ]);
  });

  it('leaves alone what a person copied since', async () => {
    await keeper.write('secret');
    text = 'a shopping list';
    await keeper.clear();
    expect(text).toBe('a shopping list');
    expect(states.at(-1)).toEqual({ clearsAt: null, totalMs: 0 });
  });

  it('gives a second value its whole time', async () => {
    await keeper.write('first');
    await vi.advanceTimersByTimeAsync(20_000);
    await keeper.write('second');
    await vi.advanceTimersByTimeAsync(20_000);
    expect(text).toBe('second');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(text).toBe('');
  });

  it('never touches a clipboard it did not write', async () => {
    await keeper.clear();
    await vi.advanceTimersByTimeAsync(100_000);
    expect(text).toBe('before');
    expect(states).toEqual([]);
  });

  it('takes a value away that was still being written when everything was locked', async () => {
    let land = (): void => undefined;
    const slow = new ClipboardKeeper({
      clipboard: {
        readText: () => Promise.resolve(text),
        writeText: (value) =>
          new Promise((resolve) => {
            land = () => {
              text = value;
              resolve();
            };
          }),
        clear: () => {
          text = '';
        },
      },
      clearAfterMs: () => 30_000,
      onChange: (state) => states.push(state),
      onFault: (error) => {
        throw error;
      },
    });
    const written = slow.write('secret');
    await vi.advanceTimersByTimeAsync(0);
    const cleared = slow.clear();
    await vi.advanceTimersByTimeAsync(0);
    land();
    await Promise.all([written, cleared]);
    expect(text).toBe('');
    expect(states.at(-1)).toEqual({ clearsAt: null, totalMs: 0 });
  });

  it('goes on after a clipboard that could not be read, and still knows what to take away', async () => {
    let broken = true;
    const keeperOfBroken = new ClipboardKeeper({
      clipboard: {
        readText: () => (broken ? Promise.reject(new Error('no clipboard')) : Promise.resolve(text)),
        writeText: (value) => Promise.resolve(void (text = value)),
        clear: () => {
          text = '';
        },
      },
      clearAfterMs: () => 30_000,
      onChange: () => undefined,
      onFault: () => undefined,
    });
    await keeperOfBroken.write('secret');
    await expect(keeperOfBroken.clear()).rejects.toThrow('no clipboard');
    broken = false;
    await keeperOfBroken.clear();
    expect(text).toBe('');
  });
});
