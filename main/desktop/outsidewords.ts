/** Words of the tray and of notifications, which the system shows outside every window. */

export interface OutsideWords {
  readonly open: string;
  readonly quickAccess: string;
  readonly recent: string;
  readonly nameless: string;
  readonly lock: string;
  readonly quit: string;
  readonly conflictTitle: string;
  readonly conflictText: string;
  readonly accessTitle: string;
  readonly accessText: string;
}

export const outsideWords: Readonly<Record<'en' | 'ru', OutsideWords>> = {
  en: {
    open: 'Open Strongroom',
    quickAccess: 'Quick access',
    recent: 'Recent records',
    nameless: 'Without a name',
    lock: 'Lock',
    quit: 'Quit Strongroom',
    conflictTitle: 'A change waits for your decision',
    conflictText: 'A record was changed here and elsewhere. Both values were kept.',
    accessTitle: 'Access to a vault has ended',
    accessText: 'Its copy was removed from this computer.',
  },
  ru: {
    open: 'Открыть Strongroom',
    quickAccess: 'Быстрый доступ',
    recent: 'Недавние записи',
    nameless: 'Без названия',
    lock: 'Заблокировать',
    quit: 'Выйти из Strongroom',
    conflictTitle: 'Изменение ждёт вашего решения',
    conflictText: 'Запись изменили и здесь, и в другом месте. Оба значения сохранены.',
    accessTitle: 'Доступ к сейфу закрыт',
    accessText: 'Его копия удалена с этого компьютера.',
  },
};
