/**
 * `BrowserWindow`: the window's state as the application set it, around one web contents.
 *
 * Headless Chromium has no windows, so shown, focused and minimised are kept here and told
 * to the page, which sees them as visibility and focus.
 */
import { EventEmitter } from 'node:events';
import { app } from './app.ts';
import { preventable } from './events.ts';
import { pressAccelerator } from './menu.ts';
import { sessionOf, StandInSession } from './session.ts';
import type { StandInFor } from './shape.ts';
import { StandInWebContents } from './web-contents.ts';
import { windowList } from './window-list.ts';

type Options = Electron.BrowserWindowConstructorOptions;

let lastId = 0;
let focusedId: number | undefined;

/** Settings that a sandboxed page must not have; the stand-in could not honour them. */
function refuseOpenDoors({ webPreferences = {} }: Options): void {
  const { nodeIntegration, contextIsolation, sandbox, webSecurity } = webPreferences;
  const open =
    nodeIntegration === true || contextIsolation === false || sandbox === false || webSecurity === false;
  if (open) throw new Error('The stand-in runs sandboxed, isolated pages without Node only.');
}

function sessionFor({ webPreferences = {} }: Options): StandInSession {
  const { session, partition = '' } = webPreferences;
  return session instanceof StandInSession ? session : sessionOf(partition);
}

