/**
 * Whole journeys through the use cases, with a real server in a process of its own: first syncs
 * of 50,000 records, a sync with nothing changed, unlock to the first page, one reveal, and 5,000
 * edits made offline on their way to the server.
 *
 * The peer of a sync is the server itself. The peer of an unlock is the key derivation that
 * nobody can skip.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPasswordSlot } from '../main/custody/index.ts';
import { keepObjectsYoung } from '../main/desktop/heap.ts';
import { buildLargeVaults, httpClient, signIn } from '../testing/organisation/index.ts';
import type { LargeVaults } from '../testing/organisation/index.ts';
import { Bench, firstPage, startServer } from './application.ts';
import { editsAndDrain } from './drain.ts';
import { fetchOnly, firstSync, firstSyncRows } from './first-sync.ts';
import type { Fetching, FirstSync } from './first-sync.ts';
import { benchRow } from './table.ts';
import type { BenchRow } from './table.ts';

const recordCount = 50_000;
const vaultCount = 40;
const firstSyncs = 3;

/** The whole of a sync in which there is nothing to do, against the bare exchange with the server. */
async function unchangedSync(bench: Bench, url: string, large: LargeVaults): Promise<BenchRow> {
  const { http } = await signIn(httpClient(url), large.owner);
  const { cursor } = await http.send<{ cursor: string }>('GET', '/changes');
  const ours: number[] = [];
  const peers: number[] = [];
  for (let round = 0; round < 20; round++) {
    let started = performance.now();
    const synced = bench.synced();
    await bench.accounts.current().synchroniser.start();
    await synced;
    ours.push(performance.now() - started);
    started = performance.now();
    await http.send('GET', `/changes?since=${cursor}`);
    peers.push(performance.now() - started);
  }
  return benchRow({
    name: 'sync with nothing changed, by the change feed',
    unit: 'ms',
    better: 'less',
    ours,
    peer: 'one request',
    peers,
    target: '< 50 ms',
    met: (median) => median < 50,
  });
}

/** Lock and unlock again; what a person waits for between Enter and the list. */
async function unlockToFirstPage(bench: Bench, secret: string): Promise<BenchRow> {
  const accountId = bench.accounts.current().id;
  const [slot] = bench.profiles.read(accountId).slots;
  if (!slot) throw new Error('the profile has no slot');
  const ours: number[] = [];
  const peers: number[] = [];
  for (let round = 0; round < 12; round++) {
    await bench.accounts.lock('hand');
    let started = performance.now();
    (await openPasswordSlot(slot, Buffer.from(secret))).dispose();
    peers.push(performance.now() - started);
    started = performance.now();
    await bench.accounts.unlock(accountId, Buffer.from(secret));
    bench.tree.overview();
    if (bench.records.page(firstPage).rows.length !== firstPage.limit)
      throw new Error('the first page is short');
    ours.push(performance.now() - started);
  }
  return benchRow({
    name: `unlock to first page, ${recordCount.toLocaleString('en')} records, ${String(vaultCount)} vaults`,
    unit: 'ms',
    better: 'less',
    ours,
    peer: 'Argon2id alone',
    peers,
    target: '400 / 600 ms p50/p95, painting not included',
    met: (median, _ratio, slow) => median < 400 && slow < 600,
  });
}

function reveals(bench: Bench): BenchRow {
  const { rows } = bench.records.page(firstPage);
  const ours = rows.map(({ id }) => {
    const started = performance.now();
    bench.records.reveal(id, { kind: 'password' });
    return performance.now() - started;
  });
  const peers = rows.map(({ id }) => {
    const started = performance.now();
    bench.records.stored(id);
    return performance.now() - started;
  });
  return benchRow({
    name: 'reveal one field, bridge not included',
    unit: 'ms',
    better: 'less',
    ours,
    peer: 'reading the row alone',
    peers,
    target: 'p95 < 5 ms',
    met: (_median, _ratio, slow) => slow < 5,
  });
}

export async function run(): Promise<BenchRow[]> {
  keepObjectsYoung();
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-bench-'));
  const server = await startServer(join(folder, 'data'));
  let bench = new Bench(join(folder, 'profile'));
  try {
    const large = await buildLargeVaults(server.url, server.setupToken, {
      records: recordCount,
      vaults: vaultCount,
    });
    const ours: FirstSync[] = [];
    const peers: Fetching[] = [];
    for (let round = 0; round < firstSyncs; round++) {
      await bench.accounts.lock('quit');
      bench = new Bench(join(folder, `profile-${String(round)}`));
      peers.push(await fetchOnly(server.url, large));
      ours.push(await firstSync(bench, server.url, large));
    }
    const rows = firstSyncRows(recordCount, ours, peers);
    rows.push(await unchangedSync(bench, server.url, large));
    rows.push(await unlockToFirstPage(bench, large.owner.masterPassword ?? ''), reveals(bench));
    rows.push(...(await editsAndDrain(bench, server.url, large)));
    return rows;
  } finally {
    await bench.accounts.lock('quit');
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
