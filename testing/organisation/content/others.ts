/** The archive of the years before 2020, personal vaults, and the studio of the second organisation. */
import type { VaultDraft } from '../drafts.ts';
import { draft } from '../drafts.ts';
import type { Choices } from '../random.ts';
import { account, folder } from './account.ts';
import { recoveryCodes } from './files.ts';

/** The vault of the years before 2020. */
export function archiveVault(choices: Choices): VaultDraft {
  const old = [
    'Windows Server 2008 — DC',
    'Exchange 2010',
    'Старый сайт — FTP',
    'Nagios',
    'ISA Server',
    'Kerio Control',
    'phpMyAdmin',
    'Bugzilla',
    'SVN',
    'Redmine',
    'MS SQL 2005 — sa',
    'АТС Panasonic',
    'Lotus Notes',
    'HP ProCurve',
    'OpenVPN 2.2',
    'Samba PDC',
    'FreeBSD 9 — шлюз',
    'Squid',
    'TeamSpeak',
    'Joomla 1.5',
  ];
  return {
    name: 'Архив 2019',
    records: old.map((name, index) =>
      draft(name, {
        login: choices.pick(['administrator', 'root', 'admin', 'sa']),
        password: choices.password(),
        tags: ['архив', '2019'],
        description: index % 4 === 0 ? 'Выведен из эксплуатации; пароль хранится для разбора архивов.' : null,
        customs:
          index % 5 === 0 ? [{ name: 'Кодовое слово', value: choices.password(), type: 'password' }] : [],
      }),
    ),
    folders: [
      folder(
        'Филиал Казань',
        ['Роутер', 'NAS', 'Видеонаблюдение', 'Домофон'].map((name) =>
          account(choices, `${name} (Казань)`, { login: 'admin', tags: ['архив', 'казань'] }),
        ),
      ),
    ],
  };
}

/** Somebody's own vault. */
export function personalVault(choices: Choices, fullName: string): VaultDraft {
  const [first = fullName] = fullName.split(' ');
  return {
    name: `Личное — ${fullName}`,
    records: [
      'Личная почта',
      'Домашний Wi-Fi',
      'Ноутбук — BitLocker',
      'Библиотека',
      'Спортзал',
      'Домашний NAS',
      'Подписка на журнал',
    ].map((name) =>
      draft(name, {
        login: first.toLowerCase(),
        password: choices.password(),
        tags: ['личное'],
        customs: name.includes('почта') ? [{ name: 'TOTP', value: choices.totpSecret(), type: 'totp' }] : [],
        isFavorite: name.includes('почта'),
      }),
    ),
    folders: [],
  };
}

/** The only vault of the organisation without client-side encryption. */
export function studioVault(choices: Choices): VaultDraft {
  const names = [
    'Shop admin',
    'Supplier portal',
    'Kiln controller',
    'Newsletter',
    'Studio Wi-Fi',
    'Online bank',
    'Insurance',
    'Photo storage',
    'Domain registrar',
    'Till',
  ];
  return {
    name: 'Studio',
    records: names.map((name) =>
      draft(name, {
        login: 'nina',
        password: choices.password(),
        urls: [`https://${name.toLowerCase().replace(/[^a-z]/g, '-')}.harbour-street.example`],
        tags: ['studio'],
        customs: choices.oneIn(3) ? [{ name: 'TOTP', value: choices.totpSecret(), type: 'totp' }] : [],
        attachments: choices.oneIn(4) ? [recoveryCodes(choices, name)] : [],
        formerPasswords: choices.oneIn(3) ? [choices.password()] : [],
      }),
    ),
    folders: [
      folder(
        'Workshops',
        ['Ticketing', 'Payment terminal', 'Guest list'].map((name) =>
          account(choices, name, { login: 'workshop', tags: ['workshop'] }),
        ),
      ),
    ],
  };
}
