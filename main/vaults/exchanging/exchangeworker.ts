/**
 * Reads and writes files of other programs in a thread of its own: parsing them and deriving keys
 * takes seconds. The whole tree stays here; the main thread gets it in portions, and attachments
 * already encrypted.
 */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import type { ImportOutline } from '../../../contract/exchange.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { ReadAnswer, Table } from '../../exchange/index.ts';
import {
  importLimits,
  readImport,
  readMapped,
  refusedImport,
  writeCsv,
  writeJson,
  writeKdbx,
} from '../../exchange/index.ts';
import type { ImportedRecord, ImportedTree } from '../../exchange/index.ts';
import {
  asRecordKey,
  decodeAttachment,
  decodePlainAttachment,
  encodeAttachment,
  encodePlainAttachment,
  KeychainError,
  wipe,
} from '../../keychain/index.ts';
import type { WireAttachment } from '../../keychain/index.ts';
import type { ExchangeAnswer, ExchangeJob, JobOf, RecordPortion } from './exchangejobs.ts';

let tree: ImportedTree | null = null;
let table: Table | null = null;
const collected: ImportedRecord[] = [];

async function bounded(path: string, most: number): Promise<Uint8Array<ArrayBuffer>> {
  if ((await stat(path)).size > most) throw refusedImport('tooLarge');
  return Uint8Array.from(await readFile(path));
}

async function read({ path, keyFilePath, format, password }: JobOf<'read'>): Promise<ImportOutline> {
  const bytes = await bounded(path, importLimits.fileBytes);
  const keyFile = keyFilePath === null ? null : await bounded(keyFilePath, importLimits.keyFileBytes);
  try {
    return outlineOf(await readImport({ bytes, format, password, keyFile }));
  } finally {
    if (password) wipe(password);
    wipe(bytes);
  }
}

function outlineOf(answer: ReadAnswer): ImportOutline {
  if (answer.kind === 'table') {
    table = answer.table;
    tree = null;
    return { format: 'csv', records: 0, folders: 0, files: 0, table: answer.preview };
  }
  tree = answer.tree;
  const { format, folders, records: all } = tree;
  const records = all.filter(({ leave }) => leave === null);
  const paths = new Set([...folders, ...records.map(({ path }) => path)].map((path) => JSON.stringify(path)));
  paths.delete('[]');
  const files = records.reduce((sum, record) => sum + record.files.length, 0);
  return { format, records: all.length, folders: paths.size, files, table: null };
}

function mapColumns({ mapping }: JobOf<'mapColumns'>): ImportOutline {
  if (table === null) throw refusedImport('mappingMissing');
  const outline = outlineOf({ kind: 'tree', tree: readMapped(table, mapping) });
  return outline;
}

function mustHaveTree(): ImportedTree {
  if (tree === null) throw refusedImport('mappingMissing');
  return tree;
}

/** Records without the bytes of their files, whose sizes stand beside them. */
function take({ from, count }: JobOf<'take'>): RecordPortion {
  const { records, folders, left } = mustHaveTree();
  return {
    folders: from === 0 ? folders : [],
    left: from === 0 ? left : [],
    records: records.slice(from, from + count).map((record) => ({
      ...record,
      files: [],
      fileFacts: record.files.map(({ name, bytes }) => ({ name, size: bytes.length })),
    })),
  };
}

function seal({ record, file, recordKey }: JobOf<'seal'>): WireAttachment {
  const found = mustHaveTree().records[record]?.files[file];
  if (!found) throw new StrongroomError('noSuchField');
  if (recordKey === null) return encodePlainAttachment(found.bytes);
  const key = asRecordKey(Buffer.from(recordKey.buffer));
  try {
    return encodeAttachment(found.bytes, key);
  } finally {
    wipe(key);
  }
}

function collect({ record, files, recordKey }: JobOf<'collect'>): { missing: number } {
  const key = recordKey === null ? null : asRecordKey(Buffer.from(recordKey.buffer));
  let missing = 0;
  const opened = files.flatMap(({ name, wire }) => {
    try {
      const bytes = key === null ? decodePlainAttachment(wire) : decodeAttachment(wire, key);
      return [{ name, bytes: Uint8Array.from(bytes) }];
    } catch (error) {
      if (!(error instanceof KeychainError)) throw error;
      missing += 1;
      return [];
    }
  });
  if (key) wipe(key);
  collected.push({ ...record, files: opened });
  return { missing };
}

async function write({ path, format, password, name }: JobOf<'write'>): Promise<void> {
  const bytes = await written(format, password, name);
  try {
    await writeFile(path, bytes, { mode: 0o600 });
  } finally {
    wipe(bytes);
    if (password) wipe(password);
    collected.length = 0;
  }
}

async function written(
  format: JobOf<'write'>['format'],
  password: Uint8Array | null,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (format === 'csv') return writeCsv(collected);
  if (format === 'json') return writeJson(collected);
  if (password === null) throw refusedImport('passwordNeeded');
  return writeKdbx(collected, password, name);
}

async function run(job: ExchangeJob): Promise<unknown> {
  switch (job.kind) {
    case 'read':
      return read(job);
    case 'mapColumns':
      return mapColumns(job);
    case 'take':
      return take(job);
    case 'seal':
      return seal(job);
    case 'collect':
      return collect(job);
    case 'write':
      return write(job);
  }
}

/** Only a code leaves the thread: messages of parsers quote what they read. */
function refusalOf(error: unknown): Extract<ExchangeAnswer, { ok: false }> {
  if (error instanceof StrongroomError)
    return { ok: false, code: error.code, params: error.params, errno: '' };
  if (error instanceof KeychainError) return { ok: false, code: error.code, params: {}, errno: '' };
  const errno = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { ok: false, code: null, params: {}, errno };
}

parentPort?.on('message', (job: ExchangeJob) => {
  run(job)
    .then((value): ExchangeAnswer => ({ ok: true, value }), refusalOf)
    .then((answer) => parentPort?.postMessage(answer))
    .catch(() => process.exit(1));
});
