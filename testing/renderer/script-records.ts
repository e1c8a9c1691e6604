/** The scripted records, tree and files. */
import { parseSearch, type SearchTerm } from '../../main/mirror/searchquery.ts';
import type { RecordRow, RecordScope, RecordSort } from '../../contract/records.ts';
import type { SampleRecord } from './sample.ts';
import type { Handlers, Stage } from './scripted.ts';

const revealMs = 30_000;
const clipboardMs = 30_000;

function inScope(scope: RecordScope, record: SampleRecord): boolean {
  const { row } = record;
  if (scope.kind === 'all') return row.kind !== 'inbox';
  if (scope.kind === 'inbox') return row.kind === 'inbox';
  if (scope.kind === 'shortcuts') return row.kind === 'shortcut';
  if (scope.kind === 'favourites') return row.favourite;
  if (scope.kind === 'recent') return ['pg-primary', 'etcd', 'redis', 'long'].includes(row.id);
  if (scope.kind === 'tag') return row.tags.includes(scope.tag);
  if (scope.kind === 'vault') return row.vaultId === scope.vaultId;
  return record.folderId === scope.folderId || record.view.path.some(({ id }) => id === scope.folderId);
}

/** The filters that scenes use; the words of a query stand anywhere in the line. */
function meets(row: RecordRow, term: SearchTerm): boolean {
  const held = (values: readonly string[], text: string): boolean =>
    values.some((value) => value.toLocaleLowerCase().includes(text));
  if (term.kind === 'word') return held([row.name, row.login, row.host, ...row.tags], term.text);
  if (term.kind === 'colour') return row.color === term.colour;
  if (term.kind === 'mark') return term.mark === 'file' ? row.attachmentCount > 0 : row.favourite;
  if (term.field === 'vault') return held(row.place.slice(0, 1), term.text);
  return held(term.field === 'tag' ? row.tags : [term.field === 'url' ? row.host : row.login], term.text);
}

function compare(sort: RecordSort): (a: RecordRow, b: RecordRow) => number {
  const sign = sort.descending ? -1 : 1;
  return (a, b) => {
    if (sort.by === 'updated') return sign * ((a.updatedAt ?? 0) - (b.updatedAt ?? 0));
    if (sort.by === 'color') return sign * (a.color - b.color);
    return sign * a[sort.by].localeCompare(b[sort.by]);
  };
}

function copied(stage: Stage) {
  const ends = { clearsAt: Date.now() + clipboardMs, totalMs: clipboardMs };
  stage.emit('clipboardChanged', ends);
  return ends;
}

type RecordParts = Pick<Handlers, 'records' | 'tree' | 'attachments'>;

export function scriptRecords(stage: Stage): RecordParts {
  const { sample } = stage;
  const find = (id: string): SampleRecord | undefined => sample.records.find(({ row }) => row.id === id);
  const mixed = (scope: RecordScope | null): boolean => scope?.kind !== 'vault' && scope?.kind !== 'folder';
  const shown = (scope: RecordScope | null, rows: RecordRow[]): RecordRow[] =>
    mixed(scope) ? rows : rows.map((row) => ({ ...row, place: [] }));

  return {
    tree: {
      overview: () => ({
        vaults: [...sample.vaults],
        totalCount: sample.records.filter(({ row }) => row.kind !== 'inbox').length,
        favouriteCount: sample.records.filter(({ row }) => row.favourite).length,
        recentCount: sample.records.length > 0 ? 4 : 0,
        inboxCount: sample.records.filter(({ row }) => row.kind === 'inbox').length,
        inboxUnread: sample.records.filter(({ row }) => row.unread).length,
        shortcutCount: sample.records.filter(({ row }) => row.kind === 'shortcut').length,
        binCount: stage.bin.length,
        conflictCount: stage.conflicts.length,
      }),
      folders: ({ vaultId }) => ({ folders: [...(sample.folders[vaultId] ?? [])] }),
    },
    records: {
      page: ({ scope, sort, offset, limit }) => {
        const rows = sample.records.filter((record) => inScope(scope, record)).map(({ row }) => row);
        if (scope.kind !== 'folder') rows.sort(compare(sort));
        return { total: rows.length, rows: shown(scope, rows.slice(offset, offset + limit)) };
      },
      search: ({ query, offset, limit }) => {
        const { wanted } = parseSearch(query);
        const rows = sample.records
          .map(({ row }) => row)
          .filter((row) => wanted.every((term) => meets(row, term)));
        const total = Math.min(200, rows.length);
        return { total, capped: rows.length > 200, rows: rows.slice(0, 200).slice(offset, offset + limit) };
      },
      ids: ({ scope, query }) => ({
        ids: sample.records
          .filter((record) => (query === null ? inScope(scope ?? { kind: 'all' }, record) : true))
          .map(({ row }) => row.id),
      }),
      read: ({ recordId }) => find(recordId)?.view ?? { fails: 'noSuchRecord' },
      revealField: ({ recordId, field }) => {
        const key = field.kind === 'password' ? 'password' : String(field.index);
        const value = find(recordId)?.secrets[key];
        return value === undefined ? { fails: 'emptyField' } : { value, hidesAfterMs: revealMs };
      },
      copyPassword: () => copied(stage),
      copyCustomField: () => copied(stage),
      copyLogin: () => copied(stage),
      copyUrl: () => copied(stage),
      copyCode: () => copied(stage),
      readCode: () => {
        const periodMs = 30_000;
        const validUntil = (Math.floor(Date.now() / periodMs) + 1) * periodMs;
        return { code: '481902', next: '730164', periodMs, validUntil };
      },
      openUrl: ({ confirmedHost }) => ({
        opened: confirmedHost !== null,
        host: 'db-01.corp-login.example',
        previousHost: 'db-01.corp.example',
      }),
      clearClipboard: () => {
        stage.emit('clipboardChanged', { clearsAt: null, totalMs: 0 });
        return {};
      },
    },
    attachments: {
      stage: ({ paths }) => ({
        files: paths.map((name, index) => ({
          token: `${name}-${index}`,
          name,
          size: name.startsWith('huge') ? 92_000_000 : 182_000,
          refusal: name.startsWith('huge') ? ('tooLarge' as const) : null,
        })),
        limit: 5_242_880,
      }),
      choose: () => ({
        files: [{ token: 'chosen', name: 'chosen.pem', size: 1704, refusal: null }],
        limit: 5_242_880,
      }),
      add: async ({ token }) => {
        stage.emit('attachmentProgress', { token, stage: 'encrypting', done: 64, total: 100 });
        return new Promise(() => undefined);
      },
      cancel: () => ({}),
      remove: ({ recordId, attachmentId }) => {
        const view = find(recordId)?.view;
        if (view) view.attachments = view.attachments.filter(({ id }) => id !== attachmentId);
        stage.changed();
        return {};
      },
      saveAs: () => ({ saved: true }),
    },
  };
}
