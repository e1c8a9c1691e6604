/** One-time codes beyond the current digits: their secret as a QR code, and QR codes on the screen. */
import { z } from 'zod';
import { channel, idText, nothing } from './channel.ts';
import { fieldRef } from './records.ts';

/** Bytes of one picture of a screen. */
const pictureLimit = 64 * 1024 * 1024;

export const codes = {
  /** The secret as a QR code for another device: as good as the secret in plain sight. */
  showQr: channel(
    z.strictObject({ recordId: idText, field: fieldRef }),
    z.strictObject({
      /** Modules on one side. */
      size: z.number().int().min(21).max(177),
      /** Row by row, `1` for a dark module. */
      modules: z.string().regex(/^[01]+$/),
      hidesAfterMs: z.number().int().positive(),
    }),
    { reveals: 'secret' },
  ),
  /** Whether this system lets the application look at the screen. */
  canLook: channel(nothing, z.strictObject({ available: z.boolean() })),
  /** What is on the screens now, each as a PNG, to look for a QR code in. */
  lookAtScreens: channel(
    nothing,
    z.strictObject({
      pictures: z.array(z.instanceof(Uint8Array).refine((png) => png.length <= pictureLimit)).max(16),
    }),
  ),
};
