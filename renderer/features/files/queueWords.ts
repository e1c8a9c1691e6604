/** What the queue of files says, in the language of the page; shared by the main window and quick access. */
import type { FileQueueView, QueuedFile } from '../../../contract/filequeue.ts';
import type { Failure } from '../../../contract/index.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';
import { countState, type QueueNews } from './queue.ts';

/** A time as a person would guess it. */
export interface Remaining {
  readonly unit: 'moment' | 'seconds' | 'minutes' | 'hours';
  readonly count: number;
}

/** How long the rest takes at the present speed; null while nobody can tell. */
export function remainingOf({ busy, done, total, bytesPerSecond }: FileQueueView): Remaining | null {
  if (!busy || bytesPerSecond === null || bytesPerSecond === 0) return null;
  const seconds = Math.max(0, total - done) / bytesPerSecond;
  if (seconds < 5) return { unit: 'moment', count: 0 };
  // In steps, so that the words do not flicker.
  const rounded = Math.ceil(seconds / 5) * 5;
  if (rounded < 60) return { unit: 'seconds', count: rounded };
  const minutes = Math.round(seconds / 60);
  return minutes < 60
    ? { unit: 'minutes', count: Math.max(1, minutes) }
    : { unit: 'hours', count: Math.round(seconds / 3600) };
}

/** Files named in one sentence; the rest is counted. */
const mostNamed = 5;

export function useQueueWords() {
  const { t } = i18n.global;
  const format = useFormat();

  const named = (names: readonly string[]): string =>
    names.length <= mostNamed
      ? names.join(', ')
      : t('fileQueue.andMore', {
          names: names.slice(0, mostNamed).join(', '),
          count: names.length - mostNamed,
        });

  /** What the queue does, or how it ended. */
  function headline(view: FileQueueView): string {
    const done = countState(view, 'done');
    if (!view.busy) return done > 0 ? format.counted('fileQueue.done', done) : t('fileQueue.noneDone');
    const count = done + countState(view, 'waiting') + countState(view, 'encrypting');
    return t('fileQueue.busy', { done: format.number(done), count: format.number(count) }, count);
  }

  /** How much of it is through, how fast it goes and how long it may take. */
  function pace(view: FileQueueView): string {
    if (!view.busy) return '';
    const parts = [t('fileQueue.amount', { done: format.size(view.done), total: format.size(view.total) })];
    if (view.bytesPerSecond !== null) {
      parts.push(t('fileQueue.speed', { size: format.size(view.bytesPerSecond) }));
    }
    const remaining = remainingOf(view);
    if (remaining?.unit === 'moment') parts.push(t('fileQueue.left.moment'));
    else if (remaining) parts.push(format.counted(`fileQueue.left.${remaining.unit}`, remaining.count));
    return parts.join(' · ');
  }

  /** What did not come through; empty when everything did. */
  function troubles(counts: { readonly failed: number; readonly cancelled: number }): string {
    return (['failed', 'cancelled'] as const)
      .filter((state) => counts[state] > 0)
      .map((state) => format.counted(`fileQueue.counted.${state}`, counts[state]))
      .join(' · ');
  }

  /** Why a file is not on its record. */
  function reason({ name, size, reason: code }: QueuedFile, limit: number | null): string {
    if (code === null) return '';
    if (code === 'fileUnreadable') return t('fileQueue.reason.unreadable');
    if (code === 'fileTooLarge' && limit !== null) {
      return t('fileQueue.reason.tooLarge', { size: format.size(size), limit: format.size(limit) });
    }
    const failure: Failure = { code, params: { name, size } };
    return format.failure(failure);
  }

  function added({ count, target, refused, limit }: QueueNews & { kind: 'added' }): string {
    const large = refused.filter(({ refusal }) => refusal === 'tooLarge').map(({ name }) => name);
    const others = refused.filter(({ refusal }) => refusal !== 'tooLarge').map(({ name }) => name);
    const sentences: string[] = [];
    if (count > 0) {
      const of = { count: format.number(count), name: target.name };
      sentences.push(t('fileQueue.news.added', of, count));
    }
    if (large.length > 0) {
      sentences.push(t('fileQueue.news.tooLarge', { names: named(large), limit: format.size(limit) }));
    }
    if (others.length > 0) sentences.push(t('fileQueue.news.unreadable', { names: named(others) }));
    return sentences.join(' ');
  }

  function newsText(news: QueueNews): string {
    if (news.kind === 'added') return added(news);
    if (news.kind === 'failed') return format.failure(news.failure);
    if (news.kind === 'notFiles') return format.counted('fileQueue.news.notFiles', news.count);
    const done = news.done > 0 ? format.counted('fileQueue.done', news.done) : t('fileQueue.noneDone');
    return [done, troubles(news)].filter(Boolean).join(' · ');
  }

  return { headline, pace, troubles, reason, newsText };
}
