/** Settings of this device. None of them is secret, so they can be read before unlocking. */
import { z } from 'zod';
import { channel, nothing } from './channel.ts';
import { accelerator } from './quickaccess.ts';

export const settingsView = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']),
  language: z.enum(['system', 'en', 'ru']),
  density: z.enum(['regular', 'compact']),
  /** Minutes without input until everything locks; 0 = never. */
  lockAfterIdleMinutes: z.number().int().min(0).max(1440),
  lockOnSleep: z.boolean(),
  lockOnScreenLock: z.boolean(),
  lockOnMinimise: z.boolean(),
  clearClipboardAfterSeconds: z.number().int().min(5).max(600),
  hideRevealedAfterSeconds: z.number().int().min(5).max(600),
  /** Keeps the window out of screenshots and screen sharing where the system can. */
  contentProtection: z.boolean(),
  /** The key that opens quick access from anywhere; null for none. */
  quickAccessKey: z.nullable(accelerator),
  /** Closing the window leaves the application in the tray. */
  closeToTray: z.boolean(),
  notifications: z.boolean(),
  /** Notifications name the vault they speak of; the system may show and keep them while locked. */
  namesInNotifications: z.boolean(),
  /** The person was told that files dragged out of the window are decrypted on the disk for a while. */
  dragOutTold: z.boolean(),
  /** Age from which a password counts as old. */
  healthOldAfterDays: z.number().int().min(30).max(1825),
  /** The service that is asked for leaked passwords, by the first digits of their hashes; null for none. */
  leakLookupServer: z.nullable(z.string().trim().min(1).max(200)),
  sidebarWidth: z.number().int().min(180).max(480),
  listWidth: z.number().int().min(260).max(720),
});
export type SettingsView = z.infer<typeof settingsView>;

export const settings = {
  read: channel(nothing, settingsView, { needs: 'anytime' }),
  update: channel(settingsView.partial(), settingsView, { needs: 'anytime' }),
};
