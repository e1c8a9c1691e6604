/** The vault of the marketing department: social networks, advertising, events. */
import type { VaultDraft } from '../drafts.ts';
import type { Choices } from '../random.ts';
import { account, folder, zone } from './account.ts';

const networks = [
  'VK',
  'Telegram',
  'YouTube',
  'LinkedIn',
  'Instagram',
  'X',
  'Дзен',
  'TikTok',
  'Одноклассники',
  'Pinterest',
];
const brands = ['Северный ветер', 'North Wind', 'Ветер Детям'];

/** The vault «Marketing». */
export function marketingVault(choices: Choices): VaultDraft {
  const social = brands.map((brand) =>
    folder(
      brand,
      networks.map((network) =>
        account(choices, `${network} — ${brand}`, {
          login: `smm@${zone}`,
          tags: ['соцсети', network.toLowerCase()],
          color: 7,
          twoFactor: choices.oneIn(3),
        }),
      ),
    ),
  );
  const tools = [
    'Google Ads',
    'Яндекс Директ',
    'Google Analytics',
    'Яндекс Метрика',
    'HubSpot',
    'Mailchimp',
    'Unisender',
    'Canva',
    'Figma',
    'Adobe Creative Cloud',
    'Shutterstock',
    'Semrush',
    'Hotjar',
    'Typeform',
  ];
  return {
    name: 'Marketing',
    records: [
      account(choices, 'Сайт — CMS', {
        login: 'editor',
        url: `https://www.${zone}/admin`,
        tags: ['сайт'],
        color: 3,
      }),
      account(choices, 'Blog — Ghost', {
        login: `blog@${zone}`,
        url: `https://blog.${zone}/ghost`,
        tags: ['сайт', 'blog'],
      }),
      account(choices, 'Домены — регистратор', {
        login: 'SV-77123',
        url: 'https://registrar.example',
        tags: ['domain'],
        color: 5,
        twoFactor: true,
      }),
    ],
    folders: [
      folder('Соцсети', [], social),
      folder(
        'Инструменты',
        tools.map((name) =>
          account(choices, name, { login: `marketing@${zone}`, tags: ['saas'], twoFactor: choices.oneIn(4) }),
        ),
      ),
      folder(
        'Events',
        ['Выставка «Связь»', 'Web Summit', 'FrOSCon', 'HighLoad++'].map((name) =>
          account(choices, `${name} — кабинет участника`, { login: `events@${zone}`, tags: ['event'] }),
        ),
      ),
    ],
  };
}
