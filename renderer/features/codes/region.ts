/**
 * The rectangle in which a QR code is looked for. It is kept in pixels of the picture of the
 * screen, not of the page: the picture has as many pixels as the screen really has, is shown
 * smaller than that, and the window may stand on a screen of another density. Both ends of the
 * conversion are measured in the page's own unit, so the density of the window cancels out.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Whole pixels of the picture; always inside it. */
export interface Region extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where the picture stands in the page, in the page's pixels. */
export interface Frame extends Size {
  readonly left: number;
  readonly top: number;
}

/** The smallest QR code has 21 modules a side; with less than a pixel each there is none to read. */
export const smallestSide = 24;

const within = (value: number, least: number, most: number): number =>
  Math.min(Math.max(value, least), Math.max(least, most));

/** The least side that a region of this picture can have. */
const leastOf = (length: number): number => Math.min(smallestSide, length);

/** The region at the start: the middle of the picture, half as wide and half as high. */
export function firstRegion({ width, height }: Size): Region {
  const size = {
    width: Math.max(leastOf(width), Math.round(width / 2)),
    height: Math.max(leastOf(height), Math.round(height / 2)),
  };
  return {
    x: Math.floor((width - size.width) / 2),
    y: Math.floor((height - size.height) / 2),
    ...size,
  };
}

/** Where in the picture a place of the page lies, at its nearest edge if it lies outside. */
export function pointInPicture(client: Point, frame: Frame, picture: Size): Point {
  const share = (offset: number, length: number): number => (length > 0 ? within(offset / length, 0, 1) : 0);
  return {
    x: share(client.x - frame.left, frame.width) * picture.width,
    y: share(client.y - frame.top, frame.height) * picture.height,
  };
}

/**
 * The region between two points, in whatever order they were drawn; every pixel that it
 * touches belongs to it. Null if it is too small to hold a code, as after a mere click.
 */
export function regionBetween(one: Point, other: Point, { width, height }: Size): Region | null {
  const left = within(Math.floor(Math.min(one.x, other.x)), 0, width);
  const top = within(Math.floor(Math.min(one.y, other.y)), 0, height);
  const right = within(Math.ceil(Math.max(one.x, other.x)), 0, width);
  const bottom = within(Math.ceil(Math.max(one.y, other.y)), 0, height);
  const size = { width: right - left, height: bottom - top };
  if (size.width < leastOf(width) || size.height < leastOf(height)) return null;
  return { x: left, y: top, ...size };
}

/** The same region elsewhere, as far as the picture goes. */
export function moved(region: Region, by: Point, { width, height }: Size): Region {
  return {
    ...region,
    x: within(region.x + by.x, 0, width - region.width),
    y: within(region.y + by.y, 0, height - region.height),
  };
}

/** The region with its right and lower edge elsewhere, as far as the picture goes. */
export function sized(region: Region, by: Point, { width, height }: Size): Region {
  return {
    ...region,
    width: within(region.width + by.x, leastOf(width), width - region.x),
    height: within(region.height + by.y, leastOf(height), height - region.y),
  };
}

/** How far one press of an arrow goes: a fiftieth of the shorter side, on a screen of any density. */
export function stepIn({ width, height }: Size): number {
  return Math.max(1, Math.round(Math.min(width, height) / 50));
}

/** What a key does to the region; null for a key that does nothing to it. */
export function afterKey(
  region: Region,
  { key, shiftKey }: { readonly key: string; readonly shiftKey: boolean },
  picture: Size,
): Region | null {
  const step = stepIn(picture);
  const by = new Map<string, Point>([
    ['ArrowLeft', { x: -step, y: 0 }],
    ['ArrowRight', { x: step, y: 0 }],
    ['ArrowUp', { x: 0, y: -step }],
    ['ArrowDown', { x: 0, y: step }],
  ]).get(key);
  if (!by) return null;
  return shiftKey ? sized(region, by, picture) : moved(region, by, picture);
}
