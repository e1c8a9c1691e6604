/**
 * `npm run bench [-- NAME …]`: runs the benchmarks one after another, prints one table with the
 * ratio to each peer, and writes bench/results/<name>.json. Exits with 0 whether targets are met
 * or not: a figure is for reading, and a busy machine is no fault of the code.
 */
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { printTable, writeResults } from './table.ts';
import type { BenchRow } from './table.ts';

const benches: Readonly<Record<string, () => Promise<{ run: () => Promise<BenchRow[]> }>>> = {
  fields: () => import('./keychain-fields.ts'),
  search: () => import('./mirror-search.ts'),
  finding: () => import('./finding.ts'),
  quick: () => import('./quick-access.ts'),
  open: () => import('./mirror-open.ts'),
  attachments: () => import('./attachments.ts'),
  import: () => import('./import.ts'),
  health: () => import('./health.ts'),
  journeys: () => import('./journeys.ts'),
  'server-scale': () => import('./server-scale.ts'),
};

const machine = {
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  processor: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryMiB: Math.round(totalmem() / 2 ** 20),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(
    `There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}.`,
  );
  process.exitCode = 1;
} else {
  const all: BenchRow[] = [];
  for (const [name, load] of Object.entries(benches)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.error(`running ${name} …`);
    const rows = await (await load()).run();
    writeResults(join(import.meta.dirname, 'results', `${name}.json`), rows, machine);
    all.push(...rows);
  }
  console.log(printTable(all));
}
