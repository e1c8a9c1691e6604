/** Files of records: dropping them in and saving them out. Bytes never pass the page. */
import { z } from 'zod';
import { channel, idText, nothing } from './channel.ts';

/** A file that waits in the main process to be encrypted; known to the page by token only. */
export const stagedFile = z.strictObject({
  token: idText,
  name: z.string(),
  size: z.number().int().nonnegative(),
  /** Set when the file cannot be attached. */
  refusal: z.nullable(z.enum(['tooLarge', 'unreadable', 'notAFile'])),
});
export type StagedFile = z.infer<typeof stagedFile>;

const staged = z.strictObject({ files: z.array(stagedFile), limit: z.number().int() });

export const attachments = {
  /** The page gives `File` objects of a drop or paste; the preload turns them into paths. */
  stage: channel(z.strictObject({ paths: z.array(z.string().min(1).max(4096)).min(1).max(500) }), staged, {
    maxSize: 2_100_000,
    fromFiles: true,
  }),
  /** Opens the system's file chooser. */
  choose: channel(nothing, staged),
  /**
   * Encrypts one staged file and keeps it on this device until the server has it; progress comes
   * as an event.
   */
  add: channel(z.strictObject({ recordId: idText, token: idText }), z.strictObject({ attachmentId: idText })),
  /** Takes a file off its record. */
  remove: channel(z.strictObject({ recordId: idText, attachmentId: idText }), nothing),
  cancel: channel(z.strictObject({ token: idText }), nothing),
  /** Decrypts to a place the person picks in the system's dialog. */
  saveAs: channel(
    z.strictObject({ recordId: idText, attachmentId: idText }),
    z.strictObject({ saved: z.boolean() }),
  ),
};
