/** What is unsettled in the made-up organisation: waiting changes, conflicts of every kind, the bin. */
import type { BinRow } from '../../contract/bin.ts';
import type { ConflictField, ConflictValue, ConflictView } from '../../contract/conflicts.ts';
import type { WaitingRow } from '../../contract/sync.ts';

export interface ScriptedConflict {
  readonly view: ConflictView;
  /** What a reveal shows, by `key/side`. */
  readonly secrets: Readonly<Record<string, string>>;
}

const hour = 3_600_000;
const value = (text: string | null, more: Partial<ConflictValue> = {}): ConflictValue => ({
  text,
  empty: false,
  absent: false,
  broken: false,
  ...more,
});
const absent = value('', { absent: true });

function field(draft: Partial<ConflictField> & Pick<ConflictField, 'key' | 'kind'>): ConflictField {
  const hidden = value(null);
  return {
    label: '',
    secret: draft.mine === undefined,
    mine: hidden,
    theirs: hidden,
    ancestor: hidden,
    canKeepBoth: false,
    ...draft,
  };
}

type Draft = Partial<ConflictView> & Pick<ConflictView, 'id' | 'kind'>;

function conflict(draft: Draft, secrets: ScriptedConflict['secrets'] = {}): ScriptedConflict {
  const fields = draft.fields ?? [];
  return {
    view: {
      recordId: null,
      name: '',
      vaultName: 'Infrastructure',
      at: Date.now() - hour,
      ...draft,
      fields,
      fieldCount: fields.length,
    },
    secrets,
  };
}

const bothSides: readonly ConflictField[] = [
  field({ key: 'password', kind: 'password', canKeepBoth: true }),
  field({
    key: 'login',
    kind: 'login',
    mine: value('elastic-admin'),
    theirs: value('elastic_ops'),
    ancestor: value('elastic'),
    canKeepBoth: true,
  }),
  field({
    key: 'description',
    kind: 'description',
    mine: value('Three nodes since November.\nThe snapshot repository moved to object storage.'),
    theirs: value(
      'Three nodes. Snapshots nightly at 02:00; ask the platform team before touching index templates.',
    ),
    ancestor: value('', { empty: true }),
  }),
  field({
    key: 'custom:0',
    kind: 'custom',
    label: 'Snapshot key',
    theirs: absent,
    canKeepBoth: false,
  }),
];

const typedHere: readonly ConflictField[] = [
  field({ key: 'password', kind: 'password', theirs: absent }),
  field({
    key: 'login',
    kind: 'login',
    mine: value('sys_ledger'),
    theirs: absent,
    ancestor: value('sys'),
  }),
];

/** One conflict of every kind. */
export function sampleConflicts(): ScriptedConflict[] {
  return [
    conflict(
      {
        id: 'c-fields',
        kind: 'fields',
        recordId: 'elastic',
        name: 'Elasticsearch',
        fields: [...bothSides],
      },
      {
        'password/mine': 'm1ne-After-Rotation!7',
        'password/theirs': 'their5-After-Rotation?2',
        'password/ancestor': 'before-both-0O1lI|',
        'custom:0/mine': 'AKIAOWNKEY',
        'custom:0/ancestor': 'AKIAOLDKEY',
      },
    ),
    conflict(
      {
        id: 'c-deleted',
        kind: 'deletedThere',
        recordId: 'oracle',
        name: 'Oracle ledger',
        at: Date.now() - 26 * hour,
        fields: [...typedHere],
      },
      { 'password/mine': 'typed-here-only', 'password/ancestor': 'as-it-was' },
    ),
    conflict({
      id: 'c-changed',
      kind: 'changedThere',
      name: 'Old jump host',
      fields: [
        field({
          key: 'login',
          kind: 'login',
          mine: absent,
          theirs: value('jump2'),
          ancestor: value('jump'),
        }),
      ],
    }),
    conflict(
      {
        id: 'c-lost',
        kind: 'vaultLost',
        name: 'Office Wi-Fi',
        vaultName: 'Office',
        fields: [field({ key: 'password', kind: 'password', theirs: absent, ancestor: absent })],
      },
      { 'password/mine': 'guest-2026' },
    ),
    conflict(
      {
        id: 'c-refused',
        kind: 'refused',
        name: 'Router Riga 0001',
        vaultName: 'Finance',
        fields: [
          field({
            key: 'name',
            kind: 'name',
            mine: value('Router Riga, new rack'),
            theirs: value('Router Riga 0001'),
            ancestor: value('Router Riga 0001'),
          }),
        ],
      },
      {},
    ),
    conflict(
      {
        id: 'c-taken-back',
        kind: 'vaultLost',
        name: 'Staging admin',
        vaultName: '',
        fields: [field({ key: 'password', kind: 'password', theirs: absent, ancestor: absent })],
      },
      { 'password/mine': 'staging-2026' },
    ),
  ];
}

/** Waiting changes, oldest first, one for each state. */
export function sampleWaiting(): WaitingRow[] {
  const row = (
    id: string,
    kind: WaitingRow['kind'],
    name: string,
    more: Partial<WaitingRow> = {},
  ): WaitingRow => ({
    id,
    kind,
    name,
    recordId: null,
    since: Date.now() - 2 * hour,
    state: 'waiting',
    attempts: 0,
    problem: null,
    ...more,
  });
  return [
    row('w1', 'edit', 'ClickHouse cluster', { recordId: 'ch' }),
    row('w2', 'move', 'Router Riga 0001', {
      recordId: 'infra-top-0',
      since: Date.now() - 25 * hour,
      state: 'held',
      attempts: 4,
      problem: { code: 'forbidden', params: {} },
    }),
    row('w3', 'attach', 'PostgreSQL primary', { recordId: 'pg-primary', state: 'sending', attempts: 1 }),
    row('w4', 'createFolder', 'kubernetes'),
    row('w5', 'edit', 'Elasticsearch', { recordId: 'elastic', state: 'undecided' }),
    ...Array.from({ length: 60 }, (_, index) => row(`w-more-${index}`, 'edit', `Switch Oslo ${index + 1}`)),
  ];
}

/** The bin, newest first. */
export function sampleBin(): BinRow[] {
  const row = (id: string, name: string, more: Partial<BinRow> = {}): BinRow => ({
    id,
    kind: 'record',
    name,
    login: '',
    vaultId: 'infra',
    vaultName: 'Infrastructure',
    place: ['production'],
    recordCount: 0,
    deletedAt: Date.now() - 3 * hour,
    pending: false,
    restorable: true,
    erasable: true,
    ...more,
  });
  return [
    row('bin-1', 'Old jump host', { login: 'jump', pending: true, erasable: false }),
    row('bin-2', 'legacy', { kind: 'folder', recordCount: 14, place: [] }),
    row('bin-3', 'Decommissioned mail gateway', {
      login: 'postmaster@subsidiary.corp.example',
      ...{ restorable: false, erasable: false },
      deletedAt: Date.now() - 50 * hour,
    }),
    row('bin-4', 'Камера на складе', { vaultName: 'Field offices', place: [], deletedAt: null }),
  ];
}
