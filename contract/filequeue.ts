/**
 * The queue of files on their way onto records. The page names staged files by token and sees how
 * each one comes along; bytes and paths never pass it.
 */
import { z } from 'zod';
import { channel, idText, nothing } from './channel.ts';
import { errorCodes } from './errors.ts';

export const queuedFile = z.strictObject({
  /** The token under which the file was staged. */
  id: idText,
  recordId: idText,
  /** As it is or will be called on the record: a second file of a name becomes `name (2).ext`. */
  name: z.string(),
  /** Bytes of the file. */
  size: z.number().int().nonnegative(),
  /** `done`: encrypted, and safe on this device until the server has it. */
  state: z.enum(['waiting', 'encrypting', 'done', 'cancelled', 'failed']),
  /** Bytes of the file that have been dealt with. */
  done: z.number().int().nonnegative(),
  /** Why it failed; null in every other state. */
  reason: z.nullable(z.enum(errorCodes)),
  /** Whether `retry` may help: a file over the limit stays over the limit. */
  retriable: z.boolean(),
  /** The attachment that came of it. */
  attachmentId: z.nullable(idText),
});
export type QueuedFile = z.infer<typeof queuedFile>;

export const fileQueueView = z.strictObject({
  /** In the order in which they were added. */
  files: z.array(queuedFile),
  /**
   * Bytes dealt with and bytes in all, over the files of the present run: those that wait, are at
   * work or were done since the queue was last idle. Failed and cancelled files are in neither.
   */
  done: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
  /** Over the last seconds; null while nothing is at work or it is too early to tell. */
  bytesPerSecond: z.nullable(z.number().int().nonnegative()),
  /** Something waits or is at work. */
  busy: z.boolean(),
});
export type FileQueueView = z.infer<typeof fileQueueView>;

/** Largest file that this account's server takes, in bytes. */
export const fileLimit = z.strictObject({
  limit: z.number().int().positive(),
  /** The protocol's own 5 MiB, beyond which this server takes nothing. */
  protocolLimit: z.boolean(),
});

/** A file by its record. */
export const fileOfRecord = z.strictObject({ recordId: idText, attachmentId: idText });

export const fileQueue = {
  limit: channel(nothing, fileLimit),
  state: channel(nothing, fileQueueView),
  /** Queues staged files (see `attachments.stage`); refused ones are told as `failed` with a reason. */
  enqueue: channel(
    z.strictObject({ recordId: idText, tokens: z.array(idText).min(1).max(500) }),
    fileQueueView,
    { maxSize: 40_000 },
  ),
  /** Stops one file; one that is done stays on its record. */
  cancel: channel(z.strictObject({ id: idText }), nothing),
  cancelAll: channel(nothing, nothing),
  /** Puts a failed or cancelled file at the end of the queue again. */
  retry: channel(z.strictObject({ id: idText }), nothing),
  /** Forgets what is done, cancelled or failed. */
  clearFinished: channel(nothing, nothing),
};
