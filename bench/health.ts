/**
 * The health of 50,000 passwords: a first run over all of them, a run after 500 of them changed, and
 * what the dialog asks for when nothing did. The peer of a run is the estimator as anybody would use
 * it: a sample of the same passwords through bare zxcvbn in one thread, scaled to as many as the run
 * looked at. It opens no record and seals no facts.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as commonLists } from '@zxcvbn-ts/language-common';
import { dictionary as englishLists } from '@zxcvbn-ts/language-en';
import { eventName } from '../contract/index.ts';
import { keepObjectsYoung } from '../main/desktop/heap.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../testing/hostile/smallorganisation.ts';
import { Application, type Crossing } from '../testing/integration/application.ts';
import { watchHolds, type Holds } from './first-sync.ts';
import { seededRandom } from './mirror-content.ts';
import { benchRow } from './table.ts';
import type { BenchRow } from './table.ts';

const healthChanged = eventName('healthChanged');
const recordCount = 50_000;
const changedCount = 500;
const sampleSize = 500;
const frameMs = 16.7;

interface Run extends Holds {
  readonly ms: number;
  readonly passwords: number;
}

const random = seededRandom(8);
const below = (limit: number): number => Math.floor(random() * limit);
const words =
  'summer office server backup printer dragon welcome moscow пароль сервер зима офис касса qwerty zaq12wsx admin'.split(
    ' ',
  );
const signs = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!@#$%&*-_+=';

/** What vaults hold: half made by a generator, the rest made up by people or used again. */
function password(): string {
  const kind = random();
  const word = words[below(words.length)] ?? '';
  if (kind < 0.5)
    return Array.from({ length: 14 + below(8) }, () => signs.charAt(below(signs.length))).join('');
  if (kind < 0.65) return `Shared-${String(below(300))}-${word}`;
  if (kind < 0.85) return `${word.charAt(0).toUpperCase()}${word.slice(1)}${String(1990 + below(36))}!`;
  return `${word}-${words[below(words.length)] ?? ''}-${String(below(10_000))}`;
}

async function fill(app: Application, vaultId: string, passwords: readonly string[]): Promise<void> {
  const path = join(app.folder, 'table.csv');
  const rows = passwords.map(
    (secret, at) =>
      `Host ${String(at)},user-${String(at % 900)},${secret},https://host-${String(at)}.example`,
  );
  writeFileSync(path, ['title,login,password,url', ...rows].join('\n'));
  const { token } = await app.ask('exchange', 'stage', { paths: [path] });
  const { table } = await app.ask('exchange', 'read', { token, format: null, password: null });
  if (table) await app.ask('exchange', 'mapColumns', { token, mapping: table.suggested });
  await app.ask('exchange', 'run', {
    ...{ token, to: { vaultId, folderId: null }, intoFolder: null },
    ...{ duplicates: 'both', formerPasswords: true },
  });
  rmSync(path);
}

/** Whether a message over the bridge says that a run has ended. */
function ended({ channel, payload }: Crossing): boolean {
  return channel === healthChanged && isDeepStrictEqual(payload, { running: null });
}

async function checkAll(app: Application): Promise<Run> {
  const { unjudged } = await app.ask('health', 'overview', {});
  const holds = watchHolds();
  const started = performance.now();
  const from = app.crossings.length;
  await app.ask('health', 'start', {});
  while (!app.crossings.slice(from).some(ended)) await pause(10);
  const ms = performance.now() - started;
  const held = holds();
  const after = await app.ask('health', 'overview', {});
  if (after.unjudged > 0 || after.failure !== null) throw new Error('the run did not get through');
  return { ms, passwords: unjudged, ...held };
}

async function change(app: Application, vaultId: string): Promise<void> {
  const { rows } = await app.ask('records', 'page', {
    ...{ scope: { kind: 'vault', vaultId }, sort: { by: 'name', descending: false } },
    ...{ offset: 0, limit: 200 },
  });
  const step = Math.floor(recordCount / changedCount);
  const ids = rows.map(({ id }) => id);
  while (ids.length < changedCount) {
    const { rows: more } = await app.ask('records', 'page', {
      ...{ scope: { kind: 'vault', vaultId }, sort: { by: 'name', descending: false } },
      ...{ offset: ids.length * step, limit: 100 },
    });
    ids.push(...more.map(({ id }) => id));
  }
  for (const recordId of ids.slice(0, changedCount)) {
    const value = Buffer.from(password(), 'utf8');
    await app.ask('editing', 'save', { recordId, fields: { password: { kind: 'set', value } } });
  }
}

