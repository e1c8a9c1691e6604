/**
 * What every reader gives: the contents of another program's file in one common form, before
 * anything is encrypted or written. A reader is a function from bytes to this tree and knows
 * nothing of vaults.
 */
import { StrongroomError } from '../../contract/errors.ts';
import type { ImportFormat, ImportReason, ImportWarning } from '../../contract/exchange.ts';

export interface ImportedCustom {
  readonly label: string;
  readonly type: 'text' | 'password' | 'totp';
  readonly value: string;
}

export interface ImportedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A password that the record had before; `at` in milliseconds, null where the file does not say. */
export interface FormerPassword {
  readonly password: string;
  readonly at: number | null;
}

export interface ImportedRecord {
  /** Names of the folders it lies in, outermost first. */
  readonly path: readonly string[];
  readonly name: string;
  readonly login: string;
  readonly password: string;
  readonly urls: readonly string[];
  readonly description: string;
  readonly tags: readonly string[];
  /** Number in the protocol's palette, 0 for none. */
  readonly color: number;
  readonly favourite: boolean;
  readonly customs: readonly ImportedCustom[];
  readonly files: readonly ImportedFile[];
  readonly former: readonly FormerPassword[];
  /** What the file held of this record and could not be taken over. */
  readonly warnings: readonly ImportWarning[];
  /** Why it is not to be taken over at all, though it stands in the file. */
  readonly leave: ImportWarning | null;
}

/** Something of a file that belongs to no record and was not taken over. */
export interface LeftThing {
  readonly name: string;
  readonly warning: ImportWarning;
}

export interface ImportedTree {
  readonly format: ImportFormat;
  /** Every folder by its path, empty ones too; parents need not be named. */
  readonly folders: readonly (readonly string[])[];
  readonly records: readonly ImportedRecord[];
  readonly left: readonly LeftThing[];
}

const emptyRecord: ImportedRecord = {
  path: [],
  name: '',
  login: '',
  password: '',
  urls: [],
  description: '',
  tags: [],
  color: 0,
  favourite: false,
  customs: [],
  files: [],
  former: [],
  warnings: [],
  leave: null,
};

/** A record with what the file says of it and nothing else. */
export function importedRecord(known: Partial<ImportedRecord>): ImportedRecord {
  return { ...emptyRecord, ...known };
}

/** The one failure of reading: nothing was changed, and `reason` says why. */
export function refusedImport(reason: ImportReason, cause?: unknown): StrongroomError {
  return new StrongroomError('importRefused', { reason }, { cause });
}

/** Bounds of one import; what lies outside is hostile or not meant for a vault. */
export const importLimits = {
  fileBytes: 256 * 1024 * 1024,
  records: 200_000,
  folders: 20_000,
  depth: 64,
  columns: 512,
  /** Characters of one row of a table. */
  row: 2 * 1024 * 1024,
  /** Entries of an archive, bytes of all of them unpacked, and how far one may be packed. */
  zipEntries: 20_000,
  zipBytes: 1024 * 1024 * 1024,
  zipRatio: 200,
  /** Unpacked bytes of the description inside an archive. */
  zipJsonBytes: 200 * 1024 * 1024,
  /** Bytes of a KeePass database once it is unpacked. */
  databaseBytes: 512 * 1024 * 1024,
  /** Packed bytes below which the ratio says nothing. */
  swellingFrom: 64 * 1024,
  keyFileBytes: 1024 * 1024,
} as const;

/** Whether a member that no reader knows says anything at all. */
export function saysSomething(value: unknown): boolean {
  if (value === null || value === undefined || value === '' || value === false || value === 0) return false;
  if (Array.isArray(value)) return value.some(saysSomething);
  return typeof value === 'object' ? Object.values(value).some(saysSomething) : true;
}

/** Whether an object of a file has members with contents beside the known ones. */
export function holdsMore(value: object, known: ReadonlySet<string>): boolean {
  return Object.entries(value).some(([name, member]) => !known.has(name) && saysSomething(member));
}

/** Throws `tooLarge` for more records, folders or levels than one import may have. */
export function checkedTree(tree: ImportedTree): ImportedTree {
  const { records, folders } = tree;
  if (records.length > importLimits.records || folders.length > importLimits.folders) {
    throw refusedImport('tooLarge');
  }
  for (const path of folders) if (path.length > importLimits.depth) throw refusedImport('tooDeep');
  for (const { path } of records) if (path.length > importLimits.depth) throw refusedImport('tooDeep');
  return tree;
}
