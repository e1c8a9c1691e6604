/**
 * What holds on a device until somebody changes it. Apart from the schemas, so that the page can
 * begin with it and need no validator.
 */
import type { SettingsView } from './settings.ts';

export const defaultSettings: SettingsView = {
  theme: 'system',
  language: 'system',
  density: 'regular',
  lockAfterIdleMinutes: 10,
  lockOnSleep: true,
  lockOnScreenLock: true,
  lockOnMinimise: false,
  clearClipboardAfterSeconds: 30,
  hideRevealedAfterSeconds: 30,
  contentProtection: true,
  quickAccessKey: 'CommandOrControl+Shift+Space',
  closeToTray: false,
  notifications: true,
  namesInNotifications: false,
  dragOutTold: false,
  healthOldAfterDays: 180,
  leakLookupServer: null,
  sidebarWidth: 248,
  listWidth: 372,
};
