/**
 * The quick-access window: small, frameless, over everything, gone as soon as attention goes
 * elsewhere. It is made at its first use and then kept hidden, since it must be there at once;
 * hidden, its page holds nothing.
 */
import { screen } from 'electron';
import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';

const size = { width: 560, height: 460 };

/** How far down the screen it stands: at eye height, above the middle. */
const down = 0.22;

export interface QuickWindowOptions {
  readonly make: (settings: BrowserWindowConstructorOptions) => BrowserWindow;
  readonly page: string;
  /** Told after it was shown, and before it is hidden. */
  readonly onShown: (shown: boolean) => void;
}

export class QuickWindow {
  readonly #options: QuickWindowOptions;
  #window: BrowserWindow | null = null;
  #loading: Promise<void> | null = null;

  constructor(options: QuickWindowOptions) {
    this.#options = options;
  }

  isShown(): boolean {
    return this.#window !== null && !this.#window.isDestroyed() && this.#window.isVisible();
  }

  /** Shows it on the screen with the pointer, or hides it where it is shown already. */
  async toggle(): Promise<void> {
    if (this.isShown()) return this.hide();
    const window = this.#ready();
    await this.#loading;
    if (window.isDestroyed()) return;
    const { x, y, width, height } = screen.getDisplayNearestPoint(screen.getCursorScreenPoint()).workArea;
    window.setBounds({
      x: Math.round(x + (width - size.width) / 2),
      y: Math.round(y + Math.min(height * down, Math.max(0, height - size.height))),
      ...size,
    });
    window.show();
    window.focus();
    this.#options.onShown(true);
  }

  hide(): void {
    if (!this.isShown()) return;
    // First, so that the page is empty by the time the window can be seen again.
    this.#options.onShown(false);
    this.#window?.hide();
  }

  /** Makes an end of it, as when the application ends with its last window. */
  close(): void {
    if (this.#window && !this.#window.isDestroyed()) this.#window.destroy();
    this.#window = null;
  }

  #ready(): BrowserWindow {
    if (this.#window && !this.#window.isDestroyed()) return this.#window;
    const window = this.#options.make({
      ...size,
      minWidth: size.width,
      minHeight: size.height,
      frame: false,
      resizable: false,
      maximizable: false,
      minimizable: false,
      fullscreenable: false,
      skipTaskbar: true,
      alwaysOnTop: true,
    });
    window.setAlwaysOnTop(true, 'pop-up-menu');
    window.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true });
    window.on('blur', () => {
      this.hide();
    });
    // Only ever hidden: the next press of the key must find it ready.
    window.on('close', (event) => {
      event.preventDefault();
      this.hide();
    });
    this.#window = window;
    this.#loading = window.loadURL(this.#options.page);
    return window;
  }
}
