/**
 * The one factory of windows. A window that was not made here is nobody to the bridge.
 */
import { BrowserWindow } from 'electron';
import type { BrowserWindowConstructorOptions, Session } from 'electron';
import { appPage } from './appscheme.ts';

export interface WindowOptions {
  readonly preloadFile: string;
  readonly session: Session;
  readonly contentProtection: () => boolean;
  readonly background: () => string;
  readonly developerTools: boolean;
  readonly onVisibility: (visible: boolean) => void;
  readonly onMinimise: () => void;
}

/** Settings that every window has, whatever it shows. */
export function windowSettings(options: WindowOptions): BrowserWindowConstructorOptions {
  return {
    width: 1280,
    height: 800,
    minWidth: 400,
    minHeight: 480,
    show: false,
    title: 'Strongroom',
    backgroundColor: options.background(),
    autoHideMenuBar: true,
    webPreferences: {
      preload: options.preloadFile,
      session: options.session,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      spellcheck: false,
      devTools: options.developerTools,
      navigateOnDragDrop: false,
      backgroundThrottling: true,
    },
  };
}

export class Windows {
  readonly #options: WindowOptions;
  readonly #open = new Map<number, BrowserWindow>();

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  /** Opens the main window, or brings the open one to the front. */
  async openMain(): Promise<BrowserWindow> {
    const existing = this.all()[0];
    if (existing) {
      if (existing.isMinimized()) existing.restore();
      existing.show();
      existing.focus();
      return existing;
    }
    const window = new BrowserWindow(windowSettings(this.#options));
    const contentsId = window.webContents.id;
    this.#open.set(contentsId, window);
    window.on('closed', () => this.#open.delete(contentsId));
    // The page's own title never changes: record names do not belong in a task bar.
    window.on('page-title-updated', (event) => {
      event.preventDefault();
    });
    window.setContentProtection(this.#options.contentProtection());
    window.on('hide', () => {
      this.#options.onVisibility(false);
    });
    window.on('show', () => {
      this.#options.onVisibility(true);
    });
    window.on('restore', () => {
      this.#options.onVisibility(true);
    });
    window.on('minimize', () => {
      this.#options.onVisibility(false);
      this.#options.onMinimise();
    });
    window.once('ready-to-show', () => {
      window.show();
    });
    await window.loadURL(appPage);
    return window;
  }

  all(): BrowserWindow[] {
    return [...this.#open.values()].filter((window) => !window.isDestroyed());
  }

  /** Whether web contents belong to a window of this factory. */
  isOurs(contentsId: number): boolean {
    const window = this.#open.get(contentsId);
    return window !== undefined && !window.isDestroyed();
  }

  broadcast(channel: string, payload: unknown): void {
    for (const window of this.all()) window.webContents.send(channel, payload);
  }

  protectContent(on: boolean): void {
    for (const window of this.all()) window.setContentProtection(on);
  }
}
