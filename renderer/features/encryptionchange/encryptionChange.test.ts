// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { done, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import type { FakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { ConversionView, EncryptionChangeOverview } from '../../../contract/encryptionchange.ts';
import type { Result } from '../../../contract/index.ts';
import { useEncryptionChange } from './encryptionChange.ts';

const vault = (vaultId: string, isReady: boolean) => ({
  ...{ vaultId, name: vaultId, isInBin: false, startedBy: null, done: 0, total: 3, isReady },
});
const underWay = {
  ...{ direction: 'on' as const, starter: 'Charlotte', startedAt: 1, withoutKeys: 0, waitingFor: [] },
  vaults: { total: 2, ready: 1 },
};
const none: EncryptionChangeOverview = {
  ...{ isEncrypted: false, mayManage: false, underWay: null, last: null, ownKeys: null },
  ...{ masterPasswordRule: null, vaults: [], conversion: null },
};
const running: ConversionView = {
  ...{
    direction: 'on',
    state: 'running',
    vaults: { total: 2, ready: 0 },
    vaultName: 'one',
    done: 1,
    total: 3,
  },
  ...{ failure: null, unreadable: [] },
};

let told: EncryptionChangeOverview;
let announced: 'on' | 'off' | null;
let held: Promise<Result<EncryptionChangeOverview>> | null;
let bridge: FakeBridge;

const reads = (): number => bridge.calls.filter(({ name }) => name === 'encryptionChange.read').length;

beforeEach(() => {
  setActivePinia(createPinia());
  told = { ...none, underWay, ownKeys: 'missing', vaults: [vault('one', false), vault('two', true)] };
  announced = 'on';
  held = null;
  bridge = fakeBridge({
    encryptionChange: {
      announced: () => done({ direction: announced, conversion: null }),
      read: () => held ?? done(told),
      finish: () => ({ ok: false, error: { code: 'encryptionChangeIncomplete', params: {} } }),
    },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

describe('a change of encryption', () => {
  it('asks the server nothing where none was announced', async () => {
    announced = null;
    const change = useEncryptionChange();
    await change.load();
    expect(reads()).toBe(0);
    expect(change.direction).toBeNull();
    expect(change.asked).toBeNull();
  });

  it('asks for a master password first, then for the vaults that are left, then for nothing', async () => {
    const change = useEncryptionChange();
    await change.load();
    expect(change.asked).toBe('masterPassword');
    for (const ownKeys of ['here', 'elsewhere'] as const) {
      told = { ...told, ownKeys };
      await change.read();
      expect(change.asked).toBe('encrypt');
    }
    expect(change.unready.map(({ vaultId }) => vaultId)).toEqual(['one']);
    told = { ...told, vaults: [vault('one', true)] };
    await change.read();
    expect(change.asked).toBe('nothing');
  });

  it('never asks for a master password where encryption is to be turned off', async () => {
    told = { ...told, ownKeys: null, underWay: { ...underWay, direction: 'off' } };
    const change = useEncryptionChange();
    await change.load();
    expect(change.direction).toBe('off');
    expect(change.asked).toBe('handOver');
  });

  it('is over for the window once the sync no longer tells of it and the server agrees', async () => {
    const change = useEncryptionChange();
    await change.load();
    announced = null;
    told = { ...none, last: { direction: 'on', by: 'Charlotte', at: 2 } };
    await change.load();
    expect(change.direction).toBeNull();
    expect(change.overview?.last?.by).toBe('Charlotte');
  });

  it('keeps what was known without contact, and says why', async () => {
    const change = useEncryptionChange();
    await change.load();
    held = Promise.resolve({ ok: false, error: { code: 'unreachable', params: {} } });
    await change.read();
    expect(change.failure?.code).toBe('unreachable');
    expect(change.asked).toBe('masterPassword');
  });

  it('asks how it stands when the work of this device ends, and only then', async () => {
    const change = useEncryptionChange();
    const stop = change.follow();
    bridge.emit('encryptionChangeTold', { conversion: running });
    bridge.emit('encryptionChangeTold', { conversion: { ...running, done: 2 } });
    expect(reads()).toBe(0);
    expect(change.conversion?.done).toBe(2);
    told = { ...told, conversion: { ...running, state: 'done', vaultName: null } };
    bridge.emit('encryptionChangeTold', { conversion: told.conversion });
    await vi.waitFor(() => expect(change.overview).not.toBeNull());
    expect(reads()).toBe(1);
    stop();
  });

  it('answers why a deed was refused, and reads the state that refused it', async () => {
    const change = useEncryptionChange();
    expect(await change.finish(new Uint8Array(3))).toEqual({
      code: 'encryptionChangeIncomplete',
      params: {},
    });
    expect(change.overview?.underWay).toEqual(underWay);
  });

  it('is forgotten at lock, with the answer that is still on its way', async () => {
    const change = useEncryptionChange();
    const slow = later<Result<EncryptionChangeOverview>>();
    held = slow.promise;
    const reading = change.read();
    change.dialog = 'encrypt';
    change.forget();
    slow.resolve(done(told));
    await reading;
    expect(change.overview).toBeNull();
    expect(change.dialog).toBeNull();
    expect(change.direction).toBeNull();
  });
});
