/**
 * `WebContents`: one page of Chromium with its preload, as the main process sees it.
 *
 * The page opens in the background, so whatever needs it waits for `opened`.
 */
import { EventEmitter } from 'node:events';
import type { ConsoleMessage, Page, Route } from 'playwright-core';
import { originOf, toAppAddress, toPageAddress } from './addresses.ts';
import { browser, closePage, openPage } from './engine.ts';
import { preventable } from './events.ts';
import type { ToMain } from './in-page/preload-world.ts';
import { ipcMain } from './ipc-main.ts';
import { powerMonitor } from './power-monitor.ts';
import { PreloadLink } from './preload-link.ts';
import type { StandInSession } from './session.ts';
import type { StandInFor } from './shape.ts';
import { noteDrag } from './surroundings.ts';
import { noteCrossing } from './traffic.ts';
import { StandInFrame } from './web-frame.ts';

type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0];

const all = new Map<number, StandInWebContents>();
let lastId = 0;

/** One page. */
export class StandInWebContents
  extends EventEmitter
  implements
    StandInFor<
      Electron.WebContents,
      | 'id'
      | 'send'
      | 'loadURL'
      | 'reload'
      | 'getURL'
      | 'getTitle'
      | 'getType'
      | 'isDestroyed'
      | 'isLoading'
      | 'isFocused'
      | 'isCrashed'
      | 'isDevToolsOpened'
      | 'openDevTools'
      | 'closeDevTools'
      | 'mainFrame'
      | 'session'
      | 'setWindowOpenHandler'
      | 'startDrag'
      | 'setIgnoreMenuShortcuts'
      | 'setBackgroundThrottling'
      | 'setVisualZoomLevelLimits'
      | 'setWebRTCIPHandlingPolicy'
    >
{
  readonly id: number;
  readonly session: StandInSession;
  readonly mainFrame: StandInFrame;
  readonly preload: string | undefined;
  /** Settles when the page is there; rejects where the browser cannot open one. */
  readonly opened: Promise<Page>;
  private page: Page | undefined;
  private link: PreloadLink | undefined;
  private windowOpen: OpenHandler | undefined;
  private expected = 'about:blank';
  private loading = false;
  private destroyed = false;
  private state = { shown: true, focused: true };

  constructor(session: StandInSession, preload: string | undefined) {
    super();
    this.id = ++lastId;
    all.set(this.id, this);
    this.session = session;
    this.preload = preload;
    this.mainFrame = new StandInFrame(this.id, () => this.getURL());
    this.opened = this.open();
    // Whoever loads something learns of the failure; without a load there is nothing to say.
    this.opened.catch(() => undefined);
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.opened;
    if (this.destroyed) throw new Error(`The window was closed before ${url} was loaded.`);
    this.expected = toPageAddress(url);
    this.loading = true;
    await page.goto(this.expected, { waitUntil: 'load' });
  }

  reload(): void {
    this.unattended(this.loadURL(this.getURL()));
  }

  getURL(): string {
    return toAppAddress(this.page?.url() ?? '').replace(/^about:blank$/, '');
  }

  getTitle(): string {
    return this.getURL();
  }

  getType(): 'window' {
    return 'window';
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  isLoading(): boolean {
    return this.loading;
  }

  isCrashed(): boolean {
    return false;
  }

  isFocused(): boolean {
    return this.state.focused;
  }

  isDevToolsOpened(): boolean {
    return false;
  }

  /** Refused: the page's tools are Chromium's own. */
  openDevTools(_options?: Electron.OpenDevToolsOptions): void {
    console.warn('The stand-in opens no developer tools.');
  }

  closeDevTools(): void {}

  setWindowOpenHandler(handler: OpenHandler): void {
    this.windowOpen = handler;
  }

  /** Nothing is dragged: what would be is recorded. As in Electron, a picture is obligatory. */
  startDrag(item: Electron.Item): void {
    if (typeof item.icon === 'string' ? item.icon === '' : item.icon.isEmpty()) {
      throw new TypeError("Must specify non-empty 'icon' option");
    }
    noteDrag(item.files ?? [item.file]);
  }

  // Chromium under DevTools throttles nothing, zooms by nobody's hand and has no network.
  setIgnoreMenuShortcuts(_ignore: boolean): void {}
  setBackgroundThrottling(_allowed: boolean): void {}
  setWebRTCIPHandlingPolicy(_policy: unknown): void {}
  async setVisualZoomLevelLimits(_minimum: number, _maximum: number): Promise<void> {}

  send(channel: string, ...args: unknown[]): void {
    noteCrossing({ kind: 'message', channel, value: args });
    this.unattended(this.link?.tell({ type: 'message', channel, args }));
  }

  /** The stand-in's own: whether the window is seen and has the keyboard. */
  setState(shown: boolean, focused: boolean): void {
    const moved = shown !== this.state.shown;
    this.state = { shown, focused };
    this.unattended(this.link?.tell({ type: 'state', ...this.state }));
    if (moved) this.unattended(this.moveWindow(shown ? 'normal' : 'minimized'));
  }

  /** The stand-in's own: the colour scheme the page is told. */
  setDark(dark: boolean): void {
    const colorScheme = dark ? 'dark' : 'light';
    this.unattended(this.opened.then((page) => page.emulateMedia({ colorScheme })));
  }

  /** The stand-in's own: what the window leaves for its page; one that a person sizes has none. */
  setSize({ width, height }: Electron.Rectangle): void {
    const sizing = this.opened.then(async (page) => {
      if (page.viewportSize() !== null) await page.setViewportSize({ width, height });
    });
    this.unattended(sizing);
  }

  /** The stand-in's own: by which a test process knows the page again. */
  async targetId(): Promise<string> {
    await this.opened;
    const info = await this.link?.devtools.send('Target.getTargetInfo');
    return info?.targetInfo.targetId ?? '';
  }

  /** The stand-in's own: closes the page; the object stays, as in Electron, but is destroyed. */
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    all.delete(this.id);
    this.link?.close();
    this.emit('destroyed');
    this.unattended(this.opened.then(closePage));
  }

  /**
   * Work on the page that nobody waits for. A window may be closed and Chromium may end in the
   * middle of it, the opening included; then the work has no object any more. Other failures show.
   */
  private unattended(work: Promise<unknown> | undefined): void {
    work?.catch((reason: unknown) => {
      if (!isClosedTarget(reason)) console.error(`A page was not told: ${String(reason)}`);
    });
  }

  /** Where Chromium has a window that a person sees, it follows. */
  private async moveWindow(windowState: 'normal' | 'minimized'): Promise<void> {
    await this.opened;
    const devtools = this.link?.devtools;
    if (devtools === undefined || this.destroyed || !(await browser()).windowed) return;
    const { windowId } = await devtools.send('Browser.getWindowForTarget');
    await devtools.send('Browser.setWindowBounds', { windowId, bounds: { windowState } });
  }

  private async open(): Promise<Page> {
    const { page, devtools } = await openPage((route) => this.answer(route));
    this.link = new PreloadLink(devtools);
    devtools.on('Page.windowOpen', (wanted) => {
      this.windowWanted(wanted.url, wanted.windowName, wanted.windowFeatures);
    });
    this.follow(page);
    await this.link.install(
      this.preload,
      (line) => {
        this.unattended(this.hear(line));
      },
      () => {
        this.unattended(this.link?.tell({ type: 'state', ...this.state }));
      },
    );
    this.page = page;
    return page;
  }

  private follow(page: Page): void {
    page.on('domcontentloaded', () => this.emit('dom-ready', preventable({})));
    page.on('load', () => {
      this.loading = false;
      this.emit('did-finish-load', preventable({}));
      this.emit('did-stop-loading', preventable({}));
    });
    page.on('framenavigated', (frame) => {
      const url = toAppAddress(page.url());
      if (frame === page.mainFrame()) this.emit('did-navigate', preventable({}), url, 200, 'OK');
    });
    page.on('console', (message) => {
      this.emit('console-message', { ...preventable({}), ...describe(message), frame: this.mainFrame });
    });
    page.on('pageerror', (error) => {
      this.emit('stand-in-page-error', error);
    });
    page.on('crash', () => {
      this.emit('render-process-gone', preventable({}), { reason: 'crashed', exitCode: 1 });
    });
    page.on('close', () => {
      this.link?.close();
      this.emit('stand-in-page-closed');
    });
  }

  /** Every request of the page; a navigation that nobody asked for is the application's to allow. */
  private async answer(route: Route): Promise<void> {
    const request = route.request();
    const top = request.isNavigationRequest() && request.frame() === this.page?.mainFrame();
    if (
      request.isNavigationRequest() &&
      request.url() !== this.expected &&
      this.forbids(request.url(), top)
    ) {
      await route.abort('aborted');
      return;
    }
    if (top) await this.settlePermissions(request.url());
    if (await this.session.webRequest.cancels(route)) await route.abort('blockedbyclient');
    else await this.session.protocol.serve(route);
  }

  private forbids(address: string, top: boolean): boolean {
    const url = toAppAddress(address);
    const details = {
      url,
      isMainFrame: top,
      isSameDocument: false,
      frame: this.mainFrame,
      initiator: this.mainFrame,
    };
    const event = preventable(details);
    this.emit('will-frame-navigate', event);
    if (top) this.emit('will-navigate', event, url, false, true, 1, 1);
    if (!event.defaultPrevented) this.expected = address;
    return event.defaultPrevented;
  }

  private async settlePermissions(address: string): Promise<void> {
    const devtools = this.link?.devtools;
    if (devtools === undefined) return;
    await this.session.settlePermissions(
      devtools,
      this as unknown as Electron.WebContents,
      originOf(address),
    );
  }

  private windowWanted(address: string, frameName: string, features: string[]): void {
    const url = toAppAddress(address);
    const details = { url, frameName, features: features.join(','), disposition: 'foreground-tab' as const };
    const referrer = { url: this.getURL(), policy: 'strict-origin-when-cross-origin' as const };
    const answer = this.windowOpen?.({ ...details, referrer });
    if (answer?.action !== 'deny') console.warn(`The stand-in opens no second window for ${url}.`);
  }

  private async hear(line: ToMain): Promise<void> {
    switch (line.type) {
      case 'invoke': {
        const reply = await ipcMain.answer(this.speaker(), line.channel, line.args);
        await this.link?.tell({ type: 'reply', id: line.id, ...reply });
        break;
      }
      case 'send':
        ipcMain.emit(line.channel, { ...preventable({}), ...this.speaker(), type: 'frame' }, ...line.args);
        break;
      case 'files':
        await this.link?.tell({ type: 'paths', paths: await this.link.pendingPaths(line.count) });
        break;
      case 'input':
        powerMonitor.noteInput();
        break;
      case 'navigate':
        if (!this.forbids(line.url, true)) await this.loadURL(line.url);
        break;
      case 'key':
        this.key(line);
        break;
      case 'preload-error':
        console.error(`The preload failed: ${line.message}`);
        this.emit('preload-error', preventable({}), this.preload, new Error(line.message));
        break;
    }
  }

  private key(line: ToMain & { type: 'key' }): void {
    const { key, code, ctrl, shift, alt, meta } = line;
    const input = { type: 'keyDown', key, code, control: ctrl, shift, alt, meta, isAutoRepeat: false };
    const event = preventable({});
    this.emit('before-input-event', event, input);
    if (!event.defaultPrevented) this.emit('stand-in-chord', line);
  }

  private speaker(): { sender: object; senderFrame: object; processId: number; frameId: number } {
    return { sender: this, senderFrame: this.mainFrame, processId: this.id, frameId: 1 };
  }
}

/** Playwright's word for whatever is asked of a page, a context or a Chromium that is gone. */
function isClosedTarget(reason: unknown): boolean {
  return reason instanceof Error && reason.message.includes('has been closed');
}

function describe(message: ConsoleMessage): {
  level: string;
  message: string;
  lineNumber: number;
  sourceId: string;
} {
  const { lineNumber, url } = message.location();
  return { level: message.type(), message: message.text(), lineNumber, sourceId: toAppAddress(url) };
}

/** `webContents`: those that are open. */
export const webContents = {
  getAllWebContents: (): StandInWebContents[] => [...all.values()],
  fromId: (id: number): StandInWebContents | undefined => all.get(id),
};
