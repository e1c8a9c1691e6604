/** For tests of the merge only: a record to start from, values that need no keys, and one call for both sides. */
import type { StoredCustomField, StoredRecord } from '../../mirror/model.ts';
import { aRecord } from '../../mirror/testmirror.ts';
import { mergeRecords, type Merge, type Sameness } from './merge.ts';

/** Here a wire value is `<salt>:<text>`; what begins with `!` does not open. */
export const textOf = (wire: string): string => wire.slice(wire.indexOf(':') + 1);
export const same: Sameness = {
  secret: (a, b) => a === b || (a !== null && b !== null && !a.startsWith('!') && textOf(a) === textOf(b)),
  customIdentity: ({ name }) => (name.startsWith('!') ? null : textOf(name)),
};

let salt = 0;
export const sealed = (text: string): string => `${String((salt += 1))}:${text}`;
export const custom = (label: string, value: string, type = 'text'): StoredCustomField => ({
  name: sealed(label),
  value: sealed(value),
  type: sealed(type),
});
export const readable = (fields: readonly StoredCustomField[] | undefined): string[] | undefined =>
  fields?.map(({ name, value }) => `${textOf(name)}=${textOf(value)}`);

export const base = aRecord({
  id: 'r1',
  serverId: 's1',
  itemServerId: 's1',
  vaultId: 'v1',
  name: 'Database',
  urls: ['https://db.corp.example'],
  tags: ['prod'],
  passwordEncrypted: sealed('first'),
  revision: 4,
  contentHash: 'of base',
});
export const delivered: Partial<StoredRecord> = {
  revision: 5,
  updatedAt: 9,
  contentHash: 'of theirs',
  keyWrapped: 'key as it is now',
};

export function merge(
  mine: Partial<StoredRecord>,
  theirs: Partial<StoredRecord>,
  before: StoredRecord = base,
): Merge {
  const sides = {
    base: before,
    mine: { ...before, ...mine },
    theirs: { ...before, ...delivered, ...theirs },
  };
  return mergeRecords(sides, same);
}
