// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { afterEach, describe, expect, it } from 'vitest';
import { defineComponent } from 'vue';
import type { SyncStatus } from '../../../contract/sync.ts';
import { i18n } from '../../app/i18n.ts';
import { useSyncWords } from './words.ts';

const idle: SyncStatus = {
  accountId: 'a',
  phase: 'idle',
  stage: null,
  done: 0,
  total: 0,
  lastSyncedAt: 1,
  problem: null,
  nextTryAt: null,
  waiting: 0,
  held: 0,
  conflicts: 0,
  offlineUntil: null,
  notices: [],
};

function words(): ReturnType<typeof useSyncWords> {
  let made: ReturnType<typeof useSyncWords> | null = null;
  const asking = defineComponent({ setup: () => ((made = useSyncWords()), () => null) });
  mount(asking, { global: { plugins: [i18n] } });
  if (!made) throw new Error('the component was not set up');
  return made;
}

afterEach(() => {
  i18n.global.locale.value = 'en';
});

describe('the state of the mirror in words', () => {
  it('says what waits beside the state, and never that all is well while something waits', () => {
    const { short } = words();
    expect(short(idle)).toBe('Up to date');
    expect(short({ ...idle, waiting: 1 })).toBe('1 change waits');
    expect(short({ ...idle, phase: 'offline', waiting: 2 })).toBe('Offline · 2 changes wait');
    expect(short({ ...idle, waiting: 1200, conflicts: 3 })).toBe('1,200 changes wait · 3 to decide');
    expect(short({ ...idle, phase: 'running', done: 1, total: 4, waiting: 4 })).toBe(
      'Syncing 25 % · 4 changes wait',
    );
  });

  it('is short where there is little room', () => {
    const { brief } = words();
    expect(brief({ ...idle, phase: 'offline', waiting: 65, conflicts: 5 })).toBe('Offline · 65');
    expect(brief({ ...idle, waiting: 2, conflicts: 5 })).toBe('2 changes wait');
    expect(brief(idle)).toBe('Up to date');
  });

  it('counts as Russian does', () => {
    i18n.global.locale.value = 'ru';
    const { short } = words();
    expect(short({ ...idle, waiting: 1 })).toBe('1 изменение ждёт');
    expect(short({ ...idle, waiting: 22 })).toBe('22 изменения ждут');
    expect(short({ ...idle, waiting: 11 })).toBe('11 изменений ждут');
  });

  it('puts what a person must do first', () => {
    const { headline, tone } = words();
    expect(headline({ ...idle, waiting: 3, conflicts: 1 })).toContain('your decision');
    expect(headline({ ...idle, waiting: 3, held: 1 })).toContain('do not go out by themselves');
    expect(headline({ ...idle, waiting: 3 })).toContain('next sync');
    expect(tone({ ...idle, waiting: 3 })).toBe('calm');
    expect(tone({ ...idle, waiting: 3, held: 1 })).toBe('warn');
    expect(tone({ ...idle, phase: 'stopped' })).toBe('bad');
  });
});
