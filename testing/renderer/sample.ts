/**
 * A made-up organisation for looking at the window: the names one meets in such a vault, and
 * every state that a list, a tree or a record can be in. Nothing here is anybody's secret.
 */
import type { RecordRow, RecordView } from '../../contract/records.ts';
import type { FolderNode, VaultNode } from '../../contract/tree.ts';
import { folderDrafts, vaultDrafts, way } from './sample-places.ts';

export interface SampleRecord {
  readonly row: RecordRow;
  folderId: string | null;
  readonly view: RecordView;
  /** What a reveal would show, by field: `password`, or the index of a custom field. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface Sample {
  readonly vaults: readonly VaultNode[];
  /** Changed by the scripted edits, like the records. */
  readonly folders: Record<string, FolderNode[]>;
  readonly records: SampleRecord[];
}

const now = Date.UTC(2026, 10, 14, 9, 42);
const minute = 60_000;

export interface Draft {
  readonly id: string;
  readonly name: string;
  readonly login?: string;
  readonly host?: string;
  readonly tags?: readonly string[];
  readonly color?: number;
  readonly vaultId?: string | null;
  readonly folderId?: string | null;
  readonly row?: Partial<RecordRow>;
  readonly view?: Partial<RecordView>;
  readonly secrets?: Readonly<Record<string, string>>;
}

function rowOf(draft: Draft, path: readonly { name: string }[], vaultName: string): RecordRow {
  return {
    id: draft.id,
    kind: 'record',
    name: draft.name,
    login: draft.login ?? '',
    host: draft.host ?? '',
    tags: [...(draft.tags ?? [])],
    color: draft.color ?? 0,
    favourite: false,
    vaultId: draft.vaultId === undefined ? 'infra' : draft.vaultId,
    place: vaultName === '' ? [] : [vaultName, ...path.map((step) => step.name)],
    hasTotp: null,
    attachmentCount: draft.view?.attachments?.length ?? 0,
    flagged: draft.view?.flagged ?? false,
    unread: false,
    pending: draft.view?.pending ?? false,
    conflict: (draft.view?.conflictId ?? null) !== null,
    updatedAt: now - 90 * minute,
    ...draft.row,
  };
}

function rightsOf(draft: Draft, holder: VaultNode | undefined): RecordView['can'] {
  const own = draft.vaultId !== null && (holder?.writable ?? false);
  return { edit: own, remove: own, move: own, copy: holder?.trust !== 'keyMissing' };
}

/** A record of the scripted organisation. */
export function make(draft: Draft): SampleRecord {
  const holder = vaultDrafts.find((candidate) => candidate.id === (draft.vaultId ?? 'infra'));
  const folderId = draft.folderId ?? null;
  const path = folderId === null ? [] : (way[folderId] ?? []);
  const row = rowOf(draft, path, draft.vaultId === null ? '' : (holder?.name ?? ''));
  const view: RecordView = {
    id: draft.id,
    kind: row.kind,
    name: row.name,
    login: row.login,
    urls: row.host === '' ? [] : [`https://${row.host}`],
    description: '',
    tags: row.tags,
    color: row.color,
    favourite: row.favourite,
    vaultId: row.vaultId,
    vaultName: row.vaultId === null ? '' : (holder?.name ?? ''),
    vaultTrust: row.vaultId === null ? null : (holder?.trust ?? 'verified'),
    path: path.map((step) => ({ ...step })),
    fields: [{ ref: { kind: 'password' }, type: 'password', label: '', empty: false, broken: false }],
    attachments: [],
    writable: draft.vaultId !== null && (holder?.writable ?? false),
    can: rightsOf(draft, holder),
    pending: row.pending,
    conflictId: null,
    flagged: row.flagged,
    original: null,
    sender: null,
    updatedAt: row.updatedAt,
    keyBroken: false,
    ...draft.view,
  };
  return { row, folderId, view, secrets: { password: 'x7#Kq0O1lI|vT9w', ...draft.secrets } };
}

