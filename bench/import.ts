/**
 * An import of 50,000 rows from a table: read, rehearsed and written into the mirror and its outbox,
 * by the use case itself in an unlocked account. The peer is what nobody can skip: making a record
 * key, wrapping it and sealing one password. Beside it stands how long the window was kept waiting.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ImportPlan } from '../contract/exchange.ts';
import { generateRecordKey, sealEnvelope, wipe } from '../main/keychain/index.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../testing/hostile/smallorganisation.ts';
import { Application } from '../testing/integration/application.ts';
import { benchRow } from './table.ts';
import type { BenchRow } from './table.ts';

const importedRows = 50_000;
/** One frame of a window that is drawn sixty times a second. */
const frameMs = 16.7;

interface ImportFigures {
  readonly readMs: number;
  readonly rehearseMs: number;
  readonly importMs: number;
  /** Stretches in which the main thread answered nobody, in milliseconds. */
  readonly blocked: { readonly rehearsal: Blocked; readonly run: Blocked };
}

interface Blocked {
  readonly typical: number;
  readonly slow: number;
  readonly longest: number;
}

export async function run(): Promise<BenchRow[]> {
  const server = await startOwnServer();
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-import-'));
  const app = new Application();
  try {
    const { servers } = await buildSmallOrganisation(server);
    await app.enrol(server.url, anna);
    // What is measured is the import; sending it is another benchmark.
    await server.close();
    const path = join(folder, 'table.csv');
    writeFileSync(path, tableText());
    const figures = await importTable(app, servers.id, path);
    return rowsOf(figures, sealAll());
  } finally {
    await app.close();
    await server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function importTable(app: Application, vaultId: string, path: string): Promise<ImportFigures> {
  const { token } = await app.ask('exchange', 'stage', { paths: [path] });
  const readMs = await timed(async () => {
    const { table } = await app.ask('exchange', 'read', { token, format: null, password: null });
    if (table) await app.ask('exchange', 'mapColumns', { token, mapping: table.suggested });
  });
  const plan: ImportPlan = {
    ...{ token, to: { vaultId, folderId: null }, intoFolder: null },
    ...{ duplicates: 'both', formerPasswords: true },
  };
  let rehearsal: Blocked | null = null;
  const rehearseMs = await timed(async () => {
    rehearsal = await watched(() => app.ask('exchange', 'dryRun', plan));
  });
  let written: Blocked | null = null;
  const importMs = await timed(async () => {
    written = await watched(() => app.ask('exchange', 'run', plan));
  });
  if (rehearsal === null || written === null) throw new Error('nothing was measured');
  const { total } = await app.ask('records', 'page', {
    ...{ scope: { kind: 'vault', vaultId }, sort: { by: 'name', descending: false } },
    ...{ offset: 0, limit: 1 },
  });
  if (total < importedRows) throw new Error(`only ${total} records are there`);
  return { readMs, rehearseMs, importMs, blocked: { rehearsal, run: written } };
}

function tableText(): string {
  const rows = Array.from({ length: importedRows }, (_, at) => {
    const figure = String(at);
    return `Record ${figure},user-${figure},secret-${figure},https://host-${figure}.example,note,Folder ${String(at % 50)}`;
  });
  return ['title,login,password,url,notes,folder', ...rows].join('\n');
}

/** Milliseconds of the key work alone, without a mirror. */
function sealAll(): number {
  const started = performance.now();
  const vaultKey = generateRecordKey();
  for (let at = 0; at < importedRows; at += 1) {
    const key = generateRecordKey();
    sealEnvelope(key, vaultKey);
    sealEnvelope(Buffer.from(`secret-${String(at)}`), key);
    wipe(key);
  }
  return performance.now() - started;
}

/** How long the event loop stood still while something was done. */
async function watched(work: () => Promise<unknown>): Promise<Blocked> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  await work();
  delays.disable();
  const inMs = (nanoseconds: number): number => nanoseconds / 1e6;
  return {
    typical: inMs(delays.percentile(50)),
    slow: inMs(delays.percentile(99.9)),
    longest: inMs(delays.max),
  };
}

function rowsOf({ readMs, rehearseMs, importMs, blocked }: ImportFigures, peerMs: number): BenchRow[] {
  const whole = { unit: 'ms', better: 'less', peer: 'key work alone', peers: [peerMs] } as const;
  const held = { unit: 'ms', better: 'less', peer: 'one frame', peers: [frameMs] } as const;
  const stands = (name: string, { typical, slow, longest }: Blocked): BenchRow => ({
    ...benchRow({
      ...held,
      name: `${name}: window kept waiting, longest ${longest.toFixed(1)} ms`,
      ours: [typical],
      target: 'within one frame, 99.9 % of the time',
      met: () => slow <= frameMs,
    }),
    p95: slow,
  });
  return [
    benchRow({
      ...{ ...whole, name: 'import: read 50,000 rows of CSV', ours: [readMs] },
      ...{ target: 'under 10 s', met: (median) => median < 10_000 },
    }),
    benchRow({
      ...{ ...whole, name: 'import: rehearse 50,000 rows', ours: [rehearseMs] },
      ...{ target: 'under 10 s', met: (median) => median < 10_000 },
    }),
    benchRow({
      ...{ ...whole, name: 'import: write 50,000 rows', ours: [importMs] },
      ...{ target: 'under 120 s', met: (median) => median < 120_000 },
    }),
    stands('import: rehearse', blocked.rehearsal),
    stands('import: write', blocked.run),
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
