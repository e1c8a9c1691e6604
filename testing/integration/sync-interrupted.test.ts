/** Lines that break, servers that are busy, tokens that end, a lock in the middle. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { enrol } from '../hostile/device.ts';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import { HostileStage } from '../hostile/stage.ts';

let stage: HostileStage;
beforeAll(async () => {
  stage = await HostileStage.open(['changes']);
});
afterAll(() => stage.close());
afterEach(() => stage.clear());

async function syncedContent(): Promise<unknown> {
  const other = stage.device();
  expect((await other.sync()).phase).toBe('idle');
  return other.content();
}

describe('a sync that is cut', () => {
  it.each(['request', 'body'] as const)(
    'at every %s in turn goes on where it was and ends the same',
    async (where) => {
      const whole = await syncedContent();
      let cuts = 0;
      for (let at = 0; ; at += 1) {
        const here = stage.device();
        stage.proxy.cutAt(at, where);
        const first = await here.sync();
        if (stage.proxy.cutPending) break;
        cuts += 1;
        expect(first).toMatchObject({
          phase: 'offline',
          problem: { code: 'unreachable', params: { reason: 'reset' } },
        });
        expect((await here.sync()).phase).toBe('idle');
        expect(here.content()).toEqual(whole);
      }
      stage.proxy.cutAt(null);
      expect(cuts).toBeGreaterThan(15);
    },
  );

  it('by locking stops and leaves a mirror that a later sync completes', async () => {
    const here = stage.device();
    const started = here.synchroniser.start();
    here.synchroniser.onStatus((status) => {
      if (status.stage === 'folders') void here.synchroniser.stop();
    });
    await started;
    expect(here.mirror.syncState.get('lastSyncedAt')).toBeNull();
    await expect(here.sync()).resolves.toMatchObject({ phase: 'never' });
  });
});

describe('the server is away', () => {
  it('or busy: the sync rests as offline and says why', async () => {
    // A session of its own: the last answer below makes it renew its tokens.
    const here = stage.device(await stage.enrol());
    stage.proxy.tell(() => ({ status: 503, json: {} }));
    expect(await here.sync()).toMatchObject({
      phase: 'offline',
      problem: { code: 'serverBusy', params: { status: 503 } },
    });
    stage.proxy.tell(null);
    expect((await here.sync()).phase).toBe('idle');
    stage.proxy.tell(() => ({ status: 401, json: { errors: [{ code: 'accessTokenExpired' }] } }));
    expect(await here.sync()).toMatchObject({ phase: 'stopped', problem: { code: 'signInAgain' } });
    stage.proxy.tell(null);
  });
});

describe('tokens that end in the middle', () => {
  it('are renewed once for all requests, and the sync goes on', async () => {
    let now = Date.now();
    const own = await startOwnServer({ clock: () => now });
    const through = await LyingProxy.start(own.url);
    try {
      await buildSmallOrganisation(own);
      const kept: string[] = [];
      const here = stage.device(await enrol(through.url, anna), {
        persistTokens: ({ refreshToken }) => kept.push(refreshToken),
      });
      let aged = false;
      through.tell(({ request }) => {
        if (request.path.startsWith('/api/v1/folders') && !aged) {
          aged = true;
          now += 10_001_000;
        }
        return undefined;
      });
      expect((await here.sync()).phase).toBe('idle');
      expect(through.requests.filter(({ path }) => path.endsWith('/sessions/refresh'))).toHaveLength(1);
      expect(kept).toHaveLength(1);
      now += 10_001_000;
      await here.sync();
      expect(kept).toHaveLength(2);
    } finally {
      await stage.clear();
      await through.close();
      await own.end();
    }
  });
});
