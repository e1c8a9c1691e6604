import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterKey,
  firstRegion,
  moved,
  pointInPicture,
  type Region,
  regionBetween,
  type Size,
  sized,
  smallestSide,
  stepIn,
} from './region.ts';

const screen = { width: 1920, height: 1080 };
const sizes = fc.record({
  width: fc.integer({ min: 1, max: 8000 }),
  height: fc.integer({ min: 1, max: 8000 }),
});
const offset = fc.integer({ min: -20_000, max: 20_000 });
const points = fc.record({ x: offset, y: offset });

function expectInside({ x, y, width, height }: Region, picture: Size): void {
  expect([x, y, width, height].every(Number.isInteger)).toBe(true);
  expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
  expect(x + width).toBeLessThanOrEqual(picture.width);
  expect(y + height).toBeLessThanOrEqual(picture.height);
  expect(width).toBeGreaterThanOrEqual(Math.min(smallestSide, picture.width));
  expect(height).toBeGreaterThanOrEqual(Math.min(smallestSide, picture.height));
}

describe('a place of the page', () => {
  const frame = { left: 40, top: 100, width: 960, height: 540 };

  it('is a place of the picture, which has twice the pixels of its frame', () => {
    expect(pointInPicture({ x: 40, y: 100 }, frame, screen)).toEqual({ x: 0, y: 0 });
    expect(pointInPicture({ x: 520, y: 370 }, frame, screen)).toEqual({ x: 960, y: 540 });
  });

  it('counts in the pixels of a dense screen, whatever the density of the window', () => {
    const dense = { width: 3840, height: 2160 };
    expect(pointInPicture({ x: 520.5, y: 370 }, frame, dense)).toEqual({ x: 1922, y: 1080 });
    // The same window at a zoom of 150 percent: every measure of the page shrinks alike.
    const zoomed = { left: 40 / 1.5, top: 100 / 1.5, width: 640, height: 360 };
    const point = pointInPicture({ x: 520.5 / 1.5, y: 370 / 1.5 }, zoomed, dense);
    expect(point.x).toBeCloseTo(1922, 6);
    expect(point.y).toBeCloseTo(1080, 6);
  });

  it('is the nearest edge where it lies beside the picture, and the corner of one without size', () => {
    expect(pointInPicture({ x: -500, y: 5000 }, frame, screen)).toEqual({ x: 0, y: 1080 });
    expect(pointInPicture({ x: 60, y: 60 }, { ...frame, width: 0, height: 0 }, screen)).toEqual({
      x: 0,
      y: 0,
    });
  });
});

describe('a drawn rectangle', () => {
  it('is the same in whatever direction it was drawn, and holds every pixel it touches', () => {
    const region = { x: 100, y: 200, width: 301, height: 101 };
    const [a, b] = [
      { x: 100.4, y: 200.9 },
      { x: 400.2, y: 300.1 },
    ];
    expect(regionBetween(a, b, screen)).toEqual(region);
    expect(regionBetween(b, a, screen)).toEqual(region);
    expect(regionBetween({ x: a.x, y: b.y }, { x: b.x, y: a.y }, screen)).toEqual(region);
  });

  it('is none after a mere click', () => {
    expect(regionBetween({ x: 50, y: 50 }, { x: 51, y: 400 }, screen)).toBeNull();
  });

  it('never leaves the picture', () => {
    fc.assert(
      fc.property(sizes, points, points, (picture, one, other) => {
        const region = regionBetween(one, other, picture);
        if (region) expectInside(region, picture);
        else expect(region).toBeNull();
      }),
    );
  });
});

describe('the keys', () => {
  const region = { x: 100, y: 100, width: 200, height: 100 };
  const key = (name: string, shiftKey = false) => afterKey(region, { key: name, shiftKey }, screen);

  it('move with an arrow and size with Shift', () => {
    const step = stepIn(screen);
    expect(step).toBe(22);
    expect(key('ArrowLeft')).toEqual({ ...region, x: 78 });
    expect(key('ArrowDown')).toEqual({ ...region, y: 122 });
    expect(key('ArrowRight', true)).toEqual({ ...region, width: 222 });
    expect(key('ArrowUp', true)).toEqual({ ...region, height: 78 });
  });

  it('go as far on a dense screen, which has more pixels', () => {
    expect(stepIn({ width: 3840, height: 2160 })).toBe(43);
    expect(stepIn({ width: 20, height: 20 })).toBe(1);
  });

  it('leave every other key alone', () => {
    expect(['Enter', 'Escape', 'Tab', 'a'].map((name) => key(name))).toEqual([null, null, null, null]);
  });

  it('stop at the edges and at the smallest rectangle', () => {
    expect(moved(region, { x: 9999, y: -9999 }, screen)).toEqual({ ...region, x: 1720, y: 0 });
    expect(sized(region, { x: 9999, y: -9999 }, screen)).toEqual({
      ...region,
      width: 1820,
      height: smallestSide,
    });
  });

  it('never lead out of the picture, from the first rectangle on', () => {
    const presses = fc.array(
      fc.record({
        key: fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'),
        shiftKey: fc.boolean(),
      }),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(sizes, presses, (picture, pressed) => {
        let now = firstRegion(picture);
        expectInside(now, picture);
        for (const press of pressed) now = afterKey(now, press, picture) ?? now;
        expectInside(now, picture);
      }),
    );
  });
});
