// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, nextTick, ref } from 'vue';
import type { Result } from '../../../contract/errors.ts';
import type { OfflineFilesView, OfflineRecordView } from '../../../contract/offlinefiles.ts';
import { done, type FakeBridge, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import { useOfflineRecord, useOfflineStatus } from './offlineFiles.ts';
import { useVaultFiles } from './offlineVault.ts';

let bridge: FakeBridge;
let rules: OfflineFilesView['rules'];
let ofRecord: (recordId: string) => Result<OfflineRecordView> | Promise<Result<OfflineRecordView>>;

function status(): OfflineFilesView {
  const none = { count: 0, bytes: 0 };
  return { rules, here: none, unsent: none, missing: none, free: 1, state: 'settled' };
}

function record(byRecord: boolean, here = 0): OfflineRecordView {
  return { byRecord, byVault: false, here, wanted: byRecord ? 2 : 0 };
}

beforeEach(() => {
  setActivePinia(createPinia());
  rules = { below: null, vaultIds: [], recordIds: [] };
  ofRecord = (recordId) => done(record(rules.recordIds.includes(recordId)));
  bridge = fakeBridge({
    offlineFiles: {
      status: () => done(status()),
      ofRecord: ({ recordId }) => ofRecord(recordId),
      keepRecord: ({ recordId, keep }) => {
        rules = { ...rules, recordIds: keep ? [recordId] : [] };
        return done(status());
      },
      keepVault: ({ vaultId, keep }) => {
        if (vaultId === 'gone') return { ok: false, error: { code: 'notFound', params: {} } };
        rules = { ...rules, vaultIds: keep ? [vaultId] : [] };
        return done(status());
      },
      keepBelow: ({ below }) => {
        rules = { ...rules, below };
        return done(status());
      },
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

describe('copies of a record', () => {
  it('are kept and let go by choice', async () => {
    const scope = effectScope();
    const offline = scope.run(() => useOfflineRecord(() => 'r1'));
    await vi.waitFor(() => expect(offline?.view.value).toEqual(record(false)));
    await offline?.keep(true);
    expect(offline?.view.value).toEqual(record(true));
    await offline?.keep(false);
    expect(offline?.view.value).toEqual(record(false));
    scope.stop();
  });

  it('are read again when copies came or the record changed, until nobody looks', async () => {
    const scope = effectScope();
    const offline = scope.run(() => useOfflineRecord(() => 'r1'));
    await vi.waitFor(() => expect(offline?.view.value?.here).toBe(0));
    ofRecord = () => done(record(true, 1));
    bridge.emit('offlineFilesChanged', {});
    await vi.waitFor(() => expect(offline?.view.value?.here).toBe(1));
    ofRecord = () => done(record(true, 2));
    bridge.emit('mirrorChanged', { accountId: 'a', recordIds: ['r2'] });
    await nextTick();
    expect(offline?.view.value?.here).toBe(1);
    bridge.emit('mirrorChanged', { accountId: 'a', recordIds: ['r1'] });
    await vi.waitFor(() => expect(offline?.view.value?.here).toBe(2));
    scope.stop();
    const asked = bridge.calls.length;
    bridge.emit('offlineFilesChanged', {});
    bridge.emit('mirrorChanged', { accountId: 'a', recordIds: null });
    expect(bridge.calls).toHaveLength(asked);
  });

  it('never shows the answer for a record left behind', async () => {
    const slow = later<Result<OfflineRecordView>>();
    const id = ref('r1');
    const scope = effectScope();
    ofRecord = (recordId) => (recordId === 'r1' ? slow.promise : done(record(true, 2)));
    const offline = scope.run(() => useOfflineRecord(() => id.value));
    id.value = 'r2';
    await vi.waitFor(() => expect(offline?.view.value?.here).toBe(2));
    slow.resolve(done(record(false, 0)));
    await nextTick();
    await nextTick();
    expect(offline?.view.value?.here).toBe(2);
    scope.stop();
  });
});

describe('copies of an account', () => {
  it('are not asked for while everything is locked', async () => {
    const unlocked = ref(false);
    const scope = effectScope();
    const offline = scope.run(() => useOfflineStatus(() => unlocked.value));
    await nextTick();
    expect(bridge.calls).toEqual([]);
    unlocked.value = true;
    await vi.waitFor(() => expect(offline?.view.value?.free).toBe(1));
    unlocked.value = false;
    await vi.waitFor(() => expect(offline?.view.value).toBeNull());
    scope.stop();
  });

  it('follow the size that was chosen', async () => {
    const scope = effectScope();
    const offline = scope.run(() => useOfflineStatus(() => true));
    await offline?.keepBelow(5_000_000);
    expect(offline?.view.value?.rules.below).toBe(5_000_000);
    await offline?.keepBelow(null);
    expect(offline?.view.value?.rules.below).toBeNull();
    scope.stop();
  });

  it('say what could not be done, and show what holds', async () => {
    const scope = effectScope();
    const offline = scope.run(() => useOfflineStatus(() => true));
    await offline?.keepVault('gone', true);
    expect(offline?.failure.value?.code).toBe('notFound');
    expect(offline?.view.value?.rules.vaultIds).toEqual([]);
    scope.stop();
  });
});

describe('the files of a vault', () => {
  it('are kept and let go from its menu', async () => {
    const files = useVaultFiles();
    await files.load();
    expect(files.isKept('v1')).toBe(false);
    await files.toggle({ id: 'v1', name: 'Infrastructure' });
    expect(files.isKept('v1')).toBe(true);
    expect(rules.vaultIds).toEqual(['v1']);
    await files.toggle({ id: 'v1', name: 'Infrastructure' });
    expect(files.isKept('v1')).toBe(false);
  });

  it('stay as they were when the choice failed', async () => {
    const files = useVaultFiles();
    await files.load();
    await files.toggle({ id: 'gone', name: 'Gone' });
    expect(files.isKept('gone')).toBe(false);
  });
});
