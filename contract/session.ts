/** Unlocking, locking and which account is shown. */
import { z } from 'zod';
import { channel, idText, nothing, typedSecret } from './channel.ts';
import { accountView } from './accounts.ts';

/** Why the vaults were locked, for the sentence on the lock screen. */
export const lockReason = z.enum([
  'start',
  'hand',
  'idle',
  'sleep',
  'screenLock',
  'quit',
  'minimise',
  'removed',
  'offlineTermOver',
]);
export type LockReason = z.infer<typeof lockReason>;

export const sessionState = z.strictObject({
  unlocked: z.boolean(),
  lockReason,
  current: z.nullable(accountView),
});
export type SessionState = z.infer<typeof sessionState>;

export const session = {
  state: channel(nothing, sessionState, { needs: 'anytime' }),
  /** `secret` is the master password, or the device passphrase where client-side encryption is off. */
  unlock: channel(z.strictObject({ accountId: idText, secret: typedSecret }), accountView, {
    needs: 'anytime',
  }),
  /** Shows another account that is unlocked already. */
  switchTo: channel(z.strictObject({ accountId: idText }), accountView),
  /** Locks every account. */
  lock: channel(nothing, nothing, { needs: 'anytime' }),
};
