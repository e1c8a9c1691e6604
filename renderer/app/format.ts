/** Numbers, sizes and times as the current language writes them. */
import type { Failure } from '../../contract/index.ts';
import { i18n } from './i18n.ts';

/** Start of the local day that holds the instant, in milliseconds. */
function dayOf(instant: number): number {
  const date = new Date(instant);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** 0 for today, 1 for yesterday, and so on; days of 23 and 25 hours count as one. */
export function daysAgo(instant: number, now: number): number {
  return Math.round((dayOf(now) - dayOf(instant)) / 86_400_000);
}

/** A binary size split into a figure with at most one decimal and the index of its unit (B, KB, MB, GB). */
export function sizeParts(bytes: number): { readonly figure: number; readonly unit: 0 | 1 | 2 | 3 } {
  const units = [0, 1, 2, 3] as const;
  let figure = bytes;
  let index = 0;
  while (Math.round(figure * 10) / 10 >= 1024 && index < 3) {
    figure /= 1024;
    index += 1;
  }
  return { figure: Math.round(figure * 10) / 10, unit: units[index] ?? 3 };
}

const unitKeys = ['size.bytes', 'size.kilobytes', 'size.megabytes', 'size.gigabytes'] as const;

/** Not bound to a component: stores speak too. */
export function useFormat() {
  const { t, locale } = i18n.global;

  /** English is written the way most of the world does: 24 hours, the day before the month. */
  const region = (): string => (locale.value === 'en' ? 'en-GB' : locale.value);

  const number = (value: number): string => new Intl.NumberFormat(region()).format(value);

  const clock = (instant: number): string =>
    new Intl.DateTimeFormat(region(), { hour: '2-digit', minute: '2-digit' }).format(instant);

  const day = (instant: number): string =>
    new Intl.DateTimeFormat(region(), { day: 'numeric', month: 'short', year: 'numeric' }).format(instant);

  /** A moment in a sentence: "today at 09:42", "yesterday at 18:03", "14 Nov 2026 at 11:20". */
  function moment(instant: number, now: number = Date.now()): string {
    const time = clock(instant);
    const ago = daysAgo(instant, now);
    if (ago === 0) return t('time.today', { time });
    if (ago === 1) return t('time.yesterday', { time });
    return t('time.day', { day: day(instant), time });
  }

  function size(bytes: number): string {
    const { figure, unit } = sizeParts(bytes);
    return t(unitKeys[unit], { figure: number(figure) });
  }

  /** A counted thing: the key holds the plural forms, the figure is grouped by the language. */
  const counted = (key: string, count: number): string => t(key, { count: number(count) }, count);

  /** The sentence for a failure: what happened, what it means, what can be done. */
  function failure(of: Failure): string {
    const params: Record<string, string | number> = { host: t('errors.thisServer'), ...of.params };
    for (const name of ['size', 'limit'] as const) {
      const value = of.params[name];
      if (typeof value === 'number') params[name] = size(value);
    }
    const iterations = of.params['iterations'];
    params['iterations'] = typeof iterations === 'number' ? number(iterations) : '?';
    for (const name of ['name', 'status', 'size', 'limit', 'found', 'known', 'days']) params[name] ??= '?';
    if (of.code === 'badAddress' && of.params['reason'] === 'insecure') return t('errors.insecureAddress');
    if (of.code === 'unreachable') {
      return t('errors.unreachable', { ...params, why: t(`unreachable.${unreachableReason(of)}`) });
    }
    return t(`errors.${of.code}`, params);
  }

  return { number, clock, day, moment, size, counted, failure };
}

const reasons = ['dns', 'refused', 'timeout', 'reset'] as const;

function unreachableReason(failure: Failure): string {
  return reasons.find((reason) => reason === failure.params['reason']) ?? 'other';
}
