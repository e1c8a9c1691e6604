/**
 * The application outside its main window, put together: quick access and its key, the tray,
 * notifications and links. All of them lead to the main window or act without one.
 */
import { join } from 'node:path';
import { app, Notification } from 'electron';
import type { EventName, EventPayload } from '../../contract/events.ts';
import type { ShortcutState } from '../../contract/quickaccess.ts';
import type { SettingsView } from '../../contract/settings.ts';
import type { SyncStatus } from '../../contract/sync.ts';
import { quickPage } from './appscheme.ts';
import { followLink, linkIn, linkScheme } from './deeplinks.ts';
import { languageOf } from './menuwords.ts';
import { Notifier } from './notifier.ts';
import { outsideWords, type OutsideWords } from './outsidewords.ts';
import { QuickKey } from './quickkey.ts';
import { QuickWindow } from './quickwindow.ts';
import { AppTray, type TrayRecord } from './tray.ts';
import type { Windows } from './windows.ts';

export interface SurroundingsOptions {
  readonly windows: Windows;
  readonly iconFolder: string;
  readonly settings: () => SettingsView;
  readonly isUnlocked: () => boolean;
  /** The records used last; asked only while unlocked. */
  readonly recent: () => readonly TrayRecord[];
  readonly announce: <E extends EventName>(event: E, payload: EventPayload<E>) => void;
  readonly lock: () => void;
  readonly onFault: (what: string, error: unknown) => void;
}

export class Surroundings {
  readonly #options: SurroundingsOptions;
  readonly #quick: QuickWindow;
  readonly #key: QuickKey;
  readonly #tray: AppTray;
  readonly #notifier: Notifier;

  constructor(options: SurroundingsOptions) {
    const { windows, settings } = options;
    this.#options = options;
    this.#quick = new QuickWindow({
      make: (own) => windows.make(own),
      page: quickPage,
      onShown: (shown) => {
        options.announce('quickAccessShown', { shown });
      },
    });
    this.#key = new QuickKey(() => {
      this.toggleQuick();
    });
    this.#notifier = new Notifier({
      words: () => this.#words(),
      settings,
      isWatched: () => windows.all().some((window) => window.isFocused()),
      show: (remark) => {
        if (Notification.isSupported()) new Notification(remark).show();
      },
    });
    this.#tray = this.#makeTray();
    this.#key.bind(settings().quickAccessKey);
    this.#listen();
  }

  shortcut(): { state: ShortcutState } {
    return { state: this.#key.state() };
  }

  toggleQuick(): void {
    this.#quick.toggle().catch((error: unknown) => {
      this.#options.onFault('quick access not shown', error);
    });
  }

  hide(): void {
    this.#quick.hide();
  }

  /** Shows a record in the main window, which is opened where it is not. */
  showRecord(recordId: string): void {
    this.#quick.hide();
    this.#tell('recordAsked', { recordId });
  }

  settingsChanged({ quickAccessKey }: SettingsView): void {
    this.#key.bind(quickAccessKey);
    this.#tray.refresh();
  }

  sessionChanged(unlocked: boolean): void {
    if (!unlocked) this.#notifier.forget();
    this.#tray.refresh();
  }

  syncChanged(status: SyncStatus): void {
    this.#notifier.statusChanged(status);
  }

  /** The main window was left: what the tray names may be other records now. */
  mainLeft(): void {
    this.#tray.refresh();
  }

  /** With the main window goes the hidden one, which would keep the application running unseen. */
  mainClosed(): void {
    if (!this.#options.settings().closeToTray) this.#quick.close();
  }

  /** Opens the main window, or follows the link that the application was started with. */
  begin(commandLine: readonly string[]): void {
    const link = linkIn(commandLine);
    if (link === null) this.#open();
    else this.#follow(link);
  }

  #words(): OutsideWords {
    return outsideWords[languageOf(this.#options.settings().language, app.getLocale())];
  }

  #open(): void {
    this.#options.windows.openMain().catch((error: unknown) => {
      this.#options.onFault('window not opened', error);
    });
  }

  /** Opens the main window and tells it, once its page hears. */
  #tell<E extends EventName>(event: E, payload: EventPayload<E>): void {
    const { windows, announce, onFault } = this.#options;
    windows
      .openMain()
      .then(() => {
        announce(event, payload);
      })
      .catch((error: unknown) => {
        onFault('window not opened', error);
      });
  }

  #follow(link: string): void {
    followLink(link, {
      isUnlocked: this.#options.isUnlocked,
      show: (recordId) => {
        this.showRecord(recordId);
      },
      refuse: (reason) => {
        this.#tell('linkRefused', { reason });
      },
    });
  }

  #makeTray(): AppTray {
    const { iconFolder, isUnlocked, lock } = this.#options;
    return new AppTray({
      icon: join(iconFolder, process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png'),
      words: () => this.#words(),
      recent: () => (isUnlocked() ? this.#recent() : null),
      actions: {
        open: () => {
          this.#open();
        },
        quickAccess: () => {
          this.toggleQuick();
        },
        showRecord: (recordId) => {
          this.showRecord(recordId);
        },
        lock,
        quit: () => {
          app.quit();
        },
      },
    });
  }

  /** A mirror that cannot be read is told of where it is opened; the tray must not stand in its way. */
  #recent(): readonly TrayRecord[] {
    try {
      return this.#options.recent();
    } catch (error) {
      this.#options.onFault('no recent records', error);
      return [];
    }
  }

  #listen(): void {
    // Without a package the system would be told of a program that it cannot start again.
    if (app.isPackaged) app.setAsDefaultProtocolClient(linkScheme);
    app.on('second-instance', (_event, commandLine) => {
      this.begin(commandLine);
    });
    app.on('open-url', (event, link) => {
      event.preventDefault();
      this.#follow(link);
    });
    app.on('before-quit', () => {
      this.#quick.close();
    });
    app.on('will-quit', () => {
      this.#key.release();
    });
    app.on('window-all-closed', () => {
      if (!this.#options.settings().closeToTray) app.quit();
    });
  }
}
