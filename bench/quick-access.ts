/**
 * Quick access in a mirror of 50,000 records: what is asked for between the key and the first
 * lines. The window itself is kept ready and only shown, so its
 * making is no part of it; painting is measured by nobody here. The peer is reading the same seven
 * records by their ids, which no way of finding them can do without.
 */
import type { Mirror } from '../main/mirror/index.ts';
import { temporaryMirror } from '../main/mirror/testmirror.ts';
import { quickRecords } from '../renderer/features/quick/limits.ts';
import { mirrorContent } from './mirror-content.ts';
import { benchRow, percentile } from './table.ts';
import type { BenchRow } from './table.ts';

const recordCount = 50_000;
const batch = 500;
const rounds = 100;
const usedRecords = 100;

function timed(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function recent(mirror: Mirror): readonly { readonly id: string }[] {
  const sort = { by: 'name', descending: false } as const;
  return mirror.records.page({ scope: { kind: 'recent' }, sort, offset: 0, limit: quickRecords }).rows;
}

function openingRow(mirror: Mirror): BenchRow {
  const ids = recent(mirror).map(({ id }) => id);
  if (ids.length !== quickRecords) throw new Error('the first lines are not all there');
  const ours: number[] = [];
  const peers: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(timed(() => recent(mirror)));
    peers.push(timed(() => ids.map((id) => mirror.records.get(id))));
  }
  return benchRow({
    name: `quick access, key to first results, ${recordCount.toLocaleString('en')} records, showing not included`,
    unit: 'ms',
    better: 'less',
    ours,
    peer: 'the same records by id',
    peers,
    target: 'p95 < 16 ms',
    met: () => percentile(ours, 0.95) < 16,
  });
}

export function run(): Promise<BenchRow[]> {
  using test = temporaryMirror();
  const { mirror } = test;
  const content = mirrorContent(recordCount);
  const records = [...content.records];
  mirror.transaction(() => {
    for (const vault of content.vaults) mirror.vaults.upsert(vault);
  });
  for (let at = 0; at < records.length; at += batch) mirror.records.upsertMany(records.slice(at, at + batch));
  records.slice(0, usedRecords).forEach(({ id }, index) => {
    mirror.recents.touch(id, index);
  });
  return Promise.resolve([openingRow(mirror)]);
}
