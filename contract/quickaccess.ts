/**
 * The quick-access window: a small window over everything that finds a record and hands one value
 * on. What it finds and copies goes over the channels of the records; these are its own.
 */
import { z } from 'zod';
import { channel, idText, nothing } from './channel.ts';

/**
 * A chord that may be asked of the whole system, as Electron spells it. One of the keys held must be
 * other than Shift, or typing a capital letter anywhere would open the window.
 */
export const accelerator = z
  .string()
  .regex(
    /^(?=.*(?:CommandOrControl|Alt|Super)\+)(?:(?:CommandOrControl|Alt|Shift|Super)\+){1,4}(?:[A-Z0-9]|Space|F(?:[1-9]|1[0-9]|2[0-4]))$/,
  )
  .max(64);

/**
 * `off`: no key was set. `taken`: another program, or the system, has it, so the key does nothing here.
 */
export const shortcutState = z.enum(['off', 'ready', 'taken']);
export type ShortcutState = z.infer<typeof shortcutState>;

export const quickAccess = {
  shortcut: channel(nothing, z.strictObject({ state: shortcutState }), { needs: 'anytime' }),
  hide: channel(nothing, nothing, { needs: 'anytime' }),
  /** Hides the quick-access window and shows the record in the main one. */
  showRecord: channel(z.strictObject({ recordId: idText }), nothing),
};
