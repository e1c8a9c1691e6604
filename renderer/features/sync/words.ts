/** The state of the mirror in words, short for the bar and whole for the panel. */
import { CircleAlert, CloudOff, Cloud, RefreshCw } from '@lucide/vue';
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

  function short(status: SyncStatus): string {
    if (status.phase === 'running') {
      return [t('sync.short.running'), percent(status)].filter(Boolean).join(' ');
    }
    return status.phase === 'stopped' ? stopped(status) : t(`sync.short.${status.phase}`);
  }

  /** One sentence; while a sync runs, what it is doing and how far it is. */
  function headline(status: SyncStatus): string {
    if (status.phase !== 'running') return t(`sync.headline.${status.phase}`);
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
    return status.phase === 'offline' || status.notices.length > 0 ? 'warn' : 'calm';
  }

  function icon(status: SyncStatus) {
    if (status.phase === 'running') return RefreshCw;
    if (status.phase === 'offline') return CloudOff;
    return status.phase === 'stopped' || status.notices.length > 0 ? CircleAlert : Cloud;
  }

  return { short, headline, tone, icon };
}
