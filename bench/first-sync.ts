/**
 * The first sync of a large account: its time, when the list can be used, and how long the main
 * thread is held by it.
 *
 * The peer is the server itself: the same listings fetched and thrown away, for its time as for
 * how long that holds the thread. Each sync goes into a new profile. How long the thread was held
 * is read from a histogram of delays of the event loop; a busy machine holds it as well, so of
 * the longest holds of several syncs the median counts, and the worst stands beside it. What the
 * thread itself worked between two turns is measured too: waiting for a disk is not in that
 * figure, and neither are the other programs of the machine.
 */
import { monitorEventLoopDelay, type ELDHistogram } from 'node:perf_hooks';
import { httpClient, signIn } from '../testing/organisation/index.ts';
import type { LargeVaults } from '../testing/organisation/index.ts';
import { enrol } from './application.ts';
import type { Bench } from './application.ts';
import { benchRow, percentile } from './table.ts';
import type { BenchRow } from './table.ts';

/** As many as a sync asks for at a time. */
const pageRows = 100;

export interface Holds {
  /** Milliseconds between the calls of a timer that wants to be called every one. */
  readonly longest: number;
  readonly p99: number;
  /** Milliseconds of processor time of this thread between two such calls, at most. */
  readonly longestWork: number;
}

/** Begins to measure; the returned function ends that. */
export function watchHolds(): () => Holds {
  const histogram: ELDHistogram = monitorEventLoopDelay({ resolution: 1 });
  let last = workedMs();
  let longestWork = 0;
  const look = setInterval(() => {
    const now = workedMs();
    longestWork = Math.max(longestWork, now - last);
    last = now;
  }, 1);
  histogram.enable();
  return () => {
    histogram.disable();
    clearInterval(look);
    return { longest: histogram.max / 1e6, p99: histogram.percentile(99) / 1e6, longestWork };
  };
}

function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

export interface Fetching extends Holds {
  readonly ms: number;
}

/** Fetches what a first sync fetches and keeps nothing: the server's own time. */
export async function fetchOnly(url: string, large: LargeVaults): Promise<Fetching> {
  const { http } = await signIn(httpClient(url), large.owner);
  const holds = watchHolds();
  const started = performance.now();
  for (const vaultId of large.vaultIds) {
    const perVault = large.records / large.vaultIds.length;
    for (let offset = 0; offset < perVault; offset += pageRows) {
      await http.send('GET', `/items?vaultId=${vaultId}&limit=${String(pageRows)}&offset=${String(offset)}`);
    }
  }
  return { ms: performance.now() - started, ...holds() };
}

export interface FirstSync extends Fetching {
  readonly usable: number;
}

/** Enrols and waits for the end of the sync that follows. */
export async function firstSync(bench: Bench, url: string, large: LargeVaults): Promise<FirstSync> {
  const started = performance.now();
  const synced = bench.synced();
  const usable = bench.usable().then(() => performance.now() - started);
  await enrol(bench, url, large);
  const holds = watchHolds();
  await synced;
  return { ms: performance.now() - started, usable: await usable, ...holds() };
}

/** The rows of several first syncs of so many records, each with its peer. */
export function firstSyncRows(
  records: number,
  ours: readonly FirstSync[],
  peers: readonly Fetching[],
): BenchRow[] {
  const all = { unit: 'ms', better: 'less' } as const;
  const serverMs = percentile(
    peers.map(({ ms }) => ms),
    0.5,
  );
  const wholeMs = ours.map(({ ms }) => ms);
  return [
    benchRow({
      ...all,
      name: `first sync, ${records.toLocaleString('en')} records, sign-in included`,
      ours: wholeMs,
      peer: 'fetching alone',
      peers: peers.map(({ ms }) => ms),
      target: "< 8,000 ms plus the server's time",
      met: (median) => median < 8000 + serverMs,
    }),
    benchRow({
      ...all,
      name: 'first sync, until the list is usable',
      ours: ours.map(({ usable }) => usable),
      peer: 'the whole sync',
      peers: wholeMs,
      target: 'first chunk',
      met: (_median, ratio) => ratio > 4,
    }),
    benchRow({
      ...all,
      name: 'first sync, longest hold of the main thread',
      ours: ours.map(({ longest }) => longest),
      peer: 'fetching alone',
      peers: peers.map(({ longest }) => longest),
      target: '<= 16 ms',
      met: (median) => median <= 16,
    }),
    benchRow({
      ...all,
      name: 'first sync, longest work of the main thread at a stretch',
      ours: ours.map(({ longestWork }) => longestWork),
      peer: 'fetching alone',
      peers: peers.map(({ longestWork }) => longestWork),
      target: '<= 16 ms',
      met: (median) => median <= 16,
    }),
    benchRow({
      ...all,
      name: 'first sync, p99 hold of the main thread',
      ours: ours.map(({ p99 }) => p99),
      peer: 'fetching alone',
      peers: peers.map(({ p99 }) => p99),
      target: '<= 16 ms',
      met: (median) => median <= 16,
    }),
  ];
}
