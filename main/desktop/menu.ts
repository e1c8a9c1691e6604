/**
 * The application menu: what a person expects of the system's menu bar, and no reloading, no
 * developer tools. Entries that belong to the page are sent to it as commands.
 */
import { Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import type { EventPayload } from '../../contract/events.ts';

type Command = EventPayload<'command'>['name'];

export interface MenuActions {
  readonly command: (name: Command) => void;
  readonly lock: () => void;
  readonly quit: () => void;
}

/** Words of the menu in one language. */
export type MenuWords = Readonly<
  Record<
    'file' | 'edit' | 'view' | 'search' | 'sync' | 'settings' | 'shortcuts' | 'addAccount' | 'lock' | 'quit',
    string
  >
>;

export function menuTemplate(actions: MenuActions, words: MenuWords): MenuItemConstructorOptions[] {
  const send = (label: string, name: Command, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => {
      actions.command(name);
    },
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  return [
    {
      label: words.file,
      submenu: [
        send(words.addAccount, 'addAccount'),
        send(words.sync, 'sync'),
        send(words.settings, 'settings'),
        { type: 'separator' },
        { label: words.lock, click: actions.lock },
        { label: words.quit, accelerator: 'CmdOrCtrl+Q', click: actions.quit },
      ],
    },
    {
      label: words.edit,
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    {
      label: words.view,
      submenu: [
        send(words.search, 'search'),
        send(words.shortcuts, 'shortcuts'),
        { type: 'separator' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'resetZoom' },
        { role: 'togglefullscreen' },
      ],
    },
  ];
}

export function setApplicationMenu(actions: MenuActions, words: MenuWords): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, words)));
}
