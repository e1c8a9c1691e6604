// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { watch } from 'vue';
import { done, fakeBridge, later } from '../../../testing/renderer/fake-bridge.ts';
import type { FakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { AccountView } from '../../../contract/accounts.ts';
import type { Result } from '../../../contract/index.ts';
import { useSession } from './session.ts';

const anna: AccountView = {
  ...{ id: 'anna', login: 'anna', fullName: 'Anna', host: 'vault.example', origin: 'https://vault.example' },
  ...{ clientSideEncryption: true, unlocked: true, current: true, former: false, lastSyncedAt: null },
};
const locked = { unlocked: false, lockReason: 'hand', current: null } as const;
let locking: ReturnType<typeof later<Result<Record<string, never>>>>;
let bridge: FakeBridge;

beforeEach(() => {
  setActivePinia(createPinia());
  locking = later<Result<Record<string, never>>>();
  bridge = fakeBridge({
    session: {
      state: () => done({ unlocked: true, lockReason: 'start', current: anna }),
      lock: () => locking.promise,
    },
    accounts: { list: () => done({ accounts: [anna], damaged: [] }) },
  });
  vi.stubGlobal('strongroom', bridge.api);
});

describe('a lock by hand', () => {
  it('shows at once, and its confirmation changes nothing that leads to another screen', async () => {
    const session = useSession();
    await session.load();
    expect(session.screen).toBe('workspace');
    const stop = session.follow();
    const lock = session.lock();
    expect(session.screen).toBe('unlock');
    const led = vi.fn();
    watch([() => session.screen, () => session.current?.id], led, { flush: 'sync' });
    bridge.emit('sessionChanged', locked);
    locking.resolve(done({}));
    await lock;
    expect(session.state).toEqual(locked);
    expect(led).not.toHaveBeenCalled();
    expect(session.lastShownId).toBe('anna');
    stop();
  });

  it('that was refused shows what is so', async () => {
    const session = useSession();
    await session.load();
    locking.resolve({ ok: false, error: { code: 'internal', params: {} } });
    await session.lock();
    expect(session.screen).toBe('workspace');
  });
});
