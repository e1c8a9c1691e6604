/** How the mirror stands towards its server. */
import { z } from 'zod';
import { channel, idText, instant, nothing, typedSecret } from './channel.ts';
import { errorCodes } from './errors.ts';

const problem = z.strictObject({
  code: z.enum(errorCodes),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});

export const syncStatus = z.strictObject({
  accountId: idText,
  /**
   * `never`: no sync has finished yet. `idle`: up to date as of `lastSyncedAt`.
   * `offline`: the server cannot be reached. `stopped`: a person must do something (see `problem`).
   */
  phase: z.enum(['never', 'running', 'idle', 'offline', 'stopped']),
  stage: z.nullable(z.enum(['connecting', 'sending', 'vaults', 'folders', 'records', 'files', 'finishing'])),
  /** Objects of the running stage; total 0 while it is not known. */
  done: z.number().int(),
  total: z.number().int(),
  lastSyncedAt: z.nullable(instant),
  problem: z.nullable(problem),
  /** When the next attempt is due by itself; null when none is planned. */
  nextTryAt: z.nullable(instant),
  /** Changes made here that the server does not have yet. */
  waiting: z.number().int(),
  /** Of those, the ones that will not go out by themselves. */
  held: z.number().int(),
  /** Conflicts that wait for a person. */
  conflicts: z.number().int(),
  /** Until when this copy opens without contact to the server; null when there is no limit. */
  offlineUntil: z.nullable(instant),
  /** Things noticed that a person should know of, newest first. */
  notices: z.array(
    z.strictObject({
      id: idText,
      at: instant,
      kind: z.enum([
        'vaultKeyChanged',
        'vaultRemoved',
        'fieldTampered',
        'recordUnreadable',
        'weakOwnKey',
        'serverRolledBack',
        'placeGone',
      ]),
      /** Name of the vault or record. */
      subject: z.string(),
      recordId: z.nullable(idText),
    }),
  ),
});
export type SyncStatus = z.infer<typeof syncStatus>;

/** What a waiting change is, for the sentence in the panel. */
export const waitingKind = z.enum([
  'create',
  'edit',
  'move',
  'remove',
  'restore',
  'favourite',
  'attach',
  'detach',
  'renameFile',
  'createFolder',
  'renameFolder',
  'moveFolder',
  'removeFolder',
  'restoreFolder',
]);
export type WaitingKind = z.infer<typeof waitingKind>;

/** One change that waits. */
export const waitingRow = z.strictObject({
  id: idText,
  kind: waitingKind,
  /** Name of the record or folder. */
  name: z.string(),
  /** The record, where there is one to show. */
  recordId: z.nullable(idText),
  since: instant,
  /**
   * `waiting`: goes out with the next sync. `sending`: sent, the answer is awaited. `held`: refused
   * (see `problem`); goes out again when asked to. `undecided`: part of a conflict.
   */
  state: z.enum(['waiting', 'sending', 'held', 'undecided']),
  attempts: z.number().int(),
  problem: z.nullable(problem),
});
export type WaitingRow = z.infer<typeof waitingRow>;

export const sync = {
  status: channel(nothing, syncStatus),
  /** Starts a sync, or joins the running one; returns at once. */
  start: channel(nothing, nothing),
  /** What waits, oldest first. */
  waiting: channel(
    z.strictObject({
      offset: z.number().int().min(0).max(10_000_000),
      limit: z.number().int().min(1).max(200),
    }),
    z.strictObject({ total: z.number().int(), rows: z.array(waitingRow) }),
  ),
  /** Tries held changes again: one, or all with null. */
  retry: channel(z.strictObject({ id: z.nullable(idText) }), nothing),
  /** Gives up a held change, and those that build on it; the record shows the server's state again. */
  discard: channel(z.strictObject({ id: idText }), nothing),
  /**
   * Saves everything typed here that the server does not have, readable, to a file the person
   * picks; the master password (or device passphrase) is asked for again.
   */
  exportUnsent: channel(
    z.strictObject({ secret: typedSecret }),
    z.strictObject({ saved: z.boolean(), count: z.number().int() }),
  ),
  dismissNotice: channel(z.strictObject({ id: idText }), nothing),
};
