/** The scripted codes: QR codes of secrets that nobody has, alone and on screens of this computer. */
import qrcode from 'qrcode';
import type { Handlers, Stage } from './scripted.ts';

const address = 'otpauth://totp/Sample?secret=JBSWY3DPEHPK3PXP';
const texts = { left: address, right: 'otpauth://totp/Other?secret=GEZDGNBVGY3TQOJQ' };

export function scriptCodes({ scenario }: Stage): Pick<Handlers, 'codes'> {
  return {
    codes: {
      showQr: () => {
        const { modules } = qrcode.create(address, {});
        return {
          size: modules.size,
          modules: Array.from(modules.data, (dark) => (dark ? '1' : '0')).join(''),
          hidesAfterMs: 30_000,
        };
      },
      canLook: () => ({ available: true }),
      lookAtScreens: async () => ({ pictures: await Promise.all(scenario.screens.map(screenAsPng)) }),
    },
  };
}

/** As much of a canvas as is used here: the type of the real one is not among those of the tests. */
interface Canvas {
  readonly getContext: (kind: '2d') => Context | null;
  readonly convertToBlob: (options: { readonly type: string }) => Promise<Blob>;
}
interface Context {
  fillStyle: string;
  readonly fillRect: (x: number, y: number, width: number, height: number) => void;
}

/** A desktop with two windows, each of which may show a code; the second screen stands upright. */
async function screenAsPng(
  codes: readonly ('left' | 'right')[],
  index: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const [width, height] = index === 0 ? [1920, 1080] : [1080, 1920];
  const OffscreenCanvas = Reflect.get(globalThis, 'OffscreenCanvas') as new (
    width: number,
    height: number,
  ) => Canvas;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('there is no canvas here');
  context.fillStyle = '#3d5266';
  context.fillRect(0, 0, width, height);
  for (const [at, name] of (['left', 'right'] as const).entries()) {
    const [x, y] = index === 0 ? [140 + at * 900, 160] : [140, 160 + at * 860];
    drawWindow(context, x, y);
    if (codes.includes(name)) drawCode(context, texts[name], x + 420, y + 380);
  }
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Uint8Array(await blob.arrayBuffer());
}

function drawWindow(context: Context, x: number, y: number): void {
  context.fillStyle = '#fdfdfc';
  context.fillRect(x, y, 780, 760);
  context.fillStyle = '#dcdfe3';
  context.fillRect(x, y, 780, 44);
  for (let line = 0; line < 8; line += 1) {
    context.fillRect(x + 50, y + 100 + line * 32, 620 - ((line * 137) % 260), 12);
  }
}

function drawCode(context: Context, text: string, x: number, y: number): void {
  const { modules } = qrcode.create(text, {});
  context.fillStyle = '#000';
  for (let row = 0; row < modules.size; row += 1) {
    for (let column = 0; column < modules.size; column += 1) {
      if (modules.get(row, column)) context.fillRect(x + column * 7, y + row * 7, 7, 7);
    }
  }
}
