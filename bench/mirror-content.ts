/**
 * A made-up organisation of any size for the benchmarks and the larger tests of the mirror:
 * the same seed gives the same records. Names, hosts, notes and their share of Cyrillic are
 * what an administrator's vaults look like; ciphertext has the length that the protocol gives it.
 */
import type { StoredFolder, StoredRecord, StoredVault } from '../main/mirror/index.ts';

export interface MirrorContent {
  readonly vaults: readonly StoredVault[];
  readonly folders: readonly StoredFolder[];
  readonly records: Generator<StoredRecord, void, undefined>;
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const roles =
  'srv db web mail proxy vpn build cache gw ldap ns git ci k8s-node backup nas print wifi esxi sw fw jira wiki mon log mq redis pg mysql ora sap 1c tms crm erp dc sql'.split(
    ' ',
  );
const sites = 'msk spb ekb nsk kzn ber ams fra lon nyc'.split(' ');
const stages = ['prod', 'stage', 'dev', 'test', 'dr'];
const services =
  'GitHub,GitLab,Grafana,Zabbix,Jenkins,Nextcloud,Mattermost,Confluence,Bitbucket,Amazon Web Services,Azure Portal,Google Workspace,Cloudflare,DigitalOcean,Hetzner,Let’s Encrypt,Docker Hub,Sentry,PagerDuty,Slack,Zoom,Figma,Notion,Trello,Adobe,JetBrains,Microsoft 365,Яндекс Облако,Битрикс24,СБИС,Контур Экстерн,Сбербанк Бизнес,Госуслуги,Ростелеком,Мегафон,Консультант Плюс'.split(
    ',',
  );
const things =
  'administrator root account access router switch firewall licence certificate console monitoring owner recovery service panel database backup доступ сервер роутер коммутатор бухгалтерия касса склад офис резервный администратор панель лицензия сертификат почта домен видеонаблюдение принтер терминал ключ консоль'.split(
    ' ',
  );
const noteWords =
  'production server access for the main office ask Ivan before changing rotate every quarter do not share with contractors recovery codes in the safe see wiki old password kept until migration is over поменять пароль раз в квартал согласовать с безопасностью доступ только из офиса через vpn звонить дежурному резервная копия хранится в сейфе не использовать после переезда'.split(
    ' ',
  );
const people =
  'ivanov petrov sidorov smirnov kuznetsov popov volkov smith johnson mueller schmidt garcia rossi novak kowalski sokolova lebedeva morozova'.split(
    ' ',
  );
const logins = [
  'root',
  'admin',
  'administrator',
  'sa',
  'postgres',
  'oracle',
  'support',
  'backup',
  'zabbix',
  'deploy',
];
const tagNames =
  'prod stage network windows linux finance критично бухгалтерия vendor legacy shared dmz pci iot'.split(' ');

const alphabet = '0123456789abcdefghjkmnpqrtuvwxyz';
const envelopeStart = 'amt4cwv48xb6pp1h';

/** `count` records in 40 vaults, vault by vault, each vault with 12 folders in a tree. */
export function mirrorContent(count: number, seed = 1): MirrorContent {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <T>(list: readonly T[]): T => {
    const value = list[below(list.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  };
  const objectId = (): string =>
    Array.from({ length: 24 }, () => '0123456789abcdef'.charAt(below(16))).join('');
  const ciphertext = (length: number): string => {
    let text = envelopeStart;
    while (text.length < length) text += alphabet.charAt(below(32));
    return text;
  };
  const vaults = Array.from({ length: 40 }, (_, index): StoredVault => {
    const id = objectId();
    return {
      id,
      serverId: id,
      name:
        index % 3 === 0
          ? `Отдел ${pick(things)} ${String(index)}`
          : `${pick(services)} team ${String(index)}`,
      kind: index % 8 === 7 ? 'personal' : 'corporate',
      typeId: null,
      permissions: ['directory:read', 'item:read', 'item:edit'],
      access: 'admin',
      hidden: false,
      keyWrapped: ciphertext(344),
      keySalt: null,
      keyHash: null,
      contentHash: ciphertext(64),
    };
  });
  const folders = vaults.flatMap((vault) => {
    const own: StoredFolder[] = [];
    for (let index = 0; index < 12; index += 1) {
      const id = objectId();
      const parent = index < 4 ? undefined : own[below(index)];
      own.push({
        id,
        serverId: id,
        vaultId: vault.id,
        parentId: parent?.id ?? null,
        name: `${pick(sites)} ${pick(things)}`,
        color: below(8),
        contentHash: ciphertext(64),
      });
    }
    return own;
  });

  const host = (): string =>
    `${pick(roles)}-${pick(sites)}-${pick(stages)}-${String(below(200)).padStart(2, '0')}`;
  const title = (): string => {
    const kind = random();
    if (kind < 0.45) return random() < 0.5 ? host() : `${host()} ${pick(things)}`;
    if (kind < 0.75) return `${pick(services)} ${pick(things)} ${String(below(100))}`;
    return `${pick(things)} ${pick(things)} ${pick(sites).toUpperCase()}-${String(below(1000))}`;
  };
  const notes = (): string => {
    if (random() < 0.5) return '';
    return Array.from({ length: 4 + below(24) }, () => pick(noteWords)).join(' ');
  };

  // Records arrive vault by vault, as a pull delivers them.
  const vaultOf = (index: number): StoredVault => {
    const vault = vaults[Math.floor((index * vaults.length) / count)];
    if (vault === undefined) throw new Error('no such vault');
    return vault;
  };

  const sameIds = (id: string) => ({ id, serverId: id });

  function* records(): Generator<StoredRecord, void, undefined> {
    for (let index = 0; index < count; index += 1) {
      const id = objectId();
      const vault = vaultOf(index);
      const folder =
        random() < 0.7 ? pick(folders.filter((candidate) => candidate.vaultId === vault.id)) : null;
      const name = title();
      const attachments =
        random() < 0.05
          ? [
              {
                ...sameIds(objectId()),
                name: `${pick(things)}-${String(below(1000))}.pem`,
                encryptedKey: ciphertext(263),
                hash: null,
                size: null,
                localFile: null,
              },
            ]
          : [];
      yield {
        id,
        serverId: id,
        kind: 'record',
        vaultId: vault.id,
        folderId: folder?.id ?? null,
        itemServerId: id,
        name,
        login:
          random() < 0.5
            ? pick(logins)
            : `${pick(people)}.${String.fromCharCode(97 + below(26))}@corp.example`,
        urls: random() < 0.7 ? [`https://${host()}.corp.example:${String(8000 + below(1500))}/login`] : [],
        description: notes(),
        tags: Array.from({ length: below(3) }, () => pick(tagNames)),
        color: random() < 0.1 ? 1 + below(8) : 0,
        favourite: random() < 0.01,
        keyWrap: 'vault',
        keyWrapped: ciphertext(263),
        vaultKeyWrapped: vault.keyWrapped,
        passwordEncrypted: ciphertext(103),
        customs:
          random() < 0.3 ? [{ name: ciphertext(71), value: ciphertext(103), type: ciphertext(71) }] : [],
        attachments,
        sender: null,
        writable: true,
        unread: false,
        revision: 1,
        updatedAt: 1_700_000_000_000 + below(60_000_000) * 1000,
        contentHash: ciphertext(64),
        flagged: false,
      };
    }
  }
  return { vaults, folders, records: records() };
}
