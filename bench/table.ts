/**
 * Rows of the benchmark tables. A figure is never judged alone: it stands beside its peer,
 * measured in the same run on the same machine, and the ratio is what is quoted.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface BenchRow {
  readonly name: string;
  readonly median: number;
  /** The slow end: 95th percentile of times, 5th of rates. */
  readonly p95: number;
  readonly unit: string;
  readonly peer: string;
  readonly peerMedian: number;
  /** How many times better than the peer; below 1 is worse. */
  readonly ratio: number;
  readonly target: string;
  readonly met: boolean;
}

export interface Samples {
  readonly name: string;
  readonly unit: string;
  /** Whether a larger figure is the better one. */
  readonly better: 'more' | 'less';
  readonly ours: readonly number[];
  readonly peer: string;
  readonly peers: readonly number[];
  readonly target: string;
  /** Judges the target by median, ratio and slow end. */
  readonly met: (median: number, ratio: number, slowEnd: number) => boolean;
}

/** The value below which the given share (0 to 1) of the samples lies; nearest rank. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

/** Boils samples down to a row. */
export function benchRow(samples: Samples): BenchRow {
  const median = percentile(samples.ours, 0.5);
  const slowEnd = percentile(samples.ours, samples.better === 'more' ? 0.05 : 0.95);
  const peerMedian = percentile(samples.peers, 0.5);
  const ratio = samples.better === 'more' ? median / peerMedian : peerMedian / median;
  return {
    name: samples.name,
    median,
    p95: slowEnd,
    unit: samples.unit,
    peer: samples.peer,
    peerMedian,
    ratio,
    target: samples.target,
    met: samples.met(median, ratio, slowEnd),
  };
}

function figure(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 3;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

/** Plain text with aligned columns. */
export function printTable(rows: readonly BenchRow[]): string {
  const lines = [
    ['what', 'median', 'slow end', 'unit', 'peer', 'peer median', 'ratio', 'target', ''],
    ...rows.map((row) => [
      row.name,
      figure(row.median),
      figure(row.p95),
      row.unit,
      row.peer,
      figure(row.peerMedian),
      `${figure(row.ratio)}x`,
      row.target,
      row.met ? 'met' : 'MISSED',
    ]),
  ];
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Writes the rows with the facts of the machine beside them. */
export function writeResults(
  file: string,
  rows: readonly BenchRow[],
  machine: Readonly<Record<string, string | number>>,
): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ at: new Date().toISOString(), machine, rows }, null, 2) + '\n');
}
