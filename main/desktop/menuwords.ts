/** The words of the application menu, which the main process itself shows. */
import type { CommandName } from '../../contract/commands.ts';

/** Words of the menu in one language. */
export interface MenuWords extends Readonly<
  Record<'file' | 'edit' | 'record' | 'go' | 'view' | 'quickAccess' | 'lock' | 'quit', string>
> {
  readonly commands: Readonly<Record<CommandName, string>>;
}

export const menuWords: Readonly<Record<'en' | 'ru', MenuWords>> = {
  en: {
    file: 'File',
    edit: 'Edit',
    record: 'Record',
    go: 'Go',
    view: 'View',
    quickAccess: 'Quick access',
    lock: 'Lock',
    quit: 'Quit Strongroom',
    commands: {
      create: 'New record',
      createFolder: 'New folder',
      generate: 'Make a password up…',
      health: 'Check the passwords…',
      shared: 'Shared by me…',
      administer: 'Administration',
      importFile: 'Import…',
      exportFile: 'Export…',
      addAccount: 'Add account…',
      sync: 'Sync now',
      settings: 'Settings…',
      edit: 'Edit the record',
      move: 'Move…',
      copy: 'Make a copy…',
      favourite: 'Favourite on and off',
      tags: 'Tags…',
      remove: 'Delete',
      copyPassword: 'Copy password',
      copyLogin: 'Copy login',
      copyCode: 'Copy one-time code',
      search: 'Search',
      palette: 'Commands and records…',
      saveSearch: 'Keep this search…',
      goAll: 'All records',
      goFavourites: 'Favourites',
      goRecent: 'Recent',
      goInbox: 'Inbox',
      goShortcuts: 'Shortcuts',
      goBin: 'Bin',
      shortcuts: 'Keyboard shortcuts',
    },
  },
  ru: {
    file: 'Файл',
    edit: 'Правка',
    record: 'Запись',
    go: 'Переход',
    view: 'Вид',
    quickAccess: 'Быстрый доступ',
    lock: 'Заблокировать',
    quit: 'Выйти из Strongroom',
    commands: {
      create: 'Новая запись',
      createFolder: 'Новая папка',
      generate: 'Придумать пароль…',
      health: 'Проверить пароли…',
      shared: 'Чем я делюсь…',
      administer: 'Администрирование',
      importFile: 'Импорт…',
      exportFile: 'Экспорт…',
      addAccount: 'Добавить учётную запись…',
      sync: 'Синхронизировать',
      settings: 'Настройки…',
      edit: 'Изменить',
      move: 'Переместить…',
      copy: 'Сделать копию…',
      favourite: 'В избранное и обратно',
      tags: 'Теги…',
      remove: 'Удалить',
      copyPassword: 'Копировать пароль',
      copyLogin: 'Копировать логин',
      copyCode: 'Копировать одноразовый код',
      search: 'Поиск',
      palette: 'Команды и записи…',
      saveSearch: 'Сохранить этот поиск…',
      goAll: 'Все записи',
      goFavourites: 'Избранное',
      goRecent: 'Недавние',
      goInbox: 'Входящие',
      goShortcuts: 'Ярлыки',
      goBin: 'Корзина',
      shortcuts: 'Сочетания клавиш',
    },
  },
};

/** The language to use for a setting and the system's BCP 47 tag. */
export function languageOf(setting: 'system' | 'en' | 'ru', systemLocale: string): 'en' | 'ru' {
  if (setting !== 'system') return setting;
  return systemLocale.toLowerCase().startsWith('ru') ? 'ru' : 'en';
}
