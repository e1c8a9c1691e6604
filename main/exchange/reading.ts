/** From a file to its tree: which format it is, and the reader for it. */
import type { CsvMapping, CsvPreview, ImportFormat } from '../../contract/exchange.ts';
import { readBitwarden } from './bitwarden.ts';
import { previewOf, readTable, suggestedMapping } from './csv.ts';
import { browserOf } from './csvnames.ts';
import { readKdbx, readKeepassXml } from './keepass.ts';
import { readOnePux } from './onepux.ts';
import { readJsonTree } from './passworkjson.ts';
import { tableOf } from './table.ts';
import type { Table } from './table.ts';
import { textOf } from './text.ts';
import { importLimits, refusedImport } from './tree.ts';
import type { ImportedTree } from './tree.ts';

export interface ReadRequest {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Null: told from the contents. */
  readonly format: ImportFormat | null;
  /** UTF-8; the caller wipes it. */
  readonly password: Uint8Array | null;
  readonly keyFile: Uint8Array<ArrayBuffer> | null;
}

/** A tree, or a table whose columns somebody has to name first. */
export type ReadAnswer =
  | { readonly kind: 'tree'; readonly tree: ImportedTree }
  | { readonly kind: 'table'; readonly table: Table; readonly preview: CsvPreview };

/** Throws `importRefused` with its reason, and nothing else for whatever bytes there are. */
export async function readImport(request: ReadRequest): Promise<ReadAnswer> {
  const { bytes, password, keyFile } = request;
  if (bytes.length > importLimits.fileBytes) throw refusedImport('tooLarge');
  const format = request.format ?? formatOf(bytes);
  switch (format) {
    case 'kdbx':
      return asTree(await readKdbx(bytes, { password, keyFile }));
    case 'keepassXml':
      return asTree(await readKeepassXml(bytes));
    case 'bitwarden':
      return asTree(await readBitwarden(bytes, password));
    case 'onePux':
      return asTree(await readOnePux(bytes));
    case 'passworkJson':
    case 'strongroomJson':
      return asTree(readJsonTree(bytes));
    case 'csv':
    case 'chromeCsv':
    case 'firefoxCsv':
      return readAnyTable(bytes);
  }
}

const asTree = (tree: ImportedTree): ReadAnswer => ({ kind: 'tree', tree });

/** The browsers' tables need no naming of columns. */
function readAnyTable(bytes: Uint8Array): ReadAnswer {
  const table = tableOf(bytes);
  const browser = browserOf(table.rows[0] ?? []);
  if (browser !== null) return asTree(readTable(table, suggestedMapping(table), browser));
  return { kind: 'table', table, preview: previewOf(table) };
}

/** The tree of a table once its columns are named. */
export function readMapped(table: Table, mapping: CsvMapping): ImportedTree {
  return readTable(table, mapping);
}

/** Told by the first bytes and, for text, by what stands in it; never by the file's name. */
export function formatOf(bytes: Uint8Array): ImportFormat {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('hex');
  if (start.startsWith('03d9a29a67fb4bb5')) return 'kdbx';
  if (start.startsWith('504b0304')) return 'onePux';
  if (bytes.length === 0) throw refusedImport('damaged');
  const text = textOf(bytes);
  const head = text.slice(0, 65_536).trimStart();
  if (head.startsWith('<')) {
    if (head.includes('<KeePassFile')) return 'keepassXml';
    throw refusedImport('unknownFormat');
  }
  if (head.startsWith('{')) return jsonFormat(text);
  if (/[,;\t|]/u.test(head)) return 'csv';
  throw refusedImport('unknownFormat');
}

function jsonFormat(text: string): ImportFormat {
  if (/"strongroom"\s*:/u.test(text.slice(0, 200))) return 'strongroomJson';
  const isBitwarden = /"encrypted"\s*:/u.test(text.slice(0, 2000)) || /"items"\s*:\s*\[/u.test(text);
  return isBitwarden ? 'bitwarden' : 'passworkJson';
}
