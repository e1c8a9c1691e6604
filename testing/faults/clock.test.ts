/**
 * A clock that jumps by years: nothing spins, and the term for which a copy opens without contact
 * neither ends for good nor grows. Edits under such a clock stand in `clockedits.test.ts`.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FaultStage } from './stage.ts';
import type { Device } from './stage.ts';

const day = 24 * 3600 * 1000;
const year = 365 * day;
const realNow = Date.now;
const counts = { jumps: 0 };
let stage: FaultStage;
let device: Device;

/** Sets this process's clock so far from the true one. */
const shift = (by: number): void => {
  counts.jumps += 1;
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + by);
};
const unlock = (): Promise<string | null> =>
  device.app.refusal('session', 'unlock', {
    accountId: device.accountId,
    secret: Buffer.from(device.person.masterPassword ?? ''),
  });

beforeAll(async () => {
  stage = await FaultStage.open();
  device = await stage.device('a', { seed: 11 });
});
afterEach(() => {
  vi.restoreAllMocks();
  device.goOnline(true);
});
afterAll(async () => {
  await stage.close();
  console.log(`clocks: ${String(counts.jumps)} jumps`);
});

describe('a clock that jumps', () => {
  it('plans one attempt at a time, never in the past, whatever it says', async () => {
    device.app.accounts.windowVisible(true);
    await device.sync();
    for (const years of [10, -10, 20, -20]) {
      shift(years * year);
      device.proxy.requests.length = 0;
      await device.hands.create();
      const before = device.proxy.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 400));
      // One sync at most has begun by itself: a spinning one would have asked hundreds of times.
      expect(device.proxy.requests.length - before).toBeLessThan(40);
    }
    device.app.accounts.windowVisible(false);
    vi.restoreAllMocks();
    expect((await device.sync()).phase).toBe('idle');
  }, 30_000);

  it('forward ends the term for which the copy opens alone, and contact begins it anew', async () => {
    expect((await device.sync()).phase).toBe('idle');
    await device.app.ask('session', 'lock', {});
    device.goOnline(false);
    shift(40 * day);
    expect(await unlock()).toBe('offlineTermOver');
    // Set back again it has still been seen, and the copy stays closed until there is contact.
    shift(0);
    expect(await unlock()).toBe('offlineTermOver');
    device.goOnline(true);
    expect(await unlock()).toBeNull();
    expect((await device.sync()).phase).toBe('idle');
    await device.app.ask('session', 'lock', {});
    device.goOnline(false);
    shift(0);
    expect(await unlock()).toBeNull();
  }, 30_000);

  it('back does not prolong the term', async () => {
    expect((await device.sync()).phase).toBe('idle');
    const until = (await device.app.ask('sync', 'status', {})).offlineUntil;
    await device.app.ask('session', 'lock', {});
    device.goOnline(false);
    shift(-5 * year);
    expect(await unlock()).toBeNull();
    expect((await device.app.ask('sync', 'status', {})).offlineUntil).toBeLessThanOrEqual(until ?? 0);
  }, 30_000);
});
