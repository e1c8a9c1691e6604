/**
 * Files on their way: one of 5 MiB in the form of the protocol, and one of 1 GiB in parts, each from
 * the disk through encryption, store and a real server (in a process of its own) back to the disk.
 *
 * The peer is the least that has to happen: the same bytes through a socket into another file. Memory
 * is what this process, threads included, holds more than before the file.
 */
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { randomFillSync } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateRecordKey } from '../main/keychain/index.ts';
import { AttachmentThread } from '../main/vaults/files/attachmentthread.ts';
import { FileDesk } from '../main/vaults/index.ts';
import { createVault, trialOrganisation, httpClient } from '../testing/organisation/index.ts';
import { createLedger } from '../testing/organisation/ledger.ts';
import { recordTrial } from '../testing/organisation/trialrecords.ts';
import { Bench, enrol, startServer } from './application.ts';
import { copyOverLoopback } from './plaincopy.ts';
import { benchRow } from './table.ts';
import type { BenchRow } from './table.ts';

const MiB = 1024 * 1024;
const small = 5 * MiB;
const large = 1024 * MiB;
const smallRounds = 8;
const workers = new URL('../main/vaults/files/', import.meta.url);
const workerFile = new URL('attachmentworker.ts', workers);

/** Milliseconds of each way, and the most memory above what was there before, in bytes. */
interface Journey {
  readonly encrypt: number;
  readonly upload: number;
  readonly download: number;
  readonly memory: number;
}