/** One window. */
export class BrowserWindow
  extends EventEmitter
  implements
    StandInFor<
      Electron.BrowserWindow,
      | 'id'
      | 'loadURL'
      | 'show'
      | 'showInactive'
      | 'hide'
      | 'focus'
      | 'blur'
      | 'minimize'
      | 'restore'
      | 'maximize'
      | 'unmaximize'
      | 'close'
      | 'destroy'
      | 'isVisible'
      | 'isDestroyed'
      | 'isFocused'
      | 'isMinimized'
      | 'isMaximized'
      | 'isFullScreen'
      | 'setTitle'
      | 'getTitle'
      | 'setContentProtection'
      | 'isContentProtected'
      | 'getBounds'
      | 'setBounds'
      | 'getNormalBounds'
      | 'getSize'
      | 'setSize'
      | 'setMinimumSize'
      | 'center'
      | 'setMenu'
      | 'removeMenu'
      | 'setMenuBarVisibility'
      | 'setAutoHideMenuBar'
      | 'setBackgroundColor'
      | 'setIcon'
      | 'setSkipTaskbar'
      | 'flashFrame'
      | 'setAlwaysOnTop'
      | 'setVisibleOnAllWorkspaces'
      | 'webContents'
    >
{
  readonly id = ++lastId;
  readonly webContents: StandInWebContents;
  private bounds: Electron.Rectangle;
  private title: string;
  private visible: boolean;
  private minimized = false;
  private maximized = false;
  private protectedContent = false;
  private gone = false;

  constructor(options: Options = {}) {
    super();
    refuseOpenDoors(options);
    const { x = 0, y = 0, width = 800, height = 600, title = app.getName(), show = true } = options;
    this.bounds = { x, y, width, height };
    this.title = title;
    this.visible = show;
    this.webContents = new StandInWebContents(sessionFor(options), options.webPreferences?.preload);
    windowList.add(this);
    if (show) focusedId = this.id;
    this.tellState();
    this.follow();
    app.emit('web-contents-created', preventable({}), this.webContents);
    app.emit('browser-window-created', preventable({}), this);
  }

  static getAllWindows(): BrowserWindow[] {
    return windowList.all().filter((one) => one instanceof BrowserWindow);
  }

  static getFocusedWindow(): BrowserWindow | null {
    return focusedId === undefined ? null : BrowserWindow.fromId(focusedId);
  }

  static fromId(id: number): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find((one) => one.id === id) ?? null;
  }

  static fromWebContents(contents: StandInWebContents): BrowserWindow | null {
    return BrowserWindow.getAllWindows().find((one) => one.webContents === contents) ?? null;
  }

  async loadURL(url: string): Promise<void> {
    await this.webContents.loadURL(url);
  }

  show(): void {
    this.showInactive();
    this.focus();
  }

  showInactive(): void {
    const shown = this.isShown();
    this.visible = true;
    this.minimized = false;
    this.tellState();
    if (!shown) this.emit('show');
  }

  hide(): void {
    if (!this.visible) return;
    this.visible = false;
    this.blur();
    this.tellState();
    this.emit('hide');
  }

  focus(): void {
    if (!this.visible || this.isFocused()) return;
    BrowserWindow.getFocusedWindow()?.blur();
    focusedId = this.id;
    this.tellState();
    this.emit('focus');
    app.emit('browser-window-focus', preventable({}), this);
  }

  blur(): void {
    if (!this.isFocused()) return;
    focusedId = undefined;
    this.tellState();
    this.emit('blur');
    app.emit('browser-window-blur', preventable({}), this);
  }

  minimize(): void {
    if (this.minimized) return;
    this.minimized = true;
    this.blur();
    this.tellState();
    this.emit('minimize');
  }

  restore(): void {
    if (!this.minimized) return;
    this.minimized = false;
    this.tellState();
    this.emit('restore');
    this.focus();
  }

  maximize(): void {
    this.maximized = true;
    this.emit('maximize');
  }

  unmaximize(): void {
    this.maximized = false;
    this.emit('unmaximize');
  }

  close(): void {
    if (this.gone) return;
    const event = preventable({});
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    if (this.gone) return;
    this.blur();
    this.gone = true;
    this.webContents.destroy();
    this.emit('closed');
    windowList.remove(this);
  }

  isDestroyed(): boolean {
    return this.gone;
  }

  isVisible(): boolean {
    return this.visible;
  }

  isFocused(): boolean {
    return focusedId === this.id;
  }

  isMinimized(): boolean {
    return this.minimized;
  }

  isMaximized(): boolean {
    return this.maximized;
  }

  isFullScreen(): boolean {
    return false;
  }

  setTitle(title: string): void {
    this.title = title;
  }

  getTitle(): string {
    return this.title;
  }

  setContentProtection(enable: boolean): void {
    this.protectedContent = enable;
  }

  isContentProtected(): boolean {
    return this.protectedContent;
  }

  getBounds(): Electron.Rectangle {
    return { ...this.bounds };
  }

  getNormalBounds(): Electron.Rectangle {
    return this.getBounds();
  }

  getSize(): number[] {
    return [this.bounds.width, this.bounds.height];
  }

  setBounds(bounds: Partial<Electron.Rectangle>): void {
    this.bounds = { ...this.bounds, ...bounds };
    this.webContents.setSize(this.bounds);
    this.emit('resize');
    this.emit('move');
  }

  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }

  // What only a real window frame would show.
  setMinimumSize(_width: number, _height: number): void {}
  center(): void {}
  setMenu(_menu: unknown): void {}
  removeMenu(): void {}
  setMenuBarVisibility(_visible: boolean): void {}
  setAutoHideMenuBar(_hide: boolean): void {}
  setBackgroundColor(_color: string): void {}
  setIcon(_icon: unknown): void {}
  setSkipTaskbar(_skip: boolean): void {}
  flashFrame(_flag: boolean): void {}
  setAlwaysOnTop(_flag: boolean, _level?: string): void {}
  setVisibleOnAllWorkspaces(_visible: boolean, _options?: unknown): void {}

  private isShown(): boolean {
    return this.visible && !this.minimized;
  }

  private tellState(): void {
    this.webContents.setState(this.isShown(), focusedId === this.id);
  }

  private follow(): void {
    const contents = this.webContents;
    contents.setSize(this.bounds);
    contents.once('did-finish-load', () => this.emit('ready-to-show'));
    contents.on('stand-in-chord', pressAccelerator);
    // The person closed Chromium's own window: it is gone, whatever a listener would prefer.
    contents.on('stand-in-page-closed', () => {
      this.destroy();
    });
  }
}
