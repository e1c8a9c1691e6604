/**
 * How a test process asks the running stand-in, over the child's IPC channel of Node. It
 * exists in test runs only; the application has no part in it.
 */
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';
import { clipboard } from './clipboard.ts';
import { answerDialog, type DialogAnswer } from './dialog.ts';
import { browser } from './engine.ts';
import { Menu, pressGlobalShortcut } from './menu.ts';
import { nativeTheme } from './native-theme.ts';
import { powerMonitor } from './power-monitor.ts';
import { draggedOut, notifications, openedExternally, openTrays } from './surroundings.ts';
import { keepTraffic, traffic } from './traffic.ts';

/** A window as a test finds it again in Chromium. */
export interface WindowReport {
  id: number;
  targetId: string;
  url: string;
  title: string;
  visible: boolean;
  contentProtected: boolean;
}

async function windows(): Promise<WindowReport[]> {
  const reports = BrowserWindow.getAllWindows().map(async (window) => ({
    id: window.id,
    targetId: await window.webContents.targetId(),
    url: window.webContents.getURL(),
    title: window.getTitle(),
    visible: window.isVisible() && !window.isMinimized(),
    contentProtected: window.isContentProtected(),
  }));
  return Promise.all(reports);
}

function clickMenu(label: string): boolean {
  const menus = [Menu.getApplicationMenu(), ...openTrays().map((tray) => tray.menu)];
  const item = menus
    .flatMap((menu) => menu?.everyItem() ?? [])
    .find((one) => one.label === label || one.id === label);
  item?.click();
  return item !== undefined;
}

/** What a test may ask for; each runs in the stand-in's process. */
export const probes = {
  port: async () => (await browser()).port(),
  windows,
  clipboardText: () => clipboard.readText(),
  setClipboardText: (text: string) => clipboard.writeText(text),
  power: (event: string) => powerMonitor.emit(event),
  setIdleSeconds: (seconds: number) => {
    powerMonitor.setIdleSeconds(seconds);
  },
  setSystemDark: (dark: boolean) => {
    nativeTheme.setSystemDark(dark);
  },
  answerDialog: (answer: DialogAnswer) => {
    answerDialog(answer);
  },
  draggedOut: () => draggedOut().map((paths) => [...paths]),
  openedExternally: () => [...openedExternally()],
  notifications: () => [...notifications()],
  bridgeTraffic: () => [...traffic()],
  clickMenu,
  pressGlobalShortcut,
  hideWindow: (id: number) => BrowserWindow.fromId(id)?.hide(),
  showWindow: (id: number) => BrowserWindow.fromId(id)?.show(),
  minimizeWindow: (id: number) => BrowserWindow.fromId(id)?.minimize(),
  quit: () => {
    app.quit();
  },
};

/** The probes' names with what they take and give. */
export type Probes = typeof probes;

/** A question on the channel, and its answer. */
export interface Question {
  id: number;
  probe: keyof Probes;
  args: unknown[];
}
export type Answer = { id: number; value: unknown } | { id: number; error: string };

async function answer(question: Question): Promise<Answer> {
  const { id, probe, args } = question;
  try {
    const run = probes[probe] as (...args: unknown[]) => unknown;
    return { id, value: await run(...args) };
  } catch (reason) {
    return { id, error: String(reason) };
  }
}

/** Starts answering the parent process. */
export function answerProbes(): void {
  keepTraffic();
  process.on('message', (question: Question) => {
    void answer(question).then((reply) => process.send?.(reply));
  });
  // The channel alone must not keep an application running that has quit.
  process.channel?.unref();
}
