/** The few words the main process itself shows. All others are the page's. */
import type { MenuWords } from './menu.ts';

export const menuWords: Readonly<Record<'en' | 'ru', MenuWords>> = {
  en: {
    file: 'File',
    edit: 'Edit',
    view: 'View',
    search: 'Search',
    sync: 'Sync now',
    settings: 'Settings…',
    shortcuts: 'Keyboard shortcuts',
    addAccount: 'Add account…',
    lock: 'Lock',
    quit: 'Quit Strongroom',
  },
  ru: {
    file: 'Файл',
    edit: 'Правка',
    view: 'Вид',
    search: 'Поиск',
    sync: 'Синхронизировать',
    settings: 'Настройки…',
    shortcuts: 'Сочетания клавиш',
    addAccount: 'Добавить учётную запись…',
    lock: 'Заблокировать',
    quit: 'Выйти из Strongroom',
  },
};

/** The language to use for a setting and the system's BCP 47 tag. */
export function languageOf(setting: 'system' | 'en' | 'ru', systemLocale: string): 'en' | 'ru' {
  if (setting !== 'system') return setting;
  return systemLocale.toLowerCase().startsWith('ru') ? 'ru' : 'en';
}
