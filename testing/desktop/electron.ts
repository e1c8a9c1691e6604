/**
 * The module that `electron` means in the stand-in: what this application uses of it, each
 * part held to Electron's own declarations where it is defined.
 */
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { clipboard, ClipboardItem } from './clipboard.ts';
import { dialog } from './dialog.ts';
import { ipcMain as ipcMainModule } from './ipc-main.ts';
import { globalShortcut, Menu, MenuItem } from './menu.ts';
import { nativeTheme as nativeThemeModule } from './native-theme.ts';
import { powerMonitor as powerMonitorModule } from './power-monitor.ts';
import { safeStorage } from './safe-storage.ts';
import { session, sessionOf } from './session.ts';
import { strict } from './shape.ts';
import {
  crashReporter,
  desktopCapturer,
  nativeImage,
  Notification,
  screen,
  shell,
  systemPreferences,
  Tray,
} from './surroundings.ts';
import { webContents } from './web-contents.ts';

const appModule = strict('app', app);
const ipcMain = strict('ipcMain', ipcMainModule);
const nativeTheme = strict('nativeTheme', nativeThemeModule);
const powerMonitor = strict('powerMonitor', powerMonitorModule);
const protocol = sessionOf('').protocol;

const electron = {
  app: appModule,
  BrowserWindow,
  clipboard,
  ClipboardItem,
  crashReporter,
  desktopCapturer,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  systemPreferences,
  Tray,
  webContents,
} satisfies Partial<Record<keyof typeof Electron.CrossProcessExports, unknown>>;

/** Everything of Electron that is stood in for. */
export type StandInElectron = typeof electron;

export default electron;
export {
  appModule as app,
  BrowserWindow,
  clipboard,
  ClipboardItem,
  crashReporter,
  desktopCapturer,
  dialog,
  globalShortcut,
  ipcMain,
  Menu,
  MenuItem,
  nativeImage,
  nativeTheme,
  Notification,
  powerMonitor,
  protocol,
  safeStorage,
  screen,
  session,
  shell,
  systemPreferences,
  Tray,
  webContents,
};
