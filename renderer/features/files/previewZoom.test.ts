// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { type Size, useZoom, type Zoom } from './previewZoom.ts';

const place: Size = { width: 400, height: 300 };

function zoomOf(picture: Size | null, enlarging = false): Zoom {
  return useZoom(
    () => picture,
    () => place,
    enlarging,
  );
}

function press(zoom: Zoom, key: string, more: KeyboardEventInit = {}): boolean {
  return zoom.press(new KeyboardEvent('keydown', { key, ...more }));
}

describe('the size of a picture', () => {
  it('fits the longer side into its place', () => {
    expect(zoomOf({ width: 800, height: 100 }).scale.value).toBe(0.5);
    expect(zoomOf({ width: 100, height: 1200 }).scale.value).toBe(0.25);
  });

  it('enlarges only what loses nothing by it', () => {
    expect(zoomOf({ width: 100, height: 100 }).scale.value).toBe(1);
    expect(zoomOf({ width: 100, height: 100 }, true).scale.value).toBe(3);
  });

  it('is its own while there is nothing to measure', () => {
    expect(zoomOf(null).scale.value).toBe(1);
    expect(zoomOf({ width: 0, height: 0 }).scale.value).toBe(1);
  });

  it('steps away from the fitted size, and back to it', () => {
    const zoom = zoomOf({ width: 1000, height: 100 });
    expect(zoom.scale.value).toBe(0.4);
    expect(press(zoom, '+')).toBe(true);
    expect(zoom.scale.value).toBe(0.5);
    expect(zoom.fitted.value).toBe(false);
    press(zoom, '-');
    expect(zoom.scale.value).toBe(0.33);
    press(zoom, '1');
    expect(zoom.scale.value).toBe(1);
    press(zoom, '0');
    expect(zoom.scale.value).toBe(0.4);
    expect(zoom.fitted.value).toBe(true);
  });

  it('ends at the largest and the smallest step', () => {
    const zoom = zoomOf({ width: 100, height: 100 });
    for (let times = 0; times < 20; times += 1) zoom.closer();
    expect(zoom.scale.value).toBe(4);
    for (let times = 0; times < 20; times += 1) zoom.farther();
    expect(zoom.scale.value).toBe(0.1);
  });

  it('leaves other keys alone', () => {
    const zoom = zoomOf({ width: 100, height: 100 });
    expect(press(zoom, 'a')).toBe(false);
    expect(press(zoom, '+', { metaKey: true })).toBe(false);
    expect(zoom.fitted.value).toBe(true);
  });
});
