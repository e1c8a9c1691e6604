/**
 * The right to work without contact, through the real door: the server's policy reaches the
 * device, ends its term, seals it, and hears at the next contact what was read meanwhile.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { LyingProxy } from '../hostile/proxy.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { annasSecret } from './accountstage.ts';
import { Application } from './application.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let line: LyingProxy;
const app = new Application();
let accountId: string;
const day = 24 * 60 * 60 * 1000;

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  line = await LyingProxy.start(server.url);
  accountId = await app.enrol(line.url, anna);
});

afterAll(async () => {
  await app.close();
  await line.close();
  await server.end();
});

/** What is open reads the clock it was opened under, so the next test opens it anew. */
afterEach(async () => {
  vi.useRealTimers();
  line.tell(null);
  await app.ask('session', 'lock', {});
});

const breakLine = (): void => line.tell((_answer, response) => (response.destroy(), null));

async function policy(allowed: boolean, days: number): Promise<void> {
  await organisation.anna.http.send('POST', '/organisation/offline-policy', { allowed, days });
  if (!app.accounts.isUnlocked()) await app.unlock(accountId, annasSecret);
  await app.synced();
  await app.ask('session', 'lock', {});
}

/** Moves the clock of this device; timers go on as they are. */
const later = (ms: number): void => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
};

const unlock = (): Promise<string | null> =>
  app.refusal('session', 'unlock', { accountId, secret: Buffer.from(annasSecret) });

describe('a term of days', () => {
  it('is shown, and ends: the copy stays sealed until the server was reached once', async () => {
    await policy(true, 7);
    breakLine();
    expect(await unlock()).toBeNull();
    const { offlineUntil } = await app.ask('sync', 'status', {});
    expect(Math.abs((offlineUntil ?? 0) - Date.now() - 7 * day)).toBeLessThan(day / 2);
    await app.ask('session', 'lock', {});
    later(6.9 * day);
    expect(await unlock()).toBeNull();
    await app.ask('session', 'lock', {});
    later(0.2 * day);
    expect(await unlock()).toBe('offlineTermOver');
    expect(app.accounts.isUnlocked()).toBe(false);
    line.tell(null);
    expect(await unlock()).toBeNull();
    expect(await app.ids()).not.toEqual([]);
  });

  it('is not prolonged by a clock that is set back', async () => {
    await policy(true, 7);
    breakLine();
    later(8 * day);
    expect(await unlock()).toBe('offlineTermOver');
    vi.useRealTimers();
    expect(await unlock()).toBe('offlineTermOver');
    line.tell(null);
    expect(await unlock()).toBeNull();
  });

  it('seals what is open when it ends', async () => {
    await policy(true, 7);
    breakLine();
    expect(await unlock()).toBeNull();
    later(8 * day);
    await app.synced();
    await vi.waitFor(
      () => {
        const last = app.told('sessionChanged').at(-1);
        expect(last).toMatchObject({ unlocked: false, lockReason: 'offlineTermOver' });
      },
      { timeout: 10_000 },
    );
    line.tell(null);
    vi.useRealTimers();
    expect(await unlock()).toBeNull();
  });
});

describe('work without contact that is not allowed', () => {
  it('needs the server at every unlock, and forgives a short break', async () => {
    await policy(false, 30);
    breakLine();
    expect(await unlock()).toBe('offlineForbidden');
    line.tell(null);
    expect(await unlock()).toBeNull();
    breakLine();
    later(60_000);
    await app.synced();
    expect(app.accounts.isUnlocked()).toBe(true);
    later(5 * 60_000);
    await app.synced();
    await vi.waitFor(() => expect(app.accounts.isUnlocked()).toBe(false), { timeout: 10_000 });
    line.tell(null);
    vi.useRealTimers();
    await policy(true, 30);
  });
});

describe('secrets read without contact', () => {
  it('are told to the activity log at the next one, each once and without the secret', async () => {
    if (!app.accounts.isUnlocked()) await app.unlock(accountId, annasSecret);
    await app.synced();
    breakLine();
    await app.synced();
    const { rows } = await app.ask('records', 'search', { query: 'Wi-Fi', scope: null, offset: 0, limit: 5 });
    const recordId = rows[0]?.id ?? '';
    await app.ask('records', 'revealField', { recordId, field: { kind: 'password' } });
    await app.ask('records', 'copyPassword', { recordId });
    line.tell(null);
    await app.synced();
    await app.synced();
    const log = await organisation.anna.http.send<{ items: unknown[] }>('GET', '/activity?limit=50');
    const views = log.items.filter((entry) => JSON.stringify(entry).includes('item_viewed'));
    expect(views).toHaveLength(2);
    expect(JSON.stringify(log)).not.toContain('gäste');
    expect(JSON.stringify(views)).toContain(recordId);
  });
});
