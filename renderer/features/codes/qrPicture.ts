/**
 * Finding the QR code of one-time codes in a picture that the person gave. The picture is decoded
 * here, in the sandbox of the page, within bounds; nothing of it is kept.
 */
import type { Failure } from '../../../contract/index.ts';

export type FoundAddress =
  { readonly ok: true; readonly address: string } | { readonly ok: false; readonly error: Failure };

export interface Pixels {
  /** Four bytes a pixel: red, green, blue, alpha. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** Bytes of a picture file; a photograph of a screen stays well below. */
export const pictureLimit = 20 * 1024 * 1024;
/** Longest side that is looked at as it is; larger ones are made smaller first. */
export const longestSide = 2600;
const readable: readonly string[] = ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/bmp'];

/** Why no address was found. */
export const nothing = (reason: 'none' | 'other' | 'several' | 'unreadable' | 'tooLarge'): FoundAddress => ({
  ok: false,
  error: { code: 'noQrCode', params: { reason } },
});

/** Parts of a picture that are looked at one by one: all of it, then overlapping pieces of a large one. */
export function* pieces(width: number, height: number): Generator<[number, number, number, number]> {
  yield [0, 0, width, height];
  const side = Math.max(400, Math.round(Math.min(width, height) / 2));
  if (side >= width && side >= height) return;
  const step = Math.round(side / 2);
  for (let y = 0; y === 0 || y + step < height; y += step) {
    for (let x = 0; x === 0 || x + step < width; x += step) {
      yield [x, y, Math.min(side, width - x), Math.min(side, height - y)];
    }
  }
}

/** A part of a picture, as a picture of its own. */
export function cut(
  { data, width }: Pixels,
  [x, y, w, h]: readonly [number, number, number, number],
): Pixels {
  const part = new Uint8ClampedArray(w * h * 4);
  for (let row = 0; row < h; row += 1) {
    const from = ((y + row) * width + x) * 4;
    part.set(data.subarray(from, from + w * 4), row * w * 4);
  }
  return { data: part, width: w, height: h };
}

/** The first address of one-time codes among the QR codes of a picture. */
export async function addressIn(pixels: Pixels): Promise<FoundAddress> {
  const { default: readQr } = await import('jsqr');
  let other = false;
  for (const piece of pieces(pixels.width, pixels.height)) {
    const whole = piece[2] === pixels.width && piece[3] === pixels.height;
    const part = whole ? pixels : cut(pixels, piece);
    const text = readQr(part.data, part.width, part.height)?.data.trim() ?? '';
    if (/^otpauth:\/\/totp\//i.test(text)) return { ok: true, address: text };
    other ||= text !== '';
  }
  return nothing(other ? 'other' : 'none');
}

/** Looks into a picture file: PNG, JPEG, WebP, GIF or BMP. */
export async function addressInPicture(file: Blob): Promise<FoundAddress> {
  if (file.size > pictureLimit) return nothing('tooLarge');
  if (!readable.includes(file.type)) return nothing('unreadable');
  const pixels = await pixelsOf(file);
  return pixels === null ? nothing('unreadable') : addressIn(pixels);
}

async function pixelsOf(file: Blob): Promise<Pixels | null> {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) return null;
  try {
    const scale = Math.min(1, longestSide / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
    if (context === null) return null;
    // What is transparent counts as paper.
    context.fillStyle = '#fff';
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  } finally {
    bitmap.close();
  }
}

/** What a name for the field could be, by the address itself; empty if it says nothing. */
export function nameIn(address: string): string {
  if (!URL.canParse(address)) return '';
  const uri = new URL(address);
  const issuer = uri.searchParams.get('issuer') ?? '';
  const label = /^\/*([^:]*)/.exec(safelyDecoded(uri.pathname))?.[1] ?? '';
  return (issuer || label).trim().slice(0, 100);
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A label that is no valid escape is shown as it stands.
    return text;
  }
}
