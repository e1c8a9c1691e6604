/** The state of the mirror in words, short for the bar and whole for the panel. */
import { CircleAlert, Cloud, CloudOff, CloudUpload, GitCompareArrows, RefreshCw } from '@lucide/vue';
import { useI18n } from 'vue-i18n';
import type { SyncStatus } from '../../../contract/sync.ts';
import { useFormat } from '../../app/format.ts';

export type SyncTone = 'calm' | 'warn' | 'bad';

export function useSyncWords() {
  const { t } = useI18n();
  const format = useFormat();

  const percent = (status: SyncStatus): string =>
    status.total > 0 ? `${Math.floor((100 * Math.min(status.done, status.total)) / status.total)} %` : '';

  /** What a problem asks of the person, in two or three words. */
  function stopped(status: SyncStatus): string {
    return status.problem?.code === 'signInAgain' ? t('sync.short.signIn') : t('sync.short.stopped');
  }

  function stateOf(status: SyncStatus): string {
    if (status.phase === 'running') {
      return [t('sync.short.running'), percent(status)].filter(Boolean).join(' ');
    }
    return status.phase === 'stopped' ? stopped(status) : t(`sync.short.${status.phase}`);
  }

  /** The state, and what waits: "Offline · 2 changes wait". Nothing is up to date while changes wait. */
  function short(status: SyncStatus): string {
    const waiting = status.waiting > 0 ? format.counted('sync.waiting', status.waiting) : '';
    const conflicts = status.conflicts > 0 ? format.counted('sync.conflicts', status.conflicts) : '';
    const state = status.phase === 'idle' && (waiting || conflicts) ? '' : stateOf(status);
    return [state, waiting, conflicts].filter(Boolean).join(' · ');
  }

  /** The same where there is little room: the state and a figure, "Offline · 2". */
  function brief(status: SyncStatus): string {
    const waiting = status.waiting > 0 ? format.number(status.waiting) : '';
    if (status.phase === 'idle' && waiting) return format.counted('sync.waiting', status.waiting);
    return [stateOf(status), waiting].filter(Boolean).join(' · ');
  }

  function resting(status: SyncStatus): string {
    if (status.phase === 'idle' && status.conflicts > 0) {
      return format.counted('sync.headline.conflicts', status.conflicts);
    }
    if (status.phase === 'idle' && status.waiting > 0) {
      return t(status.held > 0 ? 'sync.headline.held' : 'sync.headline.sendingSoon');
    }
    return t(`sync.headline.${status.phase === 'running' ? 'idle' : status.phase}`);
  }

  /** One sentence; while a sync runs, what it is doing and how far it is. */
  function headline(status: SyncStatus): string {
    if (status.phase !== 'running') return resting(status);
    const stage = t(`sync.stage.${status.stage ?? 'connecting'}`);
    if (status.total === 0) return stage;
    return t('sync.stageProgress', {
      stage,
      done: format.number(Math.min(status.done, status.total)),
      total: format.number(status.total),
    });
  }

  function tone(status: SyncStatus): SyncTone {
    if (status.phase === 'stopped') return 'bad';
    const asks = status.notices.length + status.conflicts + status.held > 0;
    return status.phase === 'offline' || asks ? 'warn' : 'calm';
  }

  function icon(status: SyncStatus) {
    if (status.phase === 'running') return RefreshCw;
    if (status.phase === 'offline') return CloudOff;
    if (status.conflicts > 0) return GitCompareArrows;
    if (status.phase === 'stopped' || status.notices.length + status.held > 0) return CircleAlert;
    return status.waiting > 0 ? CloudUpload : Cloud;
  }

  return { short, brief, headline, tone, icon };
}