const primary: Draft = {
  id: 'pg-primary',
  name: 'PostgreSQL primary',
  login: 'postgres',
  host: 'db-01.corp.example',
  tags: ['prod', 'dba'],
  color: 8,
  folderId: 'databases',
  row: { favourite: true },
  secrets: { '1': 'pR7!x@9LmQ2vZk4T' },
  view: {
    favourite: true,
    description: 'Primary node. Failover through Patroni; rotate after every on-call handover.',
    fields: [
      { ref: { kind: 'password' }, type: 'password', label: '', empty: false, broken: false },
      { ref: { kind: 'custom', index: 0 }, type: 'totp', label: '', empty: false, broken: false },
      {
        ref: { kind: 'custom', index: 1 },
        type: 'password',
        label: 'Replication key',
        empty: false,
        broken: false,
      },
      { ref: { kind: 'custom', index: 2 }, type: 'text', label: 'Recovery note', empty: true, broken: false },
      { ref: { kind: 'custom', index: 3 }, type: 'password', label: 'Old root', empty: false, broken: true },
    ],
    attachments: [
      { id: 'a1', name: 'server.key', size: 1741, here: true, pending: false },
      { id: 'a2', name: 'pg_hba.conf', size: 4301, here: true, pending: true },
      {
        id: 'a3',
        name: 'base-backup-2026-11-13-after-the-migration.tar.gz',
        size: 48_234_496,
        here: false,
        pending: false,
      },
    ],
  },
};

const databases: readonly Draft[] = [
  primary,
  {
    id: 'pg-replica',
    name: 'PostgreSQL replica',
    login: 'postgres',
    host: 'db-02.corp.example',
    tags: ['prod', 'dba'],
    color: 8,
  },
  {
    id: 'ch',
    name: 'ClickHouse cluster',
    login: 'ch_admin',
    host: 'ch.corp.example:8123',
    tags: ['prod'],
    color: 3,
    view: {
      pending: true,
      attachments: [
        { id: 'f1', name: 'rack-layout.bmp', size: 3_780_054, here: true, pending: false },
        { id: 'f2', name: 'recovery-procedure.pdf', size: 1312, here: true, pending: false },
        { id: 'f3', name: 'connections.txt', size: 61, here: true, pending: true },
        { id: 'f4', name: 'checkpoints-of-november.log', size: 1_144_000, here: false, pending: false },
        { id: 'f5', name: 'firmware.bin', size: 94_208, here: false, pending: false },
      ],
    },
  },
  { id: 'redis', name: 'Redis sentinel', login: 'default', host: 'redis.corp.example', tags: ['prod'] },
  {
    id: 'mysql',
    name: 'MySQL billing',
    login: 'root',
    host: 'billing-db.corp.example',
    tags: ['prod', 'finance'],
    color: 2,
    view: { flagged: true },
  },
  {
    id: 'mongo',
    name: 'MongoDB events',
    login: 'mongo_root',
    host: 'events-db.corp.example',
    tags: ['prod'],
  },
  {
    id: 'elastic',
    name: 'Elasticsearch',
    login: 'elastic',
    host: 'search.corp.example:9200',
    tags: ['prod'],
    color: 7,
    row: { kind: 'shortcut' },
    view: { conflictId: 'c-fields', pending: true },
  },
  {
    id: 'backup',
    name: 'Резервные копии',
    login: 'backup',
    host: 'backup.corp.example',
    tags: ['prod', 'backup'],
    color: 5,
  },
  {
    id: 'oracle',
    name: 'Oracle ledger',
    login: 'sys',
    host: 'ora-01.corp.example:1521',
    tags: ['finance'],
    view: { conflictId: 'c-deleted' },
  },
  {
    id: 'cassandra',
    name: 'Cassandra metrics',
    login: 'cassandra',
    host: 'metrics.corp.example',
    tags: ['prod'],
  },
  {
    id: 'etcd',
    name: 'etcd root',
    login: 'root',
    host: 'etcd.corp.example:2379',
    tags: ['prod', 'k8s'],
    color: 10,
  },
  { id: 'unseal', name: 'Vault unseal share 3', tags: ['break-glass'], color: 1, view: { keyBroken: true } },
  {
    id: 'pgbouncer',
    name: 'pgbouncer auth',
    login: 'pgbouncer',
    host: 'db-01.corp.example:6432',
    tags: ['prod', 'dba'],
  },
  {
    id: 'long',
    name: 'A record whose name is much longer than any pane could ever hope to show in full, with-an-unbreakable-tail-as-well',
    login: 'an.administrator.with.a.very.long.login@subsidiary.corp.example',
    host: 'a-host-name-that-somebody-thought-was-a-good-idea.internal.corp.example:18443',
    tags: ['prod', 'everything-at-once', 'third', 'fourth'],
    color: 9,
    view: {
      description:
        'Многострочное описание.\nВторая строка с подробностями, которые никто никогда не читает, но которые всё же должны помещаться.',
    },
  },
];

