/**
 * `app`: the life of the application, with Electron's order of events at its end:
 * `before-quit`, each window's `close` and `closed`, `will-quit`, `quit`.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { appPaths, type PathName } from './app-paths.ts';
import { endBrowser } from './engine.ts';
import { preventable } from './events.ts';
import type { StandInFor } from './shape.ts';
import { SingleInstance } from './single-instance.ts';
import { windowList } from './window-list.ts';

const root = join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string;
  version: string;
};

class StandInApp
  extends EventEmitter
  implements
    StandInFor<
      Electron.App,
      | 'name'
      | 'isPackaged'
      | 'isReady'
      | 'whenReady'
      | 'getName'
      | 'setName'
      | 'getVersion'
      | 'getAppPath'
      | 'getPath'
      | 'setPath'
      | 'getLocale'
      | 'getSystemLocale'
      | 'getPreferredSystemLanguages'
      | 'requestSingleInstanceLock'
      | 'hasSingleInstanceLock'
      | 'releaseSingleInstanceLock'
      | 'quit'
      | 'exit'
      | 'relaunch'
      | 'focus'
      | 'hide'
      | 'show'
      | 'enableSandbox'
      | 'disableHardwareAcceleration'
      | 'setAppUserModelId'
      | 'setAppLogsPath'
      | 'setAboutPanelOptions'
      | 'setAsDefaultProtocolClient'
      | 'removeAsDefaultProtocolClient'
      | 'isDefaultProtocolClient'
      | 'setLoginItemSettings'
    >
{
  name = manifest.name;
  readonly isPackaged = false;
  readonly commandLine = {
    hasSwitch: (name: string): boolean => appPaths.switchValue(name) !== undefined,
    getSwitchValue: (name: string): string => appPaths.switchValue(name) ?? '',
    appendSwitch: (_name: string, _value?: string): void => {},
    appendArgument: (_value: string): void => {},
  };
  private readonly readiness = Promise.withResolvers<void>();
  private readyNow = false;
  private quitting = false;
  private instance: SingleInstance | undefined;

  constructor() {
    super();
    windowList.on('empty', () => {
      if (this.quitting) return;
      if (!this.emit('window-all-closed')) this.quit();
    });
  }

  whenReady(): Promise<void> {
    return this.readiness.promise;
  }

  isReady(): boolean {
    return this.readyNow;
  }

  getName(): string {
    return this.name;
  }

  setName(name: string): void {
    this.name = name;
  }

  getVersion(): string {
    return manifest.version;
  }

  getAppPath(): string {
    return root;
  }

  getPath(name: PathName): string {
    return appPaths.get(name, this.name);
  }

  setPath(name: string, path: string): void {
    appPaths.set(name, path);
  }

  getLocale(): string {
    return appPaths.switchValue('lang') ?? new Intl.DateTimeFormat().resolvedOptions().locale;
  }

  getSystemLocale(): string {
    return this.getLocale();
  }

  getPreferredSystemLanguages(): string[] {
    return [this.getLocale()];
  }

  requestSingleInstanceLock(additionalData?: Record<string, unknown>): boolean {
    this.instance ??= new SingleInstance(this.getPath('userData'));
    const word = {
      argv: process.argv,
      workingDirectory: process.cwd(),
      additionalData: additionalData ?? null,
    };
    return this.instance.request(word, (second) => {
      this.emit(
        'second-instance',
        preventable({}),
        second.argv,
        second.workingDirectory,
        second.additionalData,
      );
    });
  }

  hasSingleInstanceLock(): boolean {
    return this.instance?.held() ?? false;
  }

  releaseSingleInstanceLock(): void {
    this.instance?.release();
  }

  quit(): void {
    if (this.quitting) return;
    const asked = preventable({});
    this.emit('before-quit', asked);
    if (asked.defaultPrevented) return;
    this.quitting = true;
    for (const window of windowList.all()) {
      window.close();
      // A window that stays keeps the application running.
      if (!window.isDestroyed()) {
        this.quitting = false;
        return;
      }
    }
    const last = preventable({});
    this.emit('will-quit', last);
    if (last.defaultPrevented) this.quitting = false;
    else void this.end(0);
  }

  exit(exitCode = 0): void {
    this.quitting = true;
    for (const window of windowList.all()) window.destroy();
    void this.end(exitCode);
  }

  relaunch(_options?: Electron.RelaunchOptions): void {
    console.warn('The stand-in does not start itself again.');
  }

  isDefaultProtocolClient(_protocol: string): boolean {
    return false;
  }

  setAsDefaultProtocolClient(_protocol: string): boolean {
    return false;
  }

  removeAsDefaultProtocolClient(_protocol: string): boolean {
    return false;
  }

  // The sandbox is always on; the rest belongs to a desktop that knows of the application.
  enableSandbox(): void {}
  disableHardwareAcceleration(): void {}
  setAppUserModelId(_id: string): void {}
  setAppLogsPath(_path?: string): void {}
  setAboutPanelOptions(_options: unknown): void {}
  setLoginItemSettings(_settings: unknown): void {}
  focus(_options?: unknown): void {}
  hide(): void {}
  show(): void {}

  /** The stand-in's own: Chromium runs. */
  becomeReady(): void {
    this.readyNow = true;
    this.emit('will-finish-launching');
    this.emit('ready', preventable({}), {});
    this.readiness.resolve();
  }

  private async end(exitCode: number): Promise<void> {
    this.emit('quit', preventable({}), exitCode);
    this.instance?.release();
    try {
      await endBrowser();
    } catch (reason) {
      console.error(`${basename(import.meta.filename)}: Chromium did not end in order: ${String(reason)}`);
    }
    process.exit(exitCode);
  }
}

export const app = new StandInApp();
