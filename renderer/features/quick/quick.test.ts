// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RecordRow, SearchPage } from '../../../contract/records.ts';
import { done, type FakeBridge, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import type { Result } from '../../../contract/index.ts';
import { quickKeyFor } from './keys.ts';
import { useQuick } from './quick.ts';

const row = (id: string): RecordRow => ({
  id,
  kind: 'record',
  ...{ name: id, login: 'root', host: 'a.example', tags: [], color: 0, favourite: false, vaultId: 'v' },
  ...{ place: [], hasTotp: null, attachmentCount: 0, flagged: false, unread: false },
  ...{ pending: false, conflict: false, updatedAt: null },
});
const found = (...ids: string[]): Result<SearchPage> =>
  done({ total: ids.length, capped: false, rows: ids.map(row) });
const copied = done({ clearsAt: 1000, totalMs: 30_000 });

let bridge: FakeBridge;
let host: string | null;
const slow = later<Result<SearchPage>>();
const names = (): string[] => bridge.calls.map(({ name }) => name);

beforeEach(() => {
  setActivePinia(createPinia());
  host = null;
  bridge = fakeBridge({
    records: {
      page: () => done({ total: 1, rows: [row('recent')] }),
      search: ({ query }) => (query === 'slow' ? slow.promise : found('one', 'two', 'three')),
      copyPassword: () => copied,
      copyLogin: () => ({ ok: false, error: { code: 'emptyField', params: {} } }),
      openUrl: ({ confirmedHost }) =>
        done({
          opened: host === null || confirmedHost === host,
          host: host ?? 'a.example',
          previousHost: 'old.example',
        }),
    },
    quickAccess: { hide: () => done({}), showRecord: () => done({}) },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

describe('quick access', () => {
  it('begins with what was used last, and finds what is typed', async () => {
    const quick = useQuick();
    await quick.look();
    expect(quick.activeId).toBe('recent');
    quick.type('o');
    await vi.waitFor(() => expect(quick.activeId).toBe('one'));
    quick.go(1);
    quick.go(7);
    expect(quick.activeId).toBe('three');
    quick.go(-9);
    expect(quick.activeId).toBe('one');
  });

  it('copies from the chosen line and says what, never the value', async () => {
    const quick = useQuick();
    await quick.look();
    await quick.act('password');
    expect(bridge.calls.at(-1)).toEqual({ name: 'records.copyPassword', input: { recordId: 'recent' } });
    expect(quick.remark).toEqual({ kind: 'copied', what: 'password', totalMs: 30_000 });
    await quick.act('login');
    expect(quick.remark).toMatchObject({ kind: 'failed', failure: { code: 'emptyField' } });
  });

  it('never asks for a secret to be shown', async () => {
    const quick = useQuick();
    await quick.look();
    for (const deed of ['password', 'login', 'code', 'url'] as const) await quick.act(deed);
    expect(names().filter((name) => /reveal|readCode|records\.read$/.test(name))).toEqual([]);
  });

  it('asks before an address leads elsewhere than before, and hides once it is open', async () => {
    const quick = useQuick();
    await quick.look();
    host = 'evil.example';
    await quick.act('url');
    expect(quick.question).toEqual({ recordId: 'recent', host: 'evil.example', previous: 'old.example' });
    expect(names()).not.toContain('quickAccess.hide');
    await quick.confirm();
    expect(names().at(-1)).toBe('quickAccess.hide');
    expect(quick.question).toBeNull();
  });

  it('drops the question when another line is chosen', async () => {
    const quick = useQuick();
    quick.type('o');
    await vi.waitFor(() => expect(quick.rows).toHaveLength(3));
    host = 'evil.example';
    await quick.act('url');
    quick.go(1);
    await quick.confirm();
    expect(names().filter((name) => name === 'records.openUrl')).toHaveLength(1);
  });

  it('lets files go onto records only', async () => {
    const quick = useQuick();
    await quick.look();
    expect(quick.targetOfFiles('recent')).toEqual({ id: 'recent', name: 'recent' });
    expect(quick.targetOfFiles('elsewhere')).toBeNull();
    expect(quick.targetOfFiles(null)).toBeNull();
    quick.rows = [{ ...row('recent'), kind: 'shortcut' }];
    expect(quick.targetOfFiles('recent')).toBeNull();
  });

  it('keeps nothing once it is hidden, late answers included', async () => {
    const quick = useQuick();
    await quick.look();
    await quick.act('password');
    quick.type('slow');
    quick.forget();
    slow.resolve(found('late'));
    await slow.promise;
    await Promise.resolve();
    expect([quick.query, quick.rows, quick.activeId, quick.remark]).toEqual(['', [], null, null]);
  });
});

describe('its keys', () => {
  const pressed = { code: 'Enter', ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

  it('are told apart by what is held', () => {
    expect(quickKeyFor(pressed, false)?.deed).toBe('password');
    expect(quickKeyFor({ ...pressed, ctrlKey: true }, false)?.deed).toBe('show');
    expect(quickKeyFor({ ...pressed, metaKey: true }, true)?.deed).toBe('show');
    expect(quickKeyFor({ ...pressed, shiftKey: true }, false)).toBeNull();
    expect(quickKeyFor({ ...pressed, code: 'KeyB' }, false)).toBeNull();
  });
});
