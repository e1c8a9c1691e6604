/**
 * Tables of comma-separated values (RFC 4180 and what programs make of it): delimiter found by
 * looking, rows of any length up to a bound, quotes as written.
 */
import { CsvError, parse } from 'csv-parse/sync';
import { importLimits, refusedImport } from './tree.ts';
import { textOf } from './text.ts';

export interface Table {
  readonly delimiter: string;
  /** Every row, the one with the names included; no row is empty. */
  readonly rows: readonly (readonly string[])[];
}

const delimiters = [',', ';', '\t', '|'] as const;
const sampleLength = 64 * 1024;

/** Throws `damaged` for unclosed quotes, `tooLarge` for more columns or rows than a table may have. */
export function tableOf(bytes: Uint8Array): Table {
  const text = textOf(bytes);
  const delimiter = delimiterOf(text.slice(0, sampleLength));
  const rows = parsed(text, delimiter);
  if (rows.length === 0) throw refusedImport('damaged');
  return { delimiter, rows };
}

function parsed(text: string, delimiter: string): string[][] {
  let count = 0;
  try {
    return parse(text, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: importLimits.row,
      on_record: (record: string[]): string[] => {
        count += 1;
        if (record.length > importLimits.columns || count > importLimits.records + 1) {
          throw refusedImport('tooLarge');
        }
        return record;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw refusedImport(error.code === 'CSV_MAX_RECORD_SIZE' ? 'tooLarge' : 'damaged', error);
  }
}

/** The one that stands most often outside quotes in the first row; a comma where none does. */
function delimiterOf(sample: string): string {
  const counts = new Map<string, number>();
  let quoted = false;
  for (const character of sample) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '\n' || character === '\r') && counts.size > 0) break;
    else if (!quoted) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  const [best] = delimiters.toSorted((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0));
  return best ?? ',';
}
