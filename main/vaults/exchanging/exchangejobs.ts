/** What the exchange thread is asked and answers. */
import type { CsvMapping, ExportFormat, ImportFormat, ImportOutline } from '../../../contract/exchange.ts';
import type { ErrorParams } from '../../../contract/errors.ts';
import type { ImportedRecord, LeftThing } from '../../exchange/index.ts';
import type { WireAttachment } from '../../keychain/index.ts';

/** Bytes whose memory moves to the thread and is wiped there. */
type Moved = Uint8Array<ArrayBuffer> | null;

export type ExchangeJob =
  | {
      readonly kind: 'read';
      readonly path: string;
      readonly keyFilePath: string | null;
      readonly format: ImportFormat | null;
      readonly password: Moved;
    }
  | { readonly kind: 'mapColumns'; readonly mapping: CsvMapping }
  | { readonly kind: 'take'; readonly from: number; readonly count: number }
  | { readonly kind: 'seal'; readonly record: number; readonly file: number; readonly recordKey: Moved }
  | {
      readonly kind: 'collect';
      readonly record: ImportedRecord;
      readonly files: readonly { readonly name: string; readonly wire: WireAttachment }[];
      readonly recordKey: Moved;
    }
  | {
      readonly kind: 'write';
      readonly path: string;
      readonly format: ExportFormat;
      readonly password: Moved;
      readonly name: string;
    };

export type JobOf<K extends ExchangeJob['kind']> = Extract<ExchangeJob, { kind: K }>;

/** A record whose files stay in the thread. */
export interface PortionRecord extends ImportedRecord {
  readonly fileFacts: readonly { readonly name: string; readonly size: number }[];
}

/** Folders, and what belongs to no record, come with the first portion. */
export interface RecordPortion {
  readonly folders: readonly (readonly string[])[];
  readonly records: readonly PortionRecord[];
  readonly left: readonly LeftThing[];
}

/** What each job is answered with. */
export interface JobValues {
  readonly read: ImportOutline;
  readonly mapColumns: ImportOutline;
  readonly take: RecordPortion;
  readonly seal: WireAttachment;
  readonly collect: { readonly missing: number };
  readonly write: undefined;
}

export type ExchangeAnswer =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly code: string | null;
      readonly params: ErrorParams;
      readonly errno: string;
    };
