import { beforeEach, describe, expect, it } from 'vitest';
import type { SyncStatus } from '../../contract/sync.ts';
import { Notifier, type Remark } from './notifier.ts';
import { outsideWords } from './outsidewords.ts';

const status = (conflicts: number, removed: readonly string[] = []): SyncStatus => ({
  accountId: 'anna',
  phase: 'idle',
  stage: null,
  ...{ done: 0, total: 0, waiting: 0, held: 0, conflicts },
  ...{ lastSyncedAt: 1, problem: null, nextTryAt: null, offlineUntil: null },
  notices: removed.map((subject) => ({ id: subject, at: 1, kind: 'vaultRemoved', subject, recordId: null })),
});

let shown: Remark[];
let settings: { notifications: boolean; namesInNotifications: boolean };
let watched: boolean;
let notifier: Notifier;

beforeEach(() => {
  shown = [];
  settings = { notifications: true, namesInNotifications: false };
  watched = false;
  notifier = new Notifier({
    words: () => outsideWords.en,
    settings: () => settings,
    isWatched: () => watched,
    show: (remark) => shown.push(remark),
  });
});

describe('notifications', () => {
  it('say nothing of what was so before', () => {
    notifier.statusChanged(status(2, ['Payroll']));
    notifier.statusChanged(status(2, ['Payroll']));
    expect(shown).toEqual([]);
  });

  it('speak of a new conflict once, and not of a decided one', () => {
    for (const conflicts of [0, 1, 1, 0]) notifier.statusChanged(status(conflicts));
    expect(shown.map(({ title }) => title)).toEqual([outsideWords.en.conflictTitle]);
  });

  it('name a vault only where the settings allow it', () => {
    notifier.statusChanged(status(0));
    notifier.statusChanged(status(0, ['Payroll']));
    expect(JSON.stringify(shown)).not.toContain('Payroll');
    settings.namesInNotifications = true;
    notifier.statusChanged(status(0, ['Payroll', 'Board']));
    expect(shown).toHaveLength(2);
    expect(shown[1]?.body).toContain('Board');
    expect(shown[1]?.body).not.toContain('Payroll');
  });

  it('are silent when switched off, and while a window is looked at', () => {
    notifier.statusChanged(status(0));
    watched = true;
    notifier.statusChanged(status(1));
    watched = false;
    settings.notifications = false;
    notifier.statusChanged(status(2));
    expect(shown).toEqual([]);
  });

  it('begin anew after a lock', () => {
    notifier.statusChanged(status(0));
    notifier.forget();
    notifier.statusChanged(status(1));
    expect(shown).toEqual([]);
  });
});
