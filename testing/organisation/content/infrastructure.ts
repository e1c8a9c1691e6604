/** The vault of the system administrators: servers, databases, network, clouds. */
import type { FolderDraft, RecordDraft, VaultDraft } from '../drafts.ts';
import { draft } from '../drafts.ts';
import type { Choices } from '../random.ts';
import { certificate, configuration, picture, recoveryCodes } from './files.ts';

const zone = 'severny-veter.example';
const sites = ['msk', 'spb', 'ams', 'fra'] as const;

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(2, '0')}`);

function server(choices: Choices, host: string, stage: string): RecordDraft {
  return draft(`${host}.${stage} — root`, {
    login: 'root',
    password: choices.password(),
    urls: [`ssh://${host}.${stage}.${zone}:22`],
    description: choices.pick([
      `Debian 13, ${choices.pick([4, 8, 16])} vCPU. Вход только через бастион.`,
      'Patched on the second Tuesday. Reboots need a change request.',
      null,
    ]),
    tags: ['ssh', stage, choices.pick(sites)],
    color: stage === 'prod' ? 5 : 0,
    formerPasswords: choices.oneIn(6) ? [choices.password(), choices.password()] : [],
    attachments: choices.oneIn(9) ? [configuration(choices, host)] : [],
    isFavorite: choices.oneIn(14),
  });
}

function database(choices: Choices, engine: string, host: string, port: number, user: string): RecordDraft {
  return draft(`${engine} ${host} — ${user}`, {
    login: user,
    password: choices.password(),
    urls: [`${host}.db.${zone}:${port}`],
    description: user.endsWith('_ro') ? 'Только чтение, для отчётов.' : null,
    tags: ['database', engine.toLowerCase(), host.startsWith('stage') ? 'stage' : 'prod'],
    color: user === 'postgres' || user === 'sys' ? 5 : 2,
    customs: choices.oneIn(3)
      ? [
          {
            name: 'Connection string',
            value: `host=${host} user=${user} password=${choices.password()}`,
            type: 'password',
          },
        ]
      : [],
    formerPasswords: choices.oneIn(5) ? [choices.password()] : [],
  });
}

function networkDevice(choices: Choices, host: string, kind: string): RecordDraft {
  return draft(`${kind} ${host}`, {
    login: 'admin',
    password: choices.password(),
    urls: [`https://${host}.net.${zone}/`],
    tags: ['network', kind.toLowerCase(), choices.pick(sites)],
    color: 8,
    customs: [
      { name: 'Enable', value: choices.password(), type: 'password' },
      {
        name: 'SNMP community',
        value: choices.text(12, 'abcdefghjkmnpqrstuvwxyz23456789'),
        type: 'password',
      },
      { name: 'Инвентарный номер', value: `СВ-${10_000 + choices.number(80_000)}`, type: 'text' },
    ],
    attachments: choices.oneIn(4) ? [configuration(choices, host)] : [],
  });
}

function cloudAccount(choices: Choices, name: string, url: string): RecordDraft {
  const login = `it@${zone}`;
  const issuer = name.replace(/ .*/, '');
  return draft(name, {
    login,
    password: choices.password(),
    urls: [url],
    tags: ['cloud', 'mfa'],
    color: 3,
    customs: [
      {
        name: 'TOTP',
        value: `otpauth://totp/${issuer}:${encodeURIComponent(login)}?secret=${choices.totpSecret()}&issuer=${issuer}`,
        type: 'totp',
      },
      { name: 'Account ID', value: choices.text(12, '0123456789'), type: 'text' },
      { name: 'API key', value: choices.text(40, 'abcdefghijklmnopqrstuvwxyz0123456789'), type: 'password' },
    ],
    attachments: [recoveryCodes(choices, name)],
    isFavorite: true,
  });
}

function production(choices: Choices): FolderDraft {
  const hosts = [
    ...numbered('web', 12),
    ...numbered('app', 16),
    ...numbered('queue', 3),
    ...numbered('cache', 3),
  ];
  const users = ['postgres', 'billing', 'billing_ro', 'crm', 'reports_ro'];
  return {
    name: 'Production',
    records: hosts.map((host) => server(choices, host, 'prod')),
    folders: [
      {
        name: 'Базы данных',
        records: [],
        folders: [
          {
            name: 'PostgreSQL',
            records: numbered('pg', 4).flatMap((host) =>
              users.map((user) => database(choices, 'PostgreSQL', host, 5432, user)),
            ),
            folders: [
              {
                name: 'Репликация',
                records: numbered('pg', 4).map((host) =>
                  database(choices, 'PostgreSQL', host, 5432, 'replicator'),
                ),
                folders: [],
              },
            ],
          },
          {
            name: 'Oracle',
            records: ['sys', 'system', 'erp', 'erp_ro'].map((user) =>
              database(choices, 'Oracle', 'ora-01', 1521, user),
            ),
            folders: [],
          },
        ],
      },
      {
        name: 'TLS certificates',
        records: ['www', 'mail', 'vpn', 'git', 'sso'].map((name) =>
          draft(`Certificate ${name}.${zone}`, {
            password: choices.password(),
            urls: [`https://${name}.${zone}`],
            description: 'Пароль — к закрытому ключу. Продлевать за месяц до срока.',
            tags: ['tls', 'prod'],
            attachments: [certificate(choices, `${name}.${zone}`)],
          }),
        ),
        folders: [],
      },
    ],
  };
}

