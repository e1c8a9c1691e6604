/**
 * Editing without a network and what comes after it: how long one save takes in a large mirror,
 * and how 5,000 of them reach the server when it is back.
 *
 * The peer of a save is the transaction that nobody can skip: one row, durable. The peer of the
 * drain is the server: the same requests from a client that keeps nothing. The server runs in a
 * process of its own.
 */
import { httpClient, inParallel, signIn } from '../testing/organisation/index.ts';
import type { LargeVaults } from '../testing/organisation/index.ts';
import { Editing } from '../main/vaults/index.ts';
import type { Bench } from './application.ts';
import { watchHolds } from './first-sync.ts';
import { benchRow } from './table.ts';
import type { BenchRow } from './table.ts';

const edits = 5000;
/** As many as the outbox has on their way at the same time. */
const atOnce = 4;
const window = { scope: { kind: 'all' }, sort: { by: 'name', descending: false }, limit: 200 } as const;

function someRecords(bench: Bench): string[] {
  const ids: string[] = [];
  while (ids.length < edits) {
    const { rows } = bench.records.page({ ...window, offset: ids.length });
    ids.push(...rows.map(({ id }) => id));
    if (rows.length === 0) throw new Error('there are too few records');
  }
  return ids.slice(0, edits);
}

/** Saves with nothing planned, as without a network; the window gets its turns in between. */
async function saveAll(bench: Bench, ids: readonly string[]): Promise<{ ours: number[]; peers: number[] }> {
  const editing = new Editing({ current: () => bench.accounts.current() });
  const { mirror } = bench.accounts.current();
  const [ours, peers]: [number[], number[]] = [[], []];
  for (const [index, id] of ids.entries()) {
    let started = performance.now();
    editing.save(id, { description: `changed without a network, ${String(index)}` });
    ours.push(performance.now() - started);
    started = performance.now();
    mirror.durable(() => mirror.syncState.set('bench', String(index)));
    peers.push(performance.now() - started);
    if (index % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { ours, peers };
}

/** The same changes by requests alone. */
async function bareRequests(url: string, large: LargeVaults, ids: readonly string[]): Promise<number> {
  const { http } = await signIn(httpClient(url), large.owner);
  const started = performance.now();
  await inParallel(ids, atOnce, (id) => http.send('PATCH', `/items/${id}`, { description: 'bare request' }));
  return performance.now() - started;
}

/** Rows of one run: the saves, the drain, and how long it held the main thread. */
export async function editsAndDrain(bench: Bench, url: string, large: LargeVaults): Promise<BenchRow[]> {
  const ids = someRecords(bench);
  const bare = await bareRequests(url, large, ids);
  const account = bench.accounts.current();
  await account.synchroniser.start();
  bench.accounts.windowVisible(false);
  const saves = await saveAll(bench, ids);
  const holds = watchHolds();
  const started = performance.now();
  for (let round = 0; account.synchroniser.status().waiting > 0; round += 1) {
    if (round === 20) throw new Error('the outbox does not empty');
    await account.synchroniser.start();
  }
  const drain = performance.now() - started;
  const held = holds();
  const all = { unit: 'ms', better: 'less' } as const;
  return [
    benchRow({
      ...all,
      name: 'offline save of one record, durable',
      ...saves,
      peer: 'one durable row',
      target: 'p95 < 10 ms',
      met: (_median, _ratio, slow) => slow < 10,
    }),
    benchRow({
      ...all,
      name: `drain of ${edits.toLocaleString('en')} offline edits`,
      ours: [drain],
      peer: 'the requests alone',
      peers: [bare],
      target: 'less than 3 times the requests',
      met: (_median, ratio) => ratio > 1 / 3,
    }),
    benchRow({
      ...all,
      name: 'drain, longest hold of the main thread',
      ours: [held.longest],
      peer: 'its p99',
      peers: [held.p99],
      target: '<= 16 ms',
      met: (median) => median <= 16,
    }),
  ];
}