/** Milliseconds that bare zxcvbn takes for one password. */
function bareEstimate(passwords: readonly string[]): number {
  const estimator = new ZxcvbnFactory({
    dictionary: { ...commonLists, ...englishLists },
    graphs: adjacencyGraphs,
  });
  estimator.check('warm up');
  const step = Math.max(1, Math.floor(passwords.length / sampleSize));
  const sample = passwords.filter((_, at) => at % step === 0);
  const started = performance.now();
  for (const secret of sample) estimator.check(secret);
  return (performance.now() - started) / sample.length;
}

/** What the dialog asks for when it opens: the counts and the first page of a list. */
async function opening(app: Application): Promise<number> {
  const started = performance.now();
  await app.ask('health', 'overview', {});
  await app.ask('health', 'page', { finding: 'weak', offset: 0, limit: 50 });
  return performance.now() - started;
}

/** Times of openings, and of openings each after a record changed. */
async function openings(
  app: Application,
  vaultId: string,
): Promise<{ ours: number[]; peers: number[]; held: Holds }> {
  const { rows } = await app.ask('records', 'page', {
    ...{ scope: { kind: 'vault', vaultId }, sort: { by: 'name', descending: false } },
    ...{ offset: 1000, limit: 12 },
  });
  await opening(app);
  const [ours, peers]: [number[], number[]] = [[], []];
  for (const _ of rows) ours.push(await opening(app));
  const holds = watchHolds();
  for (const { id } of rows) {
    await app.ask('editing', 'setFavourite', { recordIds: [id], favourite: true });
    peers.push(await opening(app));
  }
  return { ours, peers, held: holds() };
}

function holdRow(name: string, held: Holds): BenchRow {
  return benchRow({
    name: `${name}: longest turn of the main thread, processor time (by the clock ${held.longest.toFixed(1)} ms)`,
    ...{ unit: 'ms', better: 'less', ours: [held.longestWork], peer: 'one frame', peers: [frameMs] },
    ...{ target: 'within one frame', met: (median) => median <= frameMs },
  });
}

function runRow(name: string, { ms, passwords }: Run, bareMs: number, underMs: number): BenchRow {
  return benchRow({
    ...{ name, unit: 'ms', better: 'less', ours: [ms] },
    ...{ peer: 'bare zxcvbn, one thread', peers: [bareMs * passwords] },
    ...{ target: `under ${String(underMs / 1000)} s`, met: (median) => median < underMs },
  });
}

export async function run(): Promise<BenchRow[]> {
  keepObjectsYoung();
  const server = await startOwnServer();
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-health-'));
  const app = new Application(folder);
  try {
    const { servers } = await buildSmallOrganisation(server);
    await app.enrol(server.url, anna);
    // What is measured needs no network, and nothing shall be sent meanwhile.
    await server.close();
    const passwords = Array.from({ length: recordCount }, password);
    await fill(app, servers.id, passwords);
    const first = await checkAll(app);
    await change(app, servers.id);
    const later = await checkAll(app);
    const { ours, peers, held } = await openings(app, servers.id);
    // At the end: what its dictionaries leave to be collected is no hold of a run.
    const bareMs = bareEstimate(passwords);
    const many = recordCount.toLocaleString('en');
    return [
      runRow(`health: first run, ${many} records`, first, bareMs, 4000),
      holdRow('health: first run', first),
      runRow(`health: after ${String(changedCount)} of ${many} changed`, later, bareMs, 1000),
      holdRow(`health: after ${String(changedCount)} changed`, later),
      benchRow({
        ...{ name: 'health: counts and first page, nothing changed', unit: 'ms', better: 'less', ours },
        ...{
          peer: 'after a change',
          peers,
          target: 'p95 < 16 ms',
          met: (_median, _ratio, slow) => slow < 16,
        },
      }),
      holdRow('health: counts and first page after a change', held),
    ];
  } finally {
    await app.close();
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}
