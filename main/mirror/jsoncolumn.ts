/**
 * Lists that stand in one column as JSON. They were written by this application into
 * authenticated pages; a shape that is not ours therefore means damage, and is called so.
 */
import { StrongroomError } from '../../contract/errors.ts';
import type { ManifestEntry, StoredCustomField } from './model.ts';

function listIn(column: string): unknown[] {
  try {
    const value: unknown = JSON.parse(column);
    if (Array.isArray(value)) return value;
  } catch (error) {
    throw new StrongroomError('mirrorDamaged', {}, { cause: error });
  }
  throw new StrongroomError('mirrorDamaged');
}

function listOf<T>(column: string, fits: (value: unknown) => value is T): T[] {
  const list = listIn(column);
  if (!list.every(fits)) throw new StrongroomError('mirrorDamaged');
  return list;
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const members = new Map<string, unknown>(Object.entries(value));
  return names.every((name) => typeof members.get(name) === 'string');
}

/** A list of strings. */
export function textList(column: string): string[] {
  if (column === '[]') return [];
  return listOf(column, (value): value is string => typeof value === 'string');
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
