/** How the mirror stands towards its server. */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';
import { errorCodes } from './errors.ts';

export const syncStatus = z.strictObject({
  accountId: idText,
  /**
   * `never`: no sync has finished yet. `idle`: up to date as of `lastSyncedAt`.
   * `offline`: the server cannot be reached. `stopped`: a person must do something (see `problem`).
   */
  phase: z.enum(['never', 'running', 'idle', 'offline', 'stopped']),
  stage: z.nullable(z.enum(['connecting', 'vaults', 'folders', 'records', 'files', 'finishing'])),
  /** Objects of the running stage; total 0 while it is not known. */
  done: z.number().int(),
  total: z.number().int(),
  lastSyncedAt: z.nullable(instant),
  problem: z.nullable(
    z.strictObject({
      code: z.enum(errorCodes),
      params: z.record(z.string(), z.union([z.string(), z.number()])),
    }),
  ),
  /** Things noticed that a person should know of, newest first. */
  notices: z.array(
    z.strictObject({
      id: idText,
      at: instant,
      kind: z.enum(['vaultKeyChanged', 'vaultRemoved', 'fieldTampered', 'recordUnreadable', 'weakOwnKey']),
      /** Name of the vault or record. */
      subject: z.string(),
      recordId: z.nullable(idText),
    }),
  ),
});
export type SyncStatus = z.infer<typeof syncStatus>;

export const sync = {
  status: channel(nothing, syncStatus),
  /** Starts a sync, or joins the running one; returns at once. */
  start: channel(nothing, nothing),
  dismissNotice: channel(z.strictObject({ id: idText }), nothing),
};