const inbox: readonly Draft[] = [
  {
    id: 'in-1',
    name: 'VPN for the audit',
    login: 'auditor',
    host: 'vpn.corp.example',
    vaultId: null,
    row: { kind: 'inbox', unread: true },
    view: { sender: 'Pavel Sokolov' },
  },
  {
    id: 'in-2',
    name: 'Staging admin',
    login: 'admin',
    vaultId: null,
    row: { kind: 'inbox', unread: true },
    view: {
      sender: 'Мария Ким',
      writable: true,
      can: { edit: true, remove: false, move: false, copy: true },
    },
  },
  {
    id: 'in-3',
    name: 'Door code, server room',
    vaultId: null,
    row: { kind: 'inbox', unread: true },
    view: { sender: 'Pavel Sokolov' },
  },
];

/** Deterministic filler, so that a list has thousands of lines. */
function filler(): Draft[] {
  const kinds = [
    'Router',
    'Switch',
    'Firewall',
    'Hypervisor',
    'Printer',
    'Access point',
    'Storage',
    'Mailbox',
    'Сервер',
    'Камера',
  ];
  const sites = ['Riga', 'Berlin', 'Almaty', 'Тбилиси', 'Lisbon', 'Oslo'];
  const plan: readonly (readonly [string, string | null, number])[] = [
    ['infra', 'databases', 9],
    ['infra', 'network', 17],
    ['infra', null, 144],
    ['finance', null, 37],
    ['marketing', null, 52],
    ['contractors', null, 18],
    ['field', null, 9],
    ['archive', null, 3086],
    ['anna', null, 26],
  ];
  return plan.flatMap(([vaultId, folderId, count]) =>
    Array.from({ length: count }, (_, index): Draft => ({
      id: `${vaultId}-${folderId ?? 'top'}-${index}`,
      name: `${kinds[index % 10] ?? ''} ${sites[index % 6] ?? ''} ${String(index + 1).padStart(4, '0')}`,
      login: index % 7 === 0 ? '' : `admin-${index % 40}`,
      host: index % 5 === 0 ? '' : `10.${index % 200}.${index % 30}.${(index % 250) + 1}`,
      tags: index % 3 === 0 ? ['site'] : [],
      color: index % 11,
      vaultId,
      folderId,
    })),
  );
}

/** The organisation; empty if nothing of it has arrived yet. */
export function buildSample(empty: boolean): Sample {
  if (empty) return { vaults: [], folders: {}, records: [] };
  const named = databases.map((draft) => make({ folderId: 'databases', ...draft }));
  return {
    vaults: vaultDrafts,
    folders: Object.fromEntries(Object.entries(folderDrafts).map(([id, list]) => [id, [...list]])),
    records: [...named, ...inbox.map(make), ...filler().map(make)],
  };
}
