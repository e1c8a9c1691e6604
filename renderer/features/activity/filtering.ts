/** What a log is narrowed to, as the form has it and as the bridge takes it. */
import type { ActivityFilter } from '../../../contract/activity.ts';
import type { WantedActor } from './activity.ts';
import { eventKinds, type EventKind } from './eventCodes.ts';

export interface LogFilter {
  /** Empty for every kind. */
  kind: EventKind | '';
  /** One code of the kind; empty for all of them. */
  event: string;
  actor: WantedActor | null;
  /** A vault of this device; empty for every one. */
  vaultId: string;
  /** Days of this computer's calendar, as `2026-11-21`; empty for no bound. */
  from: string;
  to: string;
}

export function noFilter(): LogFilter {
  return { kind: '', event: '', actor: null, vaultId: '', from: '', to: '' };
}

/** The first moment of a day, or of the day so many days later; null for no day. */
function startOf(day: string, later = 0): number | null {
  const [year, month, date] = day.split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined) return null;
  const at = new Date(year, month - 1, date + later).getTime();
  return Number.isFinite(at) && at >= 0 ? at : null;
}

/** Days are whole: the last one counts to its end. */
export function wireFilter({ kind, event, actor, vaultId, from, to }: LogFilter): ActivityFilter {
  const end = to === '' ? null : startOf(to, 1);
  return {
    events: event !== '' ? [event] : kind === '' ? [] : [...eventKinds[kind]],
    actorId: actor?.id ?? null,
    vaultId: vaultId || null,
    from: from === '' ? null : startOf(from),
    to: end === null ? null : end - 1,
  };
}
