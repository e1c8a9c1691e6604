/** Runs over the health of passwords that end in the middle: by hand, and by a lock. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventName } from '../../contract/index.ts';
import type { HealthOverview, HealthProgress } from '../../contract/health.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer } from '../hostile/smallorganisation.ts';
import { annasSecret } from './accountstage.ts';
import { Application } from './application.ts';

/** Several portions of a run. */
const recordCount = 800;
const patience = { timeout: 60_000, interval: 1 };
const told = eventName('healthChanged');

let server: OwnServer;
const app = new Application();

/** What was told of a run since a place in the list of messages; null is its end. */
function progressSince(from: number): (HealthProgress | null)[] {
  return app.crossings
    .slice(from)
    .flatMap(({ channel, payload }) =>
      channel === told ? [(payload as { running: HealthProgress | null }).running] : [],
    );
}

async function startUntilSomeIsDone(): Promise<number> {
  const from = app.crossings.length;
  await app.ask('health', 'start', {});
  await vi.waitFor(() => {
    expect(progressSince(from).some((progress) => (progress?.done ?? 0) > 0)).toBe(true);
  }, patience);
  return from;
}

async function ended(from: number): Promise<HealthOverview> {
  await vi.waitFor(() => expect(progressSince(from).at(-1)).toBeNull(), patience);
  return app.ask('health', 'overview', {});
}

async function startOver(): Promise<void> {
  app.accounts.current().mirror.health.forget();
  expect((await app.ask('health', 'overview', {})).unjudged).toBeGreaterThanOrEqual(recordCount);
}

beforeAll(async () => {
  server = await startOwnServer();
  const { servers } = await buildSmallOrganisation(server);
  await app.enrol(server.url, anna);
  const path = join(app.folder, 'table.csv');
  const rows = Array.from({ length: recordCount }, (_, at) => `Host ${at},user-${at},summer-${at % 500}-Дом`);
  writeFileSync(path, ['title,login,password', ...rows].join('\n'));
  const { token } = await app.ask('exchange', 'stage', { paths: [path] });
  const { table } = await app.ask('exchange', 'read', { token, format: null, password: null });
  if (table) await app.ask('exchange', 'mapColumns', { token, mapping: table.suggested });
  await app.ask('exchange', 'run', {
    ...{ token, to: { vaultId: servers.id, folderId: null }, intoFolder: null },
    ...{ duplicates: 'both', formerPasswords: true },
  });
}, 60_000);

afterAll(async () => {
  await app.close();
  await server.end();
});

it('keeps what a cancelled run found, and the next run does only the rest', async () => {
  const { unjudged: total } = await app.ask('health', 'overview', {});
  const from = await startUntilSomeIsDone();
  await app.ask('health', 'cancel', {});
  const after = await ended(from);
  expect(after).toMatchObject({ running: null, failure: null });
  expect(after.judged).toBeGreaterThan(0);
  expect(after.unjudged).toBeGreaterThan(0);
  expect(after.judged + after.unjudged).toBe(total);

  const again = app.crossings.length;
  await app.ask('health', 'start', {});
  expect(await ended(again)).toMatchObject({ judged: total, unjudged: 0, failure: null });
  expect(progressSince(again).find((progress) => progress !== null)?.total).toBe(after.unjudged);
  expect(app.incidents).toEqual([]);
}, 120_000);

it('ends with a lock, and after it knows what was found until then', async () => {
  await startOver();
  const { unjudged: total } = await app.ask('health', 'overview', {});
  const from = await startUntilSomeIsDone();
  await app.ask('session', 'lock', {});
  await app.health.clear();
  const until = progressSince(from).length;
  expect(await app.call('health', 'overview', {})).toMatchObject({ ok: false, error: { code: 'locked' } });
  const accountId = (await app.ask('accounts', 'list', {})).accounts[0]?.id ?? '';
  await app.unlock(accountId, annasSecret);
  const after = await app.ask('health', 'overview', {});
  expect(after).toMatchObject({ running: null, failure: null });
  expect(after.judged).toBeGreaterThan(0);
  expect(after.judged + after.unjudged).toBe(total);
  expect(after.unjudged).toBeGreaterThan(0);
  expect(progressSince(from)).toHaveLength(until);

  const again = app.crossings.length;
  await app.ask('health', 'start', {});
  expect(await ended(again)).toMatchObject({ judged: total, unjudged: 0, failure: null });
  expect(app.incidents).toEqual([]);
}, 120_000);
