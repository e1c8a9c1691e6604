/** The vaults for contractors and for people and offices. */
import type { VaultDraft } from '../drafts.ts';
import { draft } from '../drafts.ts';
import type { Choices } from '../random.ts';
import { account, folder, zone } from './account.ts';
import { picture } from './files.ts';

const contractors = [
  'ООО «Ромашка»',
  'ИП Сидоров',
  'Klein & Partner GmbH',
  'Студия «Контур»',
  'Fjord Logistics AS',
  'ООО «ТехноСервис»',
  'Blue Lantern Ltd',
  'АО «Чистый офис»',
];

/** The vault «Подрядчики». */
export function contractorsVault(choices: Choices): VaultDraft {
  return {
    name: 'Подрядчики',
    records: [account(choices, 'Портал закупок', { login: 'zakupki', tags: ['закупки'], color: 4 })],
    folders: contractors.map((name, index) =>
      folder(
        name,
        [
          account(choices, `${name} — VPN`, {
            login: `ext-${index + 1}`,
            url: `https://vpn.${zone}`,
            tags: ['vpn', 'external'],
            color: 8,
          }),
          account(choices, `${name} — SFTP`, {
            login: `sftp-${index + 1}`,
            url: `sftp://files.${zone}`,
            tags: ['sftp', 'external'],
          }),
          account(choices, `${name} — гостевой Wi-Fi`, { login: 'guest', tags: ['wifi', 'external'] }),
          account(choices, `${name} — remote desktop`, {
            login: `rdp-${index + 1}`,
            url: `rdp://ts-0${(index % 3) + 1}.${zone}`,
            tags: ['rdp', 'external'],
          }),
          account(choices, `${name} — личный кабинет`, {
            tags: ['кабинет'],
            description: 'Договор продлевается каждый январь.',
          }),
        ],
        index % 3 === 0
          ? [
              folder(
                'Проекты',
                [],
                [
                  folder(
                    '2026',
                    ['Jira', 'Тестовый стенд', 'Договор — архив'].map((what) =>
                      account(choices, `${what} (${name})`, {
                        login: `guest-${index}`,
                        tags: ['project', '2026'],
                      }),
                    ),
                  ),
                ],
              ),
            ]
          : [],
      ),
    ),
  };
}

/** The vault «Кадры и офис». */
export function peopleVault(choices: Choices): VaultDraft {
  const rooms = ['Переговорная «Байкал»', 'Meeting room Fjord', 'Склад', 'Серверная'];
  return {
    name: 'Кадры и офис',
    records: [
      account(choices, 'hh.ru — работодатель', { login: `hr@${zone}`, tags: ['hr'], color: 2 }),
      account(choices, 'LinkedIn Recruiter', {
        login: `hr@${zone}`,
        tags: ['hr'],
        color: 2,
        twoFactor: true,
      }),
      account(choices, '1С: ЗУП', { login: 'кадры', tags: ['1с', 'hr'] }),
      account(choices, 'BambooHR', { login: `hr@${zone}`, tags: ['hr', 'saas'], twoFactor: true }),
    ],
    folders: [
      folder(
        'Доступ в помещения',
        rooms.map((room) =>
          draft(`СКУД — ${room}`, {
            login: 'код',
            password: choices.text(6, '0123456789'),
            tags: ['скуд', 'офис'],
            color: 5,
            attachments: [picture(choices, 'карта-доступа.png')],
            formerPasswords: [choices.text(6, '0123456789')],
          }),
        ),
      ),
      folder(
        'Поставщики офиса',
        [
          'Вода',
          'Такси для бизнеса',
          'Канцтовары',
          'Flights & hotels',
          'Курьеры',
          'Мобильная связь',
          'Интернет-провайдер',
          'Страховая ДМС',
        ].map((name) => account(choices, name, { tags: ['офис', 'saas'] })),
      ),
      folder(
        'Обучение',
        ['O’Reilly', 'Stepik для команд', 'Udemy Business', 'English platform'].map((name) =>
          account(choices, name, { login: `study@${zone}`, tags: ['обучение'] }),
        ),
      ),
    ],
  };
}
