import { describe, expect, it } from 'vitest';
import en from '../../../resources/locales/en.json' with { type: 'json' };
import { activityEvents } from '../../../server/storage/events.ts';
import { eventKinds } from './eventCodes.ts';
import { noFilter, wireFilter } from './filtering.ts';

const all = { events: [], actorId: null, vaultId: null, from: null, to: null };

describe('the filter of a log', () => {
  it('is open to begin with', () => {
    expect(wireFilter(noFilter())).toEqual(all);
  });

  it('takes a kind for all of its events, and one event for itself', () => {
    const kind = { ...noFilter(), kind: 'session' as const };
    expect(wireFilter(kind).events).toEqual(eventKinds.session);
    expect(wireFilter({ ...kind, event: 'session_started' }).events).toEqual(['session_started']);
  });

  it('counts days as a whole, the last one to its end', () => {
    const { from, to } = wireFilter({ ...noFilter(), from: '2026-11-20', to: '2026-11-21' });
    expect(from).toBe(new Date(2026, 10, 20).getTime());
    expect(to).toBe(new Date(2026, 10, 22).getTime() - 1);
    expect(wireFilter({ ...noFilter(), from: '0000-00-00', to: 'never' })).toEqual(all);
  });

  it('knows only events that the server takes, and every one of them has words', () => {
    const offered = Object.values(eventKinds).flat();
    const known: readonly string[] = activityEvents;
    expect(offered.filter((code) => !known.includes(code))).toEqual([]);
    expect(known.filter((code) => !Object.hasOwn(en.team.activity.code, code))).toEqual([]);
  });
});
