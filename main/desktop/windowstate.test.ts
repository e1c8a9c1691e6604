import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reachable, WindowStateFile } from './windowstate.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1040 };
const right = { x: 1920, y: -200, width: 1280, height: 1000 };
const state = { x: 100, y: 80, width: 1280, height: 800, maximised: false };

describe('the place of a window', () => {
  it('is taken where it is on a screen, also one to the right', () => {
    expect(reachable(state, [screen])).toEqual(state);
    const there = { ...state, x: 2000, y: -150 };
    expect(reachable(there, [screen, right])).toEqual(there);
  });

  it('is given up when its screen is gone, or its title cannot be taken hold of', () => {
    expect(reachable({ ...state, x: 2000 }, [screen])).toBeNull();
    expect(reachable({ ...state, y: -60 }, [screen])).toBeNull();
    expect(reachable({ ...state, x: -1200 }, [screen])).toBeNull();
    expect(reachable({ ...state, y: 1030 }, [screen])).toBeNull();
    expect(reachable(state, [])).toBeNull();
  });

  it('is never larger than the screen, and always within reach', () => {
    const any = fc.record({
      x: fc.integer({ min: -5000, max: 5000 }),
      y: fc.integer({ min: -5000, max: 5000 }),
      width: fc.integer({ min: 1, max: 9000 }),
      height: fc.integer({ min: 1, max: 9000 }),
      maximised: fc.boolean(),
    });
    fc.assert(
      fc.property(any, (kept) => {
        const placed = reachable(kept, [screen]);
        if (placed === null) return;
        expect(placed.width <= screen.width && placed.height <= screen.height).toBe(true);
        expect(placed.y >= 0 || placed.y + 40 >= 40).toBe(true);
        expect(placed.x).toBeLessThanOrEqual(screen.width - 120);
      }),
    );
  });
});

describe('the file', () => {
  let folder: string;
  let faults: unknown[];
  const made = (): WindowStateFile =>
    new WindowStateFile(join(folder, 'window.json'), (error) => faults.push(error));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'strongroom-window-'));
    faults = [];
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps the place, and nothing else', () => {
    expect(made().read()).toBeNull();
    made().write(state);
    expect(made().read()).toEqual(state);
    expect(Object.keys(JSON.parse(readFileSync(join(folder, 'window.json'), 'utf8')) as object)).toHaveLength(
      5,
    );
    expect(faults).toEqual([]);
  });

  it.each(['', '{}', '{"x":0,"y":0,"width":1e99,"height":1,"maximised":false}', 'null'])(
    'is left alone when it holds %j',
    (content) => {
      writeFileSync(join(folder, 'window.json'), content);
      expect(made().read()).toBeNull();
      expect(faults).toHaveLength(1);
    },
  );

  it('stops nothing when it cannot be written', () => {
    writeFileSync(join(folder, 'blocked'), '');
    const blocked = new WindowStateFile(join(folder, 'blocked', 'window.json'), (error) =>
      faults.push(error),
    );
    blocked.write(state);
    expect(faults).toHaveLength(1);
  });
});
