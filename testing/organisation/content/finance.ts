/** The vault of the accountants: banks, cards, tax portals, payments. */
import type { RecordDraft, VaultDraft } from '../drafts.ts';
import { draft } from '../drafts.ts';
import type { Choices } from '../random.ts';
import { account, folder, zone } from './account.ts';

function card(choices: Choices, holder: string): RecordDraft {
  const groups = Array.from({ length: 3 }, () => choices.text(4, '0123456789'));
  return draft(`Корпоративная карта — ${holder}`, {
    login: holder,
    password: null,
    tags: ['карта', 'bank'],
    color: 6,
    customs: [
      { name: 'Number', value: `4000 ${groups.join(' ')}`, type: 'text' },
      { name: 'CVC', value: choices.text(3, '0123456789'), type: 'password' },
      { name: 'ПИН-код', value: choices.text(4, '0123456789'), type: 'password' },
    ],
  });
}

const banks = ['Северный банк', 'Baltic Trade Bank', 'Волга-Кредит', 'Nordhaven Bank'];
const offices = ['Москва', 'Санкт-Петербург', 'Amsterdam', 'Frankfurt'];
const holders = ['Anna Orlova', 'Daniel Weber', 'Maria Kuznetsova', 'Lucas Moreau', 'Olga Vasileva'];

/** The vault «Finance». */
export function financeVault(choices: Choices): VaultDraft {
  const bankAccounts = banks.flatMap((bank) => [
    account(choices, `${bank} — интернет-банк`, {
      login: 'sv-buh',
      url: `https://online.${bank.length}bank.example`,
      tags: ['bank', 'mfa'],
      color: 6,
      twoFactor: true,
    }),
    account(choices, `${bank} — API выписок`, { login: 'sv-api', tags: ['bank', 'api'], color: 6 }),
    account(choices, `${bank} — токен ключа подписи`, {
      login: 'token',
      tags: ['bank', 'эцп'],
      color: 5,
      description: 'ПИН токена. Три ошибки блокируют ключ.',
    }),
  ]);
  const state = [
    'Личный кабинет налогоплательщика',
    'Электронная отчётность',
    'Казначейство',
    'Customs portal',
    'VAT portal Netherlands',
    'ELSTER Deutschland',
  ];
  return {
    name: 'Finance',
    records: [
      account(choices, '1С: Бухгалтерия — администратор', {
        login: 'Администратор',
        tags: ['1с', 'учёт'],
        color: 4,
      }),
      account(choices, 'SAP Business One', {
        login: 'manager',
        url: `https://sap.${zone}`,
        tags: ['erp'],
        color: 4,
      }),
      account(choices, 'Payroll archive', { login: 'payroll', tags: ['archive'] }),
    ],
    folders: [
      folder('Банки', bankAccounts, [
        folder(
          'Карты',
          holders.map((holder) => card(choices, holder)),
        ),
      ]),
      folder(
        'Отчётность',
        state.map((name) =>
          account(choices, name, { tags: ['state', 'отчётность'], twoFactor: choices.oneIn(2) }),
        ),
      ),
      folder(
        'Payments',
        ['Stripe', 'PayPal Business', 'Adyen', 'ЮKassa', 'Wise Business', 'Invoicing portal'].map((name) =>
          account(choices, name, {
            login: `billing@${zone}`,
            url: `https://${name.toLowerCase().replace(/[^a-z]/g, '') || 'pay'}.example/login`,
            tags: ['payments', 'mfa'],
            twoFactor: true,
          }),
        ),
      ),
      folder(
        'Офисы',
        offices.flatMap((office) => [
          account(choices, `Аренда и коммунальные — ${office}`, { tags: ['офис', office] }),
          account(choices, `Сейф — ${office}`, { login: 'код', tags: ['сейф', office], color: 5 }),
          account(choices, `Касса — ${office}`, { login: 'kassa', tags: ['касса', office] }),
        ]),
      ),
    ],
  };
}
