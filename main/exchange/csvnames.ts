/**
 * Names that programs give to the columns of their exports, in lower case with blanks between
 * words: Chrome, Firefox, KeePassXC, Bitwarden, LastPass, spreadsheets in English and Russian.
 */
import type { ColumnRole } from '../../contract/exchange.ts';

const names: Readonly<Partial<Record<ColumnRole, readonly string[]>>> = {
  name: ['name', 'title', 'account', 'item', 'login name', 'название', 'имя', 'наименование'],
  login: ['username', 'user name', 'login', 'login username', 'user', 'email', 'логин', 'пользователь'],
  password: ['password', 'login password', 'pass', 'пароль'],
  url: ['url', 'urls', 'uri', 'login uri', 'website', 'web site', 'address', 'адрес', 'сайт', 'ссылка'],
  description: [
    'notes',
    'note',
    'description',
    'comment',
    'comments',
    'extra',
    'описание',
    'заметки',
    'комментарий',
  ],
  tags: ['tags', 'tag', 'labels', 'теги', 'метки'],
  folder: ['folder', 'group', 'grouping', 'path', 'папка', 'группа'],
  favourite: ['favourite', 'favorite', 'fav', 'избранное'],
  color: ['color', 'colour', 'цвет'],
  totp: ['totp', 'otp', 'otpauth', 'login totp', 'one time password', 'код'],
  // What browsers note about themselves.
  ignore: [
    'httprealm',
    'formactionorigin',
    'guid',
    'timecreated',
    'timelastused',
    'timepasswordchanged',
    'icon',
    'last modified',
    'created',
    'reprompt',
    'type',
  ],
};

export const csvFieldNames: ReadonlyMap<string, ColumnRole> = new Map(
  Object.entries(names).flatMap(([role, all]) => all.map((name) => [name, role as ColumnRole] as const)),
);

const chrome = ['name', 'url', 'username', 'password'];
const firefox = ['url', 'username', 'password', 'httprealm', 'formactionorigin'];

/** Whether a table is one of the browsers' own. */
export function browserOf(header: readonly string[]): 'chromeCsv' | 'firefoxCsv' | null {
  const plain = header.map((name) => name.trim().toLowerCase());
  if (firefox.every((name) => plain.includes(name))) return 'firefoxCsv';
  const isChrome = chrome.every((name, at) => plain[at] === name) && plain.length <= 5;
  return isChrome ? 'chromeCsv' : null;
}
