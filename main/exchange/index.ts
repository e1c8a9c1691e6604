/** What the floors above use of the exchange formats. */
export { readImport, readMapped, type ReadAnswer, type ReadRequest } from './reading.ts';
export type { Table } from './table.ts';
export { importedRecord, importLimits, refusedImport } from './tree.ts';
export type {
  FormerPassword,
  ImportedCustom,
  ImportedFile,
  ImportedRecord,
  ImportedTree,
  LeftThing,
} from './tree.ts';
export { writeCsv, writeJson, writeKdbx } from './writing.ts';
