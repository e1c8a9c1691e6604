/**
 * What stands in one column as JSON. It was written by this application into authenticated
 * pages; a shape that is not ours therefore means damage, and is called so.
 */
import { StrongroomError } from '../../contract/errors.ts';
import type { ManifestEntry, StoredCustomField } from './model.ts';

function parsed(column: string): unknown {
  try {
    return JSON.parse(column);
  } catch (error) {
    throw new StrongroomError('mirrorDamaged', {}, { cause: error });
  }
}

/** A list whose every value fits. */
export function listOf<T>(column: string, fits: (value: unknown) => value is T): T[] {
  const list = parsed(column);
  if (!Array.isArray(list) || !list.every(fits)) throw new StrongroomError('mirrorDamaged');
  return list;
}

/** One value of a known shape. */
export function valueOf<T>(column: string, fits: (value: unknown) => value is T): T {
  const value = parsed(column);
  if (!fits(value)) throw new StrongroomError('mirrorDamaged');
  return value;
}

/** An object of which every named member passes its check. */
export function hasMembers(
  value: unknown,
  members: Readonly<Record<string, (member: unknown) => boolean>>,
): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const found = new Map<string, unknown>(Object.entries(value));
  return Object.entries(members).every(([name, fits]) => fits(found.get(name)));
}

export const isText = (value: unknown): value is string => typeof value === 'string';

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return hasMembers(value, Object.fromEntries(names.map((name) => [name, isText])));
}

/** A list of strings. */
export function textList(column: string): string[] {
  if (column === '[]') return [];
  return listOf(column, isText);
}

/** Custom fields in wire form, unknown members included. */
export function customFieldList(column: string): StoredCustomField[] {
  if (column === '[]') return [];
  return listOf(column, (value): value is StoredCustomField => hasTexts(value, ['name', 'value', 'type']));
}

/** Entries of one record's tamper manifest. */
export function manifestList(column: string): ManifestEntry[] {
  return listOf(column, (value): value is ManifestEntry => hasTexts(value, ['field', 'salt', 'mac']));
}
