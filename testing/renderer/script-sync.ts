/** The scripted sync: its status, what waits, and the conflicts. */
import type { SyncStatus } from '../../contract/sync.ts';
import type { Handlers, Stage } from './scripted.ts';

const revealMs = 30_000;

type SyncParts = Pick<Handlers, 'sync' | 'conflicts'>;

export function scriptSync(stage: Stage): SyncParts {
  let notices: SyncStatus['notices'] = stage.scenario.sync.notices ?? [];

  const status = (): SyncStatus => ({
    accountId: 'anna',
    phase: 'idle',
    stage: null,
    done: 0,
    total: 0,
    lastSyncedAt: Date.now() - 47 * 60_000,
    problem: null,
    nextTryAt: null,
    offlineUntil: null,
    ...stage.scenario.sync,
    waiting: stage.waiting.length,
    held: stage.waiting.filter(({ state }) => state === 'held').length,
    conflicts: stage.conflicts.length,
    notices,
  });
  const tell = (): Record<string, never> => {
    stage.emit('syncChanged', status());
    stage.changed();
    return {};
  };
  const drop = (list: { splice: (at: number, count: number) => unknown }, at: number): void => {
    if (at >= 0) list.splice(at, 1);
  };
  const settle = (id: string) => {
    const at = stage.conflicts.findIndex(({ view }) => view.id === id);
    if (at < 0) return { fails: 'noSuchConflict' as const };
    const recordId = stage.conflicts[at]?.view.recordId;
    const record = stage.sample.records.find(({ row }) => row.id === recordId);
    if (record) {
      record.row.conflict = false;
      record.view.conflictId = null;
    }
    drop(stage.conflicts, at);
    return tell();
  };

  return {
    sync: {
      status,
      start: () => ({}),
      waiting: ({ offset, limit }) => ({
        total: stage.waiting.length,
        rows: stage.waiting.slice(offset, offset + limit),
      }),
      retry: ({ id }) => {
        for (const row of stage.waiting) {
          if (row.state === 'held' && (id === null || row.id === id)) {
            row.state = 'waiting';
            row.problem = null;
          }
        }
        return tell();
      },
      discard: ({ id }) => {
        drop(
          stage.waiting,
          stage.waiting.findIndex((row) => row.id === id),
        );
        return tell();
      },
      exportUnsent: ({ secret }) =>
        new TextDecoder().decode(secret) === 'correct horse battery'
          ? { saved: true, count: stage.waiting.length }
          : { fails: 'wrongMasterPassword' },
      dismissNotice: ({ id }) => {
        notices = notices.filter((notice) => notice.id !== id);
        return {};
      },
    },
    conflicts: {
      list: () => ({
        rows: stage.conflicts.map(({ view: { fields: _, ...row } }) => row),
      }),
      read: ({ id }) =>
        stage.conflicts.find(({ view }) => view.id === id)?.view ?? { fails: 'noSuchConflict' },
      reveal: ({ id, key, side }) => {
        const held = stage.conflicts.find(({ view }) => view.id === id);
        const value = held?.secrets[`${key}/${side}`];
        return value === undefined ? { fails: 'emptyField' } : { value, hidesAfterMs: revealMs };
      },
      resolve: ({ id }) => settle(id),
      decide: ({ id }) => settle(id),
    },
  };
}
