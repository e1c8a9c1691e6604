/**
 * A picture made ready for the page. Its dimensions are learned before anything is put into the
 * page: a file of a few kilobytes can claim more pixels than a computer has memory for, and the
 * browser makes them only for what it has to paint.
 */

/** Pictures of more pixels are not shown; so many take 400 MB while they are painted. */
export const mostImagePixels = 100_000_000;

export interface OpenImage {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  /** Lets the bytes go. */
  readonly close: () => void;
}

/** Holds a copy of the bytes until it is closed; says why when it cannot be shown. */
export async function openImage(
  bytes: Uint8Array,
  type: string,
): Promise<OpenImage | 'broken' | 'tooManyPixels'> {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type }));
  const close = (): void => URL.revokeObjectURL(url);
  const size = await sizeOf(url);
  if (size === null || size.width * size.height > mostImagePixels) {
    close();
    return size === null ? 'broken' : 'tooManyPixels';
  }
  return { url, ...size, close };
}

function sizeOf(url: string): Promise<{ width: number; height: number } | null> {
  return new Promise((resolve) => {
    const image = new Image();
    image.addEventListener('load', () => {
      const { naturalWidth: width, naturalHeight: height } = image;
      resolve(width > 0 && height > 0 ? { width, height } : null);
    });
    image.addEventListener('error', () => resolve(null));
    image.src = url;
  });
}
