/**
 * The one factory of windows. A window that was not made here is nobody to the bridge.
 */
import { BrowserWindow, screen } from 'electron';
import type { BrowserWindowConstructorOptions, Session } from 'electron';
import { appPage } from './appscheme.ts';
import { reachable, type WindowStateFile } from './windowstate.ts';

export interface WindowOptions {
  readonly preloadFile: string;
  readonly session: Session;
  readonly contentProtection: () => boolean;
  readonly background: () => string;
  readonly developerTools: boolean;
  readonly onVisibility: (visible: boolean) => void;
  readonly onMinimise: () => void;
  /** Where the main window stood. */
  readonly place: WindowStateFile;
  /** The main window was left for another program, or for good. */
  readonly onLeft: () => void;
  readonly onMainClosed: () => void;
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
  #main: BrowserWindow | null = null;
  #loaded: Promise<void> = Promise.resolve();

  constructor(options: WindowOptions) {
    this.#options = options;
  }

  /** Opens the main window, or brings the open one to the front; resolves once its page hears. */
  async openMain(): Promise<BrowserWindow> {
    const existing = this.main();
    if (existing) {
      if (existing.isMinimized()) existing.restore();
      existing.show();
      existing.focus();
      await this.#loaded;
      return existing;
    }
    const kept = this.#keptPlace();
    const window = this.make(kept ? { x: kept.x, y: kept.y, width: kept.width, height: kept.height } : {});
    this.#main = window;
    if (kept?.maximised) window.maximize();
    this.#followMain(window);
    window.once('ready-to-show', () => {
      window.show();
    });
    this.#loaded = window.loadURL(appPage);
    await this.#loaded;
    return window;
  }

  /** The main window, if it is open. */
  main(): BrowserWindow | undefined {
    return this.#main && !this.#main.isDestroyed() ? this.#main : undefined;
  }

  /** A hidden window of ours with the settings that all have, and those of its own. */
  make(own: BrowserWindowConstructorOptions): BrowserWindow {
    const window = new BrowserWindow({ ...windowSettings(this.#options), ...own });
    const contentsId = window.webContents.id;
    this.#open.set(contentsId, window);
    window.on('closed', () => this.#open.delete(contentsId));
    // The page's own title never changes: record names do not belong in a task bar.
    window.on('page-title-updated', (event) => {
      event.preventDefault();
    });
    window.setContentProtection(this.#options.contentProtection());
    return window;
  }

  #keptPlace(): ReturnType<WindowStateFile['read']> {
    const kept = this.#options.place.read();
    const areas = screen.getAllDisplays().map(({ workArea }) => workArea);
    return kept && reachable(kept, areas);
  }

  #followMain(window: BrowserWindow): void {
    const { onVisibility, onMinimise, onLeft, onMainClosed, place } = this.#options;
    for (const event of ['show', 'restore'] as const) {
      window.on(event as 'show', () => {
        onVisibility(true);
      });
    }
    window.on('hide', () => {
      onVisibility(false);
    });
    window.on('minimize', () => {
      onVisibility(false);
      onMinimise();
    });
    window.on('blur', onLeft);
    window.on('close', () => {
      // A maximised window remembers where it would stand otherwise.
      place.write({ ...window.getNormalBounds(), maximised: window.isMaximized() });
    });
    window.on('closed', () => {
      this.#main = null;
      onVisibility(false);
      onLeft();
      onMainClosed();
    });
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