function staging(choices: Choices): FolderDraft {
  return {
    name: 'Staging',
    records: [...numbered('web', 3), ...numbered('app', 4)].map((host) => server(choices, host, 'stage')),
    folders: [
      {
        name: 'Databases',
        records: ['postgres', 'billing', 'crm'].map((user) =>
          database(choices, 'PostgreSQL', 'stage-pg-01', 5432, user),
        ),
        folders: [],
      },
    ],
  };
}

function network(choices: Choices): FolderDraft {
  return {
    name: 'Сеть',
    records: [],
    folders: [
      {
        name: 'Маршрутизаторы',
        records: numbered('rt', 5).map((host) => networkDevice(choices, host, 'Router')),
        folders: [],
      },
      {
        name: 'Коммутаторы',
        records: numbered('sw', 14).map((host) => networkDevice(choices, host, 'Switch')),
        folders: [],
      },
      {
        name: 'Wi-Fi',
        records: ['Офис Москва', 'Офис Санкт-Петербург', 'Guests', 'Warehouse'].map((name) =>
          draft(`Wi-Fi «${name}»`, {
            login: name,
            password: choices.password(),
            tags: ['wifi', 'офис'],
            color: 8,
            attachments: choices.oneIn(2) ? [picture(choices, 'qr.png')] : [],
            formerPasswords: [choices.password()],
          }),
        ),
        folders: [],
      },
    ],
  };
}

const clouds = [
  ['AWS — root account', 'https://console.aws.amazon.com/'],
  ['Hetzner Robot', 'https://robot.hetzner.com/'],
  ['Yandex Cloud — организация', 'https://console.yandex.cloud/'],
  ['Cloudflare', 'https://dash.cloudflare.com/'],
  ['GitHub — organisation owner', 'https://github.com/login'],
  ['GitLab self-hosted — root', `https://git.${zone}/users/sign_in`],
  ['DigitalOcean', 'https://cloud.digitalocean.com/login'],
  ['Let’s Encrypt account', 'https://letsencrypt.org/'],
] as const;

const services = [
  ['Active Directory — Domain Admin', 'Administrator', 'ldaps://dc-01'],
  ['Active Directory — DSRM', 'Administrator', 'ldaps://dc-01'],
  ['Zabbix', 'Admin', 'https://zabbix'],
  ['Grafana', 'admin', 'https://grafana'],
  ['vCenter', 'administrator@vsphere.local', 'https://vcenter'],
  ['Proxmox — кластер', 'root@pam', 'https://pve-01'],
  ['iLO web-01', 'Administrator', 'https://ilo-web-01'],
  ['iDRAC app-01', 'root', 'https://idrac-app-01'],
  ['Veeam Backup', 'veeam', 'https://backup'],
  ['Кластер Kubernetes — kubeadmin', 'kubeadmin', 'https://k8s'],
  ['Vault unseal key 1', 'operator', 'https://vault'],
  ['Vault unseal key 2', 'operator', 'https://vault'],
  ['Почтовый сервер — postmaster', 'postmaster', 'https://mail'],
  ['Asterisk — manager', 'ami', 'https://pbx'],
  ['Принтеры — сервисный код', 'service', 'https://print'],
] as const;

/** The vault «Infrastructure». */
export function infrastructureVault(choices: Choices): VaultDraft {
  return {
    name: 'Infrastructure',
    records: services.map(([name, login, host]) =>
      draft(name, {
        login,
        password: choices.password(),
        urls: [`${host}.${zone}`],
        tags: ['service', 'prod'],
        color: choices.number(9),
        description: choices.oneIn(3) ? 'Владелец: отдел эксплуатации. Break glass only.' : null,
        customs: choices.oneIn(3) ? [{ name: 'TOTP', value: choices.totpSecret(), type: 'totp' }] : [],
        formerPasswords: choices.oneIn(4) ? [choices.password()] : [],
      }),
    ),
    folders: [
      production(choices),
      staging(choices),
      network(choices),
      {
        name: 'Clouds',
        records: clouds.map(([name, url]) => cloudAccount(choices, name, url)),
        folders: [],
      },
    ],
  };
}
