/** The scripted queue of access requests and a vault on its way to another key. */
import type { RekeyingView } from '../../contract/rekeying.ts';
import type { AccessRequestView } from '../../contract/requests.ts';
import type { Handlers, Stage } from './scripted.ts';
import { wordOn } from './script-roster.ts';

const hour = 60 * 60 * 1000;
const fingerprint = '7c19ab02d4e6f8835510cc9ba7f24d60e1539b80c8467fa2d93b1e0574ad6c21';

const vaults = {
  servers: { id: 'v-servers', name: 'Серверы' },
  finance: { id: 'v-finance', name: 'Finance and controlling of the whole group' },
  web: { id: 'v-web', name: 'Web' },
} as const;

type Row = Pick<AccessRequestView, 'trust' | 'reason' | 'obstacle'> & {
  readonly vault: { readonly id: string; readonly name: string };
  readonly name: string;
  readonly suffix?: string;
};

const rows: readonly Row[] = [
  { vault: vaults.servers, name: 'Boris Petrov', trust: 'verified', reason: 'group', obstacle: null },
  { vault: vaults.web, name: 'Boris Petrov', trust: 'verified', reason: 'group', obstacle: null },
  { vault: vaults.servers, name: 'Мария Кузнецова', trust: 'seen', reason: 'person', obstacle: null },
  { vault: vaults.finance, name: 'Ivan Smirnov', trust: 'unseen', reason: 'group', obstacle: null },
  {
    ...{ vault: vaults.finance, name: 'Olga Vasilyeva', trust: 'changed', reason: 'reset' },
    ...{ obstacle: 'keyChanged', suffix: '-fresh' },
  },
  { vault: vaults.web, name: 'New colleague', trust: 'missing', reason: 'group', obstacle: 'noKey' },
  { vault: vaults.web, name: 'Somebody', trust: 'unseen', reason: 'person', obstacle: 'unknownPerson' },
  { vault: vaults.web, name: 'Pavel', trust: 'seen', reason: 'rekey', obstacle: 'vaultKeyUnverified' },
  {
    ...{ vault: vaults.web, name: 'Jan de Vries', trust: 'seen', reason: 'group', obstacle: null },
    suffix: '-vouched',
  },
  {
    ...{ vault: vaults.web, name: 'Мария Кузнецова', trust: 'unseen', reason: 'person' },
    ...{ obstacle: 'rosterDiffers', suffix: '-differs' },
  },
];

function requestOf(row: Row, index: number): AccessRequestView {
  const { vault, name, trust, reason, obstacle, suffix = '' } = row;
  const roster = wordOn(suffix);
  return {
    ...{ id: `request-${index}`, vault, trust, reason, obstacle, roster },
    isCompared: trust === 'verified' || roster?.standing === 'vouched',
    person: { id: `${trust}-${name.length}${suffix}`, name, login: name.toLowerCase().replaceAll(' ', '.') },
    group: reason === 'group' ? 'Системные администраторы' : null,
    requester: 'Anna Orlova',
    createdAt: Date.now() - (index + 1) * 5 * hour,
    fingerprint: trust === 'missing' ? null : fingerprint,
  };
}

export function scriptRequests({ scenario, emit }: Stage): Pick<Handlers, 'requests' | 'rekeying'> {
  let waiting = scenario.administers ? rows.map(requestOf) : [];
  let rekeyings: RekeyingView[] = [];
  const tell = (): void => emit('rekeyingChanged', { rekeyings });
  const view = (vaultId: string, state: RekeyingView['state']): RekeyingView => ({
    ...{ vaultId, vaultName: vaults.servers.name, state, done: 412, atLeast: 1200 },
    ...{ startedAt: null, failure: state === 'stopped' ? 'unreachable' : null },
  });
  const set = (next: RekeyingView[]): Record<string, never> => {
    rekeyings = next;
    tell();
    return {};
  };
  return {
    requests: {
      waiting: () => ({ count: waiting.length }),
      list: ({ offset }) => ({ total: waiting.length, requests: waiting.slice(offset, offset + 50) }),
      confirm: ({ requests }) => {
        const ids = new Set(requests.map(({ id }) => id));
        waiting = waiting.filter(({ id }) => !ids.has(id));
        return { outcomes: [...ids].map((id) => ({ id, failure: null })) };
      },
      decline: ({ id }) => {
        waiting = waiting.filter((request) => request.id !== id);
        return {};
      },
      vouch: ({ vaultId }) => {
        waiting = waiting.map((request) =>
          request.vault.id === vaultId && request.obstacle === 'vaultKeyUnverified'
            ? { ...request, obstacle: null }
            : request,
        );
        return {};
      },
    },
    rekeying: {
      holders: () => ({
        underWay: null,
        mayRenewRecords: true,
        holders: rows.slice(1, 5).map(({ name, trust, suffix = '' }) => ({
          userId: `${trust}-${name.length}${suffix}`,
          ...{ name, login: name.toLowerCase(), trust, fingerprint, isWeak: false, roster: wordOn(suffix) },
          words: ['unrivaled', 'cuddly', 'batboy', 'viewer', 'gestation', 'scallion', 'tint', 'marbling'],
        })),
      }),
      begin: ({ vaultId }) => set([view(vaultId, 'running')]),
      goOn: ({ vaultId }) => set([view(vaultId, 'running')]),
      pause: ({ vaultId }) => set([view(vaultId, 'stopped')]),
      giveUp: () => set([]),
      status: () => ({ rekeyings }),
      examine: () => ({
        mac: fingerprint,
        // `foreignKey` and `unprovenKey` are not features of a server: they choose what is found.
        ...(scenario.features.includes('foreignKey')
          ? { same: 0, other: 9, missing: 0 }
          : scenario.features.includes('unprovenKey')
            ? { same: 6, other: 1, missing: 2 }
            : { same: 9, other: 0, missing: 0 }),
        ...{ by: 'Anna Orlova', at: Date.now() - 3 * hour },
      }),
      accept: () => ({}),
    },
  };
}
