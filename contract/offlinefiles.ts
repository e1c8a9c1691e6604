/**
 * Which files have a copy on this device, by a person's choice. Copies are sealed with the
 * profile's key; taking a choice back removes copies, but never a file that still has to be sent.
 */
import { z } from 'zod';
import { channel, idText, nothing } from './channel.ts';

/** Largest `below`: what the largest server of ours takes. */
const mostBytes = 1024 * 1024 * 1024 * 1024;

export const offlineRules = z.strictObject({
  /** Every file up to this many bytes has a copy; null for none by size. */
  below: z.nullable(z.number().int().positive().max(mostBytes)),
  vaultIds: z.array(idText),
  recordIds: z.array(idText),
});
export type OfflineRules = z.infer<typeof offlineRules>;

const amount = z.strictObject({
  count: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
});

export const offlineFilesView = z.strictObject({
  rules: offlineRules,
  /** Copies on this device, and of them the files that still have to be sent. */
  here: amount,
  unsent: amount,
  /** Wanted and not here yet; bytes as far as sizes are known. */
  missing: amount,
  /** Bytes free where the copies lie. */
  free: z.number().int().nonnegative(),
  /** `noRoom`: fetching stopped so that the disk keeps its reserve. */
  state: z.enum(['settled', 'fetching', 'waitingForServer', 'noRoom']),
});
export type OfflineFilesView = z.infer<typeof offlineFilesView>;

/** Why the files of a record are kept, and how far that is. */
export const offlineRecordView = z.strictObject({
  byRecord: z.boolean(),
  byVault: z.boolean(),
  here: z.number().int().nonnegative(),
  wanted: z.number().int().nonnegative(),
});
export type OfflineRecordView = z.infer<typeof offlineRecordView>;

export const offlineFiles = {
  status: channel(nothing, offlineFilesView),
  ofRecord: channel(z.strictObject({ recordId: idText }), offlineRecordView),
  keepRecord: channel(z.strictObject({ recordId: idText, keep: z.boolean() }), offlineFilesView),
  keepVault: channel(z.strictObject({ vaultId: idText, keep: z.boolean() }), offlineFilesView),
  keepBelow: channel(z.strictObject({ below: offlineRules.shape.below }), offlineFilesView),
};
