/**
 * The application menu: every command of the page, what a person expects of the system's menu bar,
 * and no reloading, no developer tools. Commands belong to the page and are sent to it.
 *
 * Their keys are printed here but bound by the page, which knows when a key means something else
 * (Ctrl C over marked text). A Mac binds whatever its menu prints, so there nothing is printed.
 */
import { Menu } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import type { CommandName } from '../../contract/commands.ts';
import type { MenuWords } from './menuwords.ts';

export interface MenuActions {
  readonly command: (name: CommandName) => void;
  readonly quickAccess: () => void;
  readonly lock: () => void;
  readonly quit: () => void;
}

/** Keys of commands as Electron spells them; a test holds them to the page's own table. */
export const commandKeys: Readonly<Partial<Record<CommandName | 'lock', string>>> = {
  create: 'CmdOrCtrl+N',
  createFolder: 'CmdOrCtrl+Shift+N',
  generate: 'CmdOrCtrl+G',
  edit: 'E',
  move: 'M',
  copy: 'D',
  favourite: 'F',
  tags: 'T',
  remove: 'Delete',
  copyPassword: 'CmdOrCtrl+C',
  copyLogin: 'CmdOrCtrl+B',
  copyCode: 'CmdOrCtrl+T',
  search: 'CmdOrCtrl+K',
  palette: 'CmdOrCtrl+P',
  sync: 'F5',
  settings: 'CmdOrCtrl+,',
  shortcuts: 'CmdOrCtrl+/',
  lock: 'CmdOrCtrl+L',
};

const menus = {
  file: [
    'create',
    'createFolder',
    'generate',
    'health',
    null,
    'importFile',
    'exportFile',
    null,
    'shared',
    'administer',
    'addAccount',
    'sync',
    'settings',
  ],
  record: [
    'edit',
    'move',
    'copy',
    'favourite',
    'tags',
    'remove',
    null,
    'copyPassword',
    'copyLogin',
    'copyCode',
  ],
  go: [
    'search',
    'palette',
    'saveSearch',
    null,
    'goAll',
    'goFavourites',
    'goRecent',
    'goInbox',
    'goShortcuts',
    'goBin',
  ],
} as const;

const separator: MenuItemConstructorOptions = { type: 'separator' };

export function menuTemplate(
  actions: MenuActions,
  words: MenuWords,
  platform: NodeJS.Platform = process.platform,
): MenuItemConstructorOptions[] {
  const printed = (name: CommandName | 'lock'): MenuItemConstructorOptions => {
    const accelerator = platform === 'darwin' ? undefined : commandKeys[name];
    return accelerator === undefined ? {} : { accelerator, registerAccelerator: false };
  };
  const entry = (name: CommandName | null): MenuItemConstructorOptions =>
    name === null
      ? separator
      : {
          id: name,
          label: words.commands[name],
          click: () => {
            actions.command(name);
          },
          ...printed(name),
        };
  return [
    {
      label: words.file,
      submenu: [
        ...menus.file.map(entry),
        separator,
        { id: 'quickAccess', label: words.quickAccess, click: actions.quickAccess },
        { id: 'lock', label: words.lock, click: actions.lock, ...printed('lock') },
        { id: 'quit', label: words.quit, accelerator: 'CmdOrCtrl+Q', click: actions.quit },
      ],
    },
    {
      label: words.edit,
      submenu: [
        { role: 'undo' },
        { role: 'redo' },
        separator,
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        { role: 'selectAll' },
      ],
    },
    { label: words.record, submenu: menus.record.map(entry) },
    { label: words.go, submenu: menus.go.map(entry) },
    {
      label: words.view,
      submenu: [
        entry('shortcuts'),
        separator,
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
