/**
 * Pictures of the screens while a QR code is looked for in them. They are held by the component
 * that asked and nowhere else, and go when it is done, when everything locks, and with it; an
 * answer that comes after any of these is dropped unread. A decoder takes the bytes as they
 * are: as a Blob, which every other way to a picture needs, the browser could put them on disk.
 */
import { computed, type ComputedRef, onScopeDispose, type Ref, shallowRef, watch } from 'vue';
import type { Failure } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';
import { useSession } from '../unlock/session.ts';
import type { Pixels } from './qrPicture.ts';

export type ScreensState =
  | { readonly kind: 'none' }
  | { readonly kind: 'taking' }
  | { readonly kind: 'held'; readonly pictures: readonly Pixels[] };

export interface Screens {
  readonly state: Readonly<Ref<ScreensState>>;
  /** Empty unless they are held. */
  readonly pictures: ComputedRef<readonly Pixels[]>;
  /** Takes them anew. What went wrong; null if they are held now or were dropped meanwhile. */
  readonly take: () => Promise<Failure | null>;
  /** Overwrites and forgets them. */
  readonly drop: () => void;
}

/** `decode` gives null for what is no picture. */
export function useScreens(decode: (png: Uint8Array<ArrayBuffer>) => Promise<Pixels | null>): Screens {
  const session = useSession();
  const state = shallowRef<ScreensState>({ kind: 'none' });
  let number = 0;

  function drop(): void {
    number += 1;
    if (state.value.kind === 'held') wipeAll(state.value.pictures);
    state.value = { kind: 'none' };
  }

  async function take(): Promise<Failure | null> {
    drop();
    const asked = number;
    state.value = { kind: 'taking' };
    const answer = await bridge().codes.lookAtScreens({});
    const pictures = answer.ok ? await decodeAll(answer.value.pictures, decode) : [];
    if (asked !== number) {
      wipeAll(pictures);
      return null;
    }
    state.value = pictures.length > 0 ? { kind: 'held', pictures } : { kind: 'none' };
    if (!answer.ok) return answer.error;
    return pictures.length > 0 ? null : { code: 'noQrCode', params: { reason: 'noScreen' } };
  }

  watch(
    () => session.unlocked,
    (unlocked) => {
      if (!unlocked) drop();
    },
    { flush: 'sync' },
  );
  onScopeDispose(drop);

  return {
    state,
    pictures: computed(() => (state.value.kind === 'held' ? state.value.pictures : [])),
    take,
    drop,
  };
}

async function decodeAll(
  pngs: readonly Uint8Array<ArrayBuffer>[],
  decode: (png: Uint8Array<ArrayBuffer>) => Promise<Pixels | null>,
): Promise<Pixels[]> {
  const pictures: Pixels[] = [];
  for (const png of pngs) {
    const pixels = await decode(png);
    png.fill(0);
    if (pixels) pictures.push(pixels);
  }
  return pictures;
}

function wipeAll(pictures: readonly Pixels[]): void {
  for (const { data } of pictures) data.fill(0);
}

/** Every pixel of a PNG; null if it is none. */
export async function pixelsOfPng(png: Uint8Array<ArrayBuffer>): Promise<Pixels | null> {
  const decoder = new ImageDecoder({ data: png, type: 'image/png' });
  try {
    const { image } = await decoder.decode();
    try {
      return drawn(image, image.displayWidth, image.displayHeight);
    } finally {
      image.close();
    }
  } catch {
    // Not a picture: the caller says that there is none.
    return null;
  } finally {
    decoder.close();
  }
}

/** The picture with no side longer than this; the same one if it is small enough. */
export function shrunk(pixels: Pixels, longestSide: number): Pixels {
  const scale = longestSide / Math.max(pixels.width, pixels.height);
  if (scale >= 1) return pixels;
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  canvas.getContext('2d')?.putImageData(new ImageData(pixels.data, pixels.width, pixels.height), 0, 0);
  const [width, height] = [Math.round(pixels.width * scale), Math.round(pixels.height * scale)];
  return drawn(canvas, Math.max(1, width), Math.max(1, height)) ?? pixels;
}

function drawn(source: CanvasImageSource, width: number, height: number): Pixels | null {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) return null;
  context.drawImage(source, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
