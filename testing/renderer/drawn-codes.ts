/** Pictures with QR codes drawn into them pixel by pixel, as a screen shows them. */
import qrcode from 'qrcode';

/** Four bytes a pixel: red, green, blue, alpha. */
export interface DrawnPixels {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

export interface DrawnCode {
  readonly text: string;
  /** Its left upper module, in pixels. */
  readonly x: number;
  readonly y: number;
  /** Pixels a module. */
  readonly scale: number;
}

/** A white picture with these codes on it. */
export function drawnCodes(width: number, height: number, codes: readonly DrawnCode[]): DrawnPixels {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (const { text, x, y, scale } of codes) {
    const { modules } = qrcode.create(text, { errorCorrectionLevel: 'M' });
    const side = modules.size * scale;
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) {
        if (!modules.get(Math.floor(row / scale), Math.floor(column / scale))) continue;
        const at = ((y + row) * width + x + column) * 4;
        data.fill(0, at, at + 3);
      }
    }
  }
  return { data, width, height };
}

/** Modules on one side of the code of a text. */
export function modulesOf(text: string): number {
  return qrcode.create(text, { errorCorrectionLevel: 'M' }).modules.size;
}
