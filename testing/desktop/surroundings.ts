/**
 * The desktop around the application, as far as it is asked about here: tray, shell,
 * notifications, screen, images, crash reports. Nothing of it is seen; what a test wants to
 * know is recorded.
 */
import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { browser, underTest } from './engine.ts';
import type { Menu } from './menu.ts';
import { strict, type StandInFor } from './shape.ts';

/** `NativeImage`: bytes that are kept, never drawn. */
export class StandInImage implements StandInFor<
  Electron.NativeImage,
  'isEmpty' | 'getSize' | 'setTemplateImage'
> {
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  isEmpty(): boolean {
    return this.bytes.length === 0;
  }

  getSize(): Electron.Size {
    return this.isEmpty() ? { width: 0, height: 0 } : { width: 16, height: 16 };
  }

  toPNG(): Buffer {
    return this.bytes;
  }

  resize(_options: unknown): StandInImage {
    return this;
  }

  setTemplateImage(_option: boolean): void {}
}

function readImage(path: string): StandInImage {
  try {
    return new StandInImage(readFileSync(path));
  } catch {
    // As in Electron, a path without an image gives the empty image.
    return new StandInImage(Buffer.alloc(0));
  }
}

export const nativeImage = strict('nativeImage', {
  createEmpty: () => new StandInImage(Buffer.alloc(0)),
  createFromPath: readImage,
  createFromBuffer: (bytes: Buffer) => new StandInImage(bytes),
  createFromDataURL: (url: string) =>
    new StandInImage(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')),
});

/** There is no screen to look at. */
export const desktopCapturer = strict('desktopCapturer', {
  getSources: (_options: Electron.SourcesOptions): Promise<Electron.DesktopCapturerSource[]> =>
    Promise.resolve([]),
});

const trays = new Set<Tray>();

/** `Tray`: an icon nobody sees, whose menu a test may use. */
export class Tray
  extends EventEmitter
  implements
    StandInFor<
      Electron.Tray,
      'setToolTip' | 'setTitle' | 'setImage' | 'isDestroyed' | 'destroy' | 'popUpContextMenu'
    >
{
  menu: Menu | null = null;
  private destroyed = false;

  constructor(_image: unknown) {
    super();
    trays.add(this);
  }

  setContextMenu(menu: Menu | null): void {
    this.menu = menu;
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  destroy(): void {
    this.destroyed = true;
    trays.delete(this);
  }

  setToolTip(_text: string): void {}
  setTitle(_title: string): void {}
  setImage(_image: unknown): void {}
  setPressedImage(_image: unknown): void {}
  setIgnoreDoubleClickEvents(_ignore: boolean): void {}
  popUpContextMenu(_menu?: unknown): void {}
}

/** Trays that are there now. */
export function openTrays(): Tray[] {
  return [...trays];
}

const dragged: string[][] = [];

/** Paths of every drag out of a window so far. */
export function draggedOut(): readonly (readonly string[])[] {
  return dragged;
}

/** Notes one drag out of a window. */
export function noteDrag(paths: readonly string[]): void {
  dragged.push([...paths]);
}

const opened: string[] = [];

/** What the application asked the desktop to open. */
export function openedExternally(): readonly string[] {
  return opened;
}

async function openExternal(url: string): Promise<void> {
  opened.push(url);
  if (underTest || !(await browser()).windowed) return;
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.once('error', (reason) => {
    console.error(`${opener} could not be started: ${reason.message}`);
  });
  child.unref();
}

export const shell = strict('shell', {
  openExternal,
  beep: () => {},
} satisfies StandInFor<Electron.Shell, 'openExternal' | 'beep'>);

const shownNotifications: { title: string; body: string }[] = [];

/** What was shown to the person. */
export function notifications(): readonly { title: string; body: string }[] {
  return shownNotifications;
}

/** `Notification`: recorded. */
export class Notification
  extends EventEmitter
  implements StandInFor<Electron.Notification, 'show' | 'close'>
{
  private readonly words: { title: string; body: string };

  constructor({ title = '', body = '' }: Electron.NotificationConstructorOptions = {}) {
    super();
    this.words = { title, body };
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    shownNotifications.push(this.words);
    this.emit('show');
  }

  close(): void {
    this.emit('close');
  }
}

const area = { x: 0, y: 0, width: 1920, height: 1080 };
const display = {
  id: 1,
  bounds: area,
  workArea: area,
  size: area,
  workAreaSize: area,
  scaleFactor: 1,
  rotation: 0,
};

class StandInScreen extends EventEmitter {
  getPrimaryDisplay(): typeof display {
    return display;
  }

  getAllDisplays(): (typeof display)[] {
    return [display];
  }

  getDisplayMatching(_rectangle: Electron.Rectangle): typeof display {
    return display;
  }

  getDisplayNearestPoint(_point: Electron.Point): typeof display {
    return display;
  }

  getCursorScreenPoint(): Electron.Point {
    return { x: 0, y: 0 };
  }
}

export const screen = strict('screen', new StandInScreen());

export const crashReporter = strict('crashReporter', {
  start: (_options: Electron.CrashReporterStartOptions): void => {},
  addExtraParameter: (_key: string, _value: string): void => {},
} satisfies StandInFor<Electron.CrashReporter, 'start' | 'addExtraParameter'>);

export const systemPreferences = strict(
  'systemPreferences',
  Object.assign(new EventEmitter(), {
    canPromptTouchID: () => false,
    getAnimationSettings: () => ({
      shouldRenderRichAnimation: true,
      scrollAnimationsEnabledBySystem: true,
      prefersReducedMotion: false,
    }),
  } satisfies StandInFor<Electron.SystemPreferences, 'canPromptTouchID' | 'getAnimationSettings'>),
);