function randomFile(path: string, size: number): void {
  const piece = Buffer.alloc(Math.min(size, 8 * MiB));
  const file = openSync(path, 'w');
  for (let at = 0; at < size; at += piece.length) {
    randomFillSync(piece);
    writeSync(file, piece, 0, Math.min(piece.length, size - at));
  }
  closeSync(file);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Watches the memory of this process until it is asked what the most was. */
function watchMemory(): () => number {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = (): void => void (most = Math.max(most, process.memoryUsage.rss()));
  const timer = setInterval(look, 10);
  return () => {
    clearInterval(timer);
    look();
    return most - before;
  };
}

/** An application with one record to attach to, on a server of its own. */
class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'strongroom-bench-files-'));
  readonly bench = new Bench(join(this.folder, 'device'));
  readonly target = join(this.folder, 'saved');
  readonly desk: FileDesk;
  recordId = '';

  constructor() {
    const dialogs = {
      chooseFiles: async () => [],
      chooseTarget: async () => this.target,
      chooseFolder: async () => null,
    };
    this.desk = new FileDesk({
      current: () => this.bench.accounts.current(),
      records: this.bench.records,
      workers: {
        attachment: workerFile,
        part: new URL('partworker.ts', workers),
        preview: new URL('previewworker.ts', workers),
      },
      dialogs,
      draggedFolder: join(this.folder, 'dragged'),
      safeName: (name) => name,
      dragTold: () => true,
      startDrag: () => undefined,
      onProgress: () => undefined,
      onQueue: () => undefined,
      onOffline: () => undefined,
      onFault: (error) => {
        throw error;
      },
    });
  }

  async open(server: { readonly url: string; readonly setupToken: string }): Promise<void> {
    const { owner } = await trialOrganisation(
      { http: httpClient(server.url), setupToken: server.setupToken },
      'files',
      true,
    );
    const vault = await createVault(owner, 'Files', 'privateShared', createLedger());
    await recordTrial(owner).create(vault);
    await enrol(this.bench, server.url, { owner: owner.person });
    await this.synced();
    const [row] = this.bench.records.page({
      ...{ scope: { kind: 'all' }, sort: { by: 'name', descending: false }, offset: 0, limit: 1 },
    }).rows;
    if (row === undefined) throw new Error('there is no record');
    this.recordId = row.id;
  }

  async synced(): Promise<void> {
    const { synchroniser } = this.bench.accounts.current();
    await synchroniser.start();
    const { problem, waiting } = synchroniser.status();
    if (problem !== null || waiting > 0) throw new Error(`the sync stopped: ${problem?.code ?? 'waiting'}`);
  }

  /** One file there and back again. */
  async journey(path: string): Promise<Journey> {
    const { bench, recordId } = this;
    const { attachments } = this.desk;
    bench.accounts.windowVisible(false);
    const memory = watchMemory();
    const { files } = await attachments.stage([path]);
    let attachmentId = '';
    const encrypt = await timed(async () => {
      ({ attachmentId } = await attachments.add(recordId, files[0]?.token ?? ''));
    });
    const upload = await timed(() => this.synced());
    // A small file stays on the device; this one is to come from the server.
    const { mirror } = bench.accounts.current();
    mirror.records.setAttachmentLocal(recordId, attachmentId, { localFile: null, size: null });
    const download = await timed(() => attachments.saveAs(recordId, attachmentId));
    if (statSync(this.target).size !== statSync(path).size) throw new Error('the file came back otherwise');
    return { encrypt, upload, download, memory: memory() };
  }

  async close(): Promise<void> {
    await this.desk.clear();
    await this.bench.accounts.lock('quit');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const ways = ['encrypt', 'upload', 'download'] as const;
const names = {
  encrypt: 'encrypted and stored on the device',
  upload: 'sent to the server',
  download: 'fetched, judged and saved',
} as const;

function rowsOf(
  title: string,
  size: number,
  journeys: readonly Journey[],
  copies: readonly number[],
): BenchRow[] {
  const rate = (ms: number): number => size / MiB / (ms / 1000);
  const speeds = ways.map((way) =>
    benchRow({
      name: `${title}, ${names[way]}`,
      unit: 'MiB/s',
      better: 'more',
      ours: journeys.map((journey) => rate(journey[way])),
      peer: 'plain copy over loopback',
      peers: copies.map(rate),
      target: 'for reading',
      met: () => true,
    }),
  );
  const memory = journeys.map((journey) => journey.memory / MiB);
  return [...speeds, memoryRow(title, size, memory, size === large ? 143 : null)];
}

/** `most` in MiB; null where the figure is for reading. */
function memoryRow(title: string, size: number, ours: readonly number[], most: number | null): BenchRow {
  return benchRow({
    ...{ name: `${title}, most memory above before`, unit: 'MiB', better: 'less', ours },
    ...{ peer: 'the file itself', peers: [size / MiB] },
    target: most === null ? 'for reading' : `<= ${String(most)} MiB`,
    met: (_median, _ratio, slowEnd) => most === null || slowEnd <= most,
  });
}

/** Encryption alone, in its thread: what the other figures cannot go below. */
async function wireForm(stage: Stage): Promise<BenchRow[]> {
  const path = join(stage.folder, 'to-wire');
  const copy = join(stage.folder, 'copy');
  randomFile(path, small);
  const thread = new AttachmentThread(workerFile);
  const key = generateRecordKey();
  const { signal } = new AbortController();
  const [ours, peers]: [number[], number[]] = [[], []];
  await thread.encode(path, key, signal);
  const memory = watchMemory();
  for (let round = 0; round < smallRounds; round += 1) {
    ours.push(small / MiB / ((await timed(() => thread.encode(path, key, signal))) / 1000));
    peers.push(small / MiB / ((await copyOverLoopback(path, copy)) / 1000));
  }
  const most = memory() / MiB;
  await thread.close();
  const name = 'file of 5 MiB, to its wire form in the thread';
  const speed = benchRow({
    ...{ name, unit: 'MiB/s', better: 'more', ours },
    ...{ peer: 'plain copy over loopback', peers, target: '>= 60 MiB/s' },
    met: (median) => median >= 60,
  });
  return [speed, memoryRow(name, small, [most], 64)];
}

/** Measures one size. */
async function measure(
  stage: Stage,
  size: number,
  rounds: number,
): Promise<{ journeys: Journey[]; copies: number[] }> {
  const path = join(stage.folder, `file-${String(size)}`);
  const copy = join(stage.folder, 'copy');
  randomFile(path, size);
  const journeys: Journey[] = [];
  const copies: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    copies.push(await copyOverLoopback(path, copy));
    journeys.push(await stage.journey(path));
    rmSync(copy);
    rmSync(stage.target);
  }
  rmSync(path);
  return { journeys, copies };
}

/** The rows of both sizes. */
export async function run(): Promise<BenchRow[]> {
  const stage = new Stage();
  const server = await startServer(join(stage.folder, 'server'));
  try {
    await stage.open(server);
    // First, so that nothing that an earlier file left behind makes room for this one.
    const ofLarge = await measure(stage, large, 1);
    await measure(stage, small, 1);
    const ofSmall = await measure(stage, small, smallRounds);
    return [
      ...(await wireForm(stage)),
      ...rowsOf('file of 5 MiB', small, ofSmall.journeys, ofSmall.copies),
      ...rowsOf('file of 1 GiB in parts', large, ofLarge.journeys, ofLarge.copies),
    ];
  } finally {
    await stage.close();
    await server.stop();
  }
}
