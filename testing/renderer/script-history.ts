/** The scripted history: three former states of whatever record is asked for. */
import type { ComparedField, ComparedSide, StateRef } from '../../contract/history.ts';
import type { Handlers, Stage } from './scripted.ts';

const hour = 3_600_000;
const states = ['s3', 's2', 's1'] as const;
const names = ['Anna Orlova', 'Пётр Соколов', ''] as const;

const plain = (text: string): ComparedSide => ({ text, field: null, empty: text === '', broken: false });
const secret = (field: NonNullable<ComparedSide['field']>, empty = false): ComparedSide => ({
  text: null,
  field,
  empty,
  broken: false,
});

function fieldsOf(name: string, left: StateRef, right: StateRef): ComparedField[] {
  const own = { label: '', type: null };
  const differs = left !== right;
  const logins = new Map<StateRef, string>([
    ['s1', 'root'],
    ['s2', 'postgres'],
  ]);
  const login = (state: StateRef): ComparedSide => plain(logins.get(state) ?? 'postgres-admin');
  const tags = (state: StateRef): ComparedSide => plain(state === 's1' ? 'db' : 'db\nprod');
  const pin = { kind: 'custom', index: 0 } as const;
  return [
    { ...own, kind: 'name', differs: false, left: plain(name), right: plain(name) },
    {
      ...own,
      kind: 'login',
      differs: login(left).text !== login(right).text,
      left: login(left),
      right: login(right),
    },
    {
      ...{ kind: 'password', label: '', type: 'password', differs },
      left: secret({ kind: 'password' }),
      right: secret({ kind: 'password' }),
    },
    {
      ...own,
      kind: 'urls',
      differs: false,
      left: plain('https://db.corp.example'),
      right: plain('https://db.corp.example'),
    },
    {
      ...{ kind: 'custom', label: 'Replication key', type: 'password', differs },
      left: left === 's1' ? null : secret(pin),
      right: right === 's1' ? null : secret(pin),
    },
    { ...own, kind: 'description', differs: false, left: plain(''), right: plain('') },
    {
      ...own,
      kind: 'tags',
      differs: tags(left).text !== tags(right).text,
      left: tags(left),
      right: tags(right),
    },
    { ...own, kind: 'color', differs: false, left: plain('3'), right: plain('3') },
    { ...own, kind: 'files', differs: false, left: plain('ca.pem'), right: plain('ca.pem') },
  ];
}

export function scriptHistory(stage: Stage): Pick<Handlers, 'history'> {
  const nameOf = (recordId: string): string =>
    stage.sample.records.find(({ row }) => row.id === recordId)?.row.name ?? '';
  return {
    history: {
      offered: () => ({ offered: true }),
      list: ({ recordId }) => ({
        rows: states.map((id, at) => ({
          id,
          at: Date.now() - (at + 1) * 26 * hour,
          by: names[at] ?? '',
          name: nameOf(recordId),
          broken: id === 's1',
        })),
        readAt: Date.now() - 3 * hour,
        stale: stage.scenario.sync.phase === 'offline' ? 'unreachable' : null,
      }),
      compare: ({ recordId, left, right }) => ({ fields: fieldsOf(nameOf(recordId), left, right) }),
      reveal: ({ state }) => ({ value: `secret of ${state ?? 'now'}`, hidesAfterMs: 30_000 }),
      restore: () => {
        stage.changed();
        return {};
      },
    },
  };
}
