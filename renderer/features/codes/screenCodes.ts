/**
 * All QR codes of one-time codes on a screen, or in the region of it that a person drew. Other
 * than in a picture that was given, a second one may be somebody else's, so one of several is
 * never taken unasked.
 */
import { cut, type FoundAddress, nothing, pieces, type Pixels } from './qrPicture.ts';
import type { Region } from './region.ts';

/** All that is in the QR codes of pictures. */
export interface FoundCodes {
  /** Addresses of one-time codes, each once. */
  readonly addresses: ReadonlySet<string>;
  /** A code was read that holds something else. */
  readonly other: boolean;
}

/** More codes than any screen shows; a bound on the work that a hostile picture can ask for. */
const mostCodes = 64;

/**
 * Every address of one-time codes in a picture. What was read is painted over, since a decoder
 * gives one code of a picture; it works on a copy, which is overwritten at the end.
 */
export async function addressesIn(pixels: Pixels): Promise<FoundCodes> {
  const { default: readQr } = await import('jsqr');
  // Field by field: a canvas gives pixels whose fields are not their own, so a spread has none of them.
  const work: Pixels = { data: pixels.data.slice(), width: pixels.width, height: pixels.height };
  const texts = new Set<string>();
  let left = mostCodes;
  try {
    for (const piece of pieces(work.width, work.height)) {
      // The page stays alive between two pieces.
      await new Promise((resolve) => setTimeout(resolve));
      for (; left > 0; left -= 1) {
        const part = cut(work, piece);
        const read = readQr(part.data, part.width, part.height);
        if (!read) break;
        texts.add(read.data.trim());
        const { topLeftCorner, topRightCorner, bottomRightCorner, bottomLeftCorner } = read.location;
        paintOver(work, piece, [topLeftCorner, topRightCorner, bottomRightCorner, bottomLeftCorner]);
      }
    }
  } finally {
    work.data.fill(0);
  }
  const addresses = new Set([...texts].filter((text) => /^otpauth:\/\/totp\//i.test(text)));
  return { addresses, other: [...texts].some((text) => text !== '' && !addresses.has(text)) };
}

/** Makes the upright rectangle around the corners of a code white; they count from the piece's own corner. */
function paintOver(
  { data, width, height }: Pixels,
  [left, top]: readonly [number, number, number, number],
  corners: readonly { readonly x: number; readonly y: number }[],
): void {
  const inside = (value: number, most: number): number => Math.min(Math.max(Math.round(value), 0), most);
  const xs = corners.map(({ x }) => inside(left + x, width));
  const ys = corners.map(({ y }) => inside(top + y, height));
  for (let y = Math.min(...ys); y < Math.max(...ys); y += 1) {
    data.fill(255, (y * width + Math.min(...xs)) * 4, (y * width + Math.max(...xs)) * 4);
  }
}

/** The one address of one-time codes on all screens together. */
export async function addressOnScreens(pictures: readonly Pixels[]): Promise<FoundAddress> {
  const addresses = new Set<string>();
  let other = false;
  for (const picture of pictures) {
    const found = await addressesIn(picture);
    for (const address of found.addresses) addresses.add(address);
    other ||= found.other;
  }
  return oneOf({ addresses, other });
}

/** A code drawn with a pixel or two a module is below what a decoder reads; made larger, it is not. */
const smallRegion = 600;
const enlargement = 4;

/** The one address of one-time codes in a region of a picture; nothing outside it is looked at. */
export async function addressInRegion(pixels: Pixels, region: Region): Promise<FoundAddress> {
  const part = cut(pixels, [region.x, region.y, region.width, region.height]);
  try {
    const found = oneOf(await addressesIn(part));
    const small = Math.max(region.width, region.height) <= smallRegion;
    if (!small || found.ok || found.error.params['reason'] !== 'none') return found;
    const larger = enlarged(part, enlargement);
    try {
      return oneOf(await addressesIn(larger));
    } finally {
      larger.data.fill(0);
    }
  } finally {
    part.data.fill(0);
  }
}

/** The address if there is exactly one. */
export function oneOf({ addresses, other }: FoundCodes): FoundAddress {
  const [address, second] = addresses;
  if (address === undefined) return nothing(other ? 'other' : 'none');
  return second === undefined ? { ok: true, address } : nothing('several');
}

/** Each pixel as a square of pixels, with a margin of paper all around. */
function enlarged({ data, width, height }: Pixels, times: number): Pixels {
  const margin = times * 4;
  const size = { width: width * times + 2 * margin, height: height * times + 2 * margin };
  const large = new Uint8ClampedArray(size.width * size.height * 4).fill(255);
  for (let y = 0; y < height * times; y += 1) {
    for (let x = 0; x < width * times; x += 1) {
      const from = (Math.floor(y / times) * width + Math.floor(x / times)) * 4;
      large.set(data.subarray(from, from + 4), ((y + margin) * size.width + x + margin) * 4);
    }
  }
  return { data: large, ...size };
}
