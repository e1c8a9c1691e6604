/** The bin: what was deleted and can be put back, or erased for good. */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';

export const binRow = z.strictObject({
  id: idText,
  kind: z.enum(['record', 'folder']),
  name: z.string(),
  login: z.string(),
  vaultId: idText,
  vaultName: z.string(),
  /** Names of the folders it lay in, outermost first, as far as they are still known. */
  place: z.array(z.string()),
  /** For a folder: records that were deleted with it. */
  recordCount: z.number().int(),
  deletedAt: z.nullable(instant),
  /** Deleted on this device and not sent yet. */
  pending: z.boolean(),
  /** False where the server offers no way to put it back and the deletion has been sent. */
  restorable: z.boolean(),
  /** Whether this person may have the server erase it for good. */
  erasable: z.boolean(),
});
export type BinRow = z.infer<typeof binRow>;

export const bin = {
  /** Newest first; of one vault or of all. */
  page: channel(
    z.strictObject({
      vaultId: z.nullable(idText),
      offset: z.number().int().min(0).max(10_000_000),
      limit: z.number().int().min(1).max(200),
    }),
    z.strictObject({ total: z.number().int(), rows: z.array(binRow) }),
  ),
  /** To the place where each lay, or the nearest that is left of it. */
  restore: channel(z.strictObject({ ids: z.array(idText).min(1).max(1000) }), nothing, { maxSize: 80_000 }),
  /** Erases one for good, with all that went with it, there and here; needs the server. */
  erase: channel(z.strictObject({ id: idText }), nothing),
};
