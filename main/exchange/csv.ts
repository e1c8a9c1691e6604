/**
 * Records from the rows of a table by the roles that a person gave its columns, and the roles that
 * its column names suggest. Chrome and Firefox are such tables with names of their own.
 */
import type { ColumnRole, CsvMapping, CsvPreview, ImportFormat } from '../../contract/exchange.ts';
import { csvFieldNames } from './csvnames.ts';
import { checkedTree, importedRecord, refusedImport } from './tree.ts';
import type { ImportedCustom, ImportedRecord, ImportedTree, LeftThing } from './tree.ts';
import type { Table } from './table.ts';

const shownRows = 5;
const shownCharacters = 3;
const mask = '••••••';

/** Roles whose cells may be shown by their first characters. */
const plainRoles: readonly ColumnRole[] = ['name', 'login', 'url', 'folder', 'tags', 'favourite', 'color'];

/** What the columns probably are. */
export function suggestedMapping({ rows }: Table): CsvMapping {
  const names = (rows[0] ?? []).map(roleOfName);
  const header = names.some((role) => role !== null);
  const seen = new Set<ColumnRole>();
  const columns = names.map((role): ColumnRole => {
    if (role === null) return header ? 'customText' : 'ignore';
    // Several addresses are one field; any other role belongs to the first column only.
    if (role !== 'url' && seen.has(role)) return 'customText';
    seen.add(role);
    return role;
  });
  return { header, columns };
}

function roleOfName(name: string): ColumnRole | null {
  const plain = name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/gu, ' ');
  return csvFieldNames.get(plain) ?? null;
}

/** A look at the table in which no secret can be read. */
export function previewOf(table: Table): CsvPreview {
  const suggested = suggestedMapping(table);
  const { rows } = table;
  const width = Math.max(...rows.slice(0, 50).map(({ length }) => length));
  const columns = Array.from({ length: width }, (_, at) => suggested.columns[at] ?? 'ignore');
  const body = rows.slice(suggested.header ? 1 : 0);
  return {
    names: columns.map((_, at) => (suggested.header ? (rows[0]?.[at] ?? '').slice(0, 200) : '')),
    rows: body
      .slice(0, shownRows)
      .map((row) => columns.map((role, at) => masked(row[at] ?? '', plainRoles.includes(role)))),
    total: body.length,
    suggested: { header: suggested.header, columns },
  };
}

function masked(cell: string, plain: boolean): string {
  if (cell === '') return '';
  return plain && cell.length > shownCharacters ? `${cell.slice(0, shownCharacters)}…` : mask;
}

/** Throws `mappingMissing` where no column is a name, address, login or password. */
export function readTable(table: Table, mapping: CsvMapping, format: ImportFormat = 'csv'): ImportedTree {
  const useful: readonly ColumnRole[] = ['name', 'login', 'password', 'url'];
  if (!mapping.columns.some((role) => useful.includes(role))) throw refusedImport('mappingMissing');
  const names = mapping.header ? (table.rows[0] ?? []) : [];
  const records = table.rows
    .slice(mapping.header ? 1 : 0)
    .map((row) => recordOf(row, names, mapping.columns));
  return checkedTree({ format, folders: [], records, left: leftColumns(table, mapping) });
}

/** Columns that nobody wanted and that are not empty. */
function leftColumns({ rows }: Table, { header, columns }: CsvMapping): LeftThing[] {
  const body = rows.slice(header ? 1 : 0);
  return columns.flatMap((role, at): LeftThing[] => {
    if (role !== 'ignore' || !body.some((row) => (row[at] ?? '') !== '')) return [];
    return [{ name: (header ? rows[0]?.[at] : '') || String(at + 1), warning: 'columnLeft' }];
  });
}

function recordOf(
  row: readonly string[],
  names: readonly string[],
  columns: readonly ColumnRole[],
): ImportedRecord {
  const cells = (role: ColumnRole): string[] => row.filter((cell, at) => columns[at] === role && cell !== '');
  const first = (role: ColumnRole): string => cells(role)[0] ?? '';
  const urls = cells('url')
    .flatMap((cell) => cell.split(/\s*\n\s*/u))
    .filter(Boolean);
  return importedRecord({
    path: pathOf(first('folder')),
    name: first('name') || hostOf(urls[0] ?? '') || first('login'),
    login: first('login'),
    password: first('password'),
    urls,
    description: cells('description').join('\n'),
    tags: cells('tags')
      .flatMap((cell) => cell.split(/[,;]/u))
      .map((tag) => tag.trim())
      .filter(Boolean),
    color: colorOf(first('color')),
    favourite: yes.includes(first('favourite').toLowerCase()),
    customs: row.flatMap((cell, at) => customOf(cell, roleAt(row, columns, at), names[at] ?? '')),
    warnings: isWhole(row, columns) ? [] : ['fieldLeft'],
  });
}

/** A second name, login or password of a row becomes a field: the record has one place for each. */
function roleAt(row: readonly string[], columns: readonly ColumnRole[], at: number): ColumnRole | undefined {
  const role = columns[at];
  if (role !== 'name' && role !== 'login' && role !== 'password') return role;
  const isFirst = !row.slice(0, at).some((cell, before) => columns[before] === role && cell !== '');
  if (isFirst) return role;
  return role === 'password' ? 'customPassword' : 'customText';
}

const yes: readonly string[] = ['1', 'true', 'yes', 'да'];
const no: readonly string[] = ['', '0', 'false', 'no', 'нет'];

/** Whether every cell of a row has a place: no cells behind the columns, and none that means nothing here. */
function isWhole(row: readonly string[], columns: readonly ColumnRole[]): boolean {
  const cells = (role: ColumnRole): string[] => row.filter((cell, at) => columns[at] === role && cell !== '');
  const single: readonly ColumnRole[] = ['folder', 'color', 'favourite'];
  if (row.slice(columns.length).some((cell) => cell !== '')) return false;
  if (single.some((role) => cells(role).length > 1)) return false;
  const [color = ''] = cells('color');
  const [favourite = ''] = cells('favourite');
  const isColor = color === '' || String(colorOf(color)) === color.trim();
  return isColor && [...yes, ...no].includes(favourite.toLowerCase());
}

function customOf(value: string, role: ColumnRole | undefined, name: string): ImportedCustom[] {
  if (value === '') return [];
  if (role === 'totp') return [{ label: name || 'TOTP', type: 'totp', value }];
  if (role === 'customText') return [{ label: name, type: 'text', value }];
  return role === 'customPassword' ? [{ label: name, type: 'password', value }] : [];
}

/** Folders are written with a slash between them, as most programs do; `\/` stands for a slash. */
function pathOf(cell: string): string[] {
  return cell
    .split(/(?<!\\)\//u)
    .map((name) => name.replaceAll('\\/', '/').trim())
    .filter(Boolean);
}

function colorOf(cell: string): number {
  const color = Number(cell);
  return Number.isInteger(color) && color >= 0 && color < 100 ? color : 0;
}

/** The host of an address, or nothing for what is none. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
