/**
 * The icon in the tray, which works while every window is closed. Its menu names the records used
 * last only while something is unlocked; it is made anew whenever that may have changed.
 */
import { Menu, nativeImage, Tray } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import type { OutsideWords } from './outsidewords.ts';

export interface TrayRecord {
  readonly id: string;
  readonly name: string;
}

export interface TrayActions {
  readonly open: () => void;
  readonly quickAccess: () => void;
  readonly showRecord: (recordId: string) => void;
  readonly lock: () => void;
  readonly quit: () => void;
}

/** Longest name in the menu, in characters. */
const longestName = 48;

/** `recent` is null while locked. */
export function trayTemplate(
  actions: TrayActions,
  words: OutsideWords,
  recent: readonly TrayRecord[] | null,
): MenuItemConstructorOptions[] {
  const records = (recent ?? []).map(({ id, name }): MenuItemConstructorOptions => ({
    id: `record-${id}`,
    label: labelOf(name) || words.nameless,
    click: () => {
      actions.showRecord(id);
    },
  }));
  return [
    { label: words.open, click: actions.open },
    { label: words.quickAccess, click: actions.quickAccess },
    ...(records.length > 0
      ? [{ type: 'separator' as const }, { label: words.recent, enabled: false }, ...records]
      : []),
    { type: 'separator' },
    { label: words.lock, enabled: recent !== null, click: actions.lock },
    { label: words.quit, click: actions.quit },
  ];
}

/** Names come from the server: on one line, cut, and with `&` doubled, which would mark a key. */
function labelOf(name: string): string {
  const line = [...name.replace(/[\p{Cc}\p{Bidi_Control}\s]+/gu, ' ').trim()];
  const cut = line.length > longestName ? [...line.slice(0, longestName - 1), '…'] : line;
  return cut.join('').replaceAll('&', '&&');
}

export interface AppTrayOptions {
  /** Path of the picture. */
  readonly icon: string;
  readonly actions: TrayActions;
  readonly words: () => OutsideWords;
  readonly recent: () => readonly TrayRecord[] | null;
}

export class AppTray {
  readonly #options: AppTrayOptions;
  readonly #tray: Tray;
  #shown = '';

  constructor(options: AppTrayOptions) {
    this.#options = options;
    const icon = nativeImage.createFromPath(options.icon);
    if (process.platform === 'darwin') icon.setTemplateImage(true);
    this.#tray = new Tray(icon);
    this.#tray.setToolTip('Strongroom');
    this.#tray.on('click', options.actions.open);
    this.refresh();
  }

  /** Makes the menu anew where what it would show has changed. */
  refresh(): void {
    const { actions, words, recent } = this.#options;
    const template = trayTemplate(actions, words(), recent());
    const shown = JSON.stringify(template);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#tray.setContextMenu(Menu.buildFromTemplate(template));
  }
}
