import { describe, expect, it } from 'vitest';
import { generateRecordKey, wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/index.ts';
import { aRecord } from '../../mirror/testmirror.ts';
import { hasAnotherKey } from './receivedkeys.ts';

const [mine, foreign] = [generateRecordKey(), generateRecordKey()];
const opened = new Map<string, RecordKey>([
  ['first wrap', mine],
  ['second wrap', mine],
  ['of another key', foreign],
]);
/** Gives a copy, since whoever asks wipes it. */
const keys = {
  recordKeyOf: ({ keyWrapped }: StoredRecord): RecordKey | null => {
    const key = opened.get(keyWrapped ?? '');
    if (key === undefined) return null;
    const copy = generateRecordKey();
    copy.set(key);
    return copy;
  },
};
const entry = (keyWrapped: string | null): StoredRecord => ({
  ...aRecord({ id: 'e', vaultId: null }),
  kind: 'inbox',
  keyWrap: 'rsa',
  keyWrapped,
});

describe('the key of a received record', () => {
  it('may come wrapped once more, and is another one where it opens to other bytes or not at all', () => {
    expect(hasAnotherKey(keys, entry('first wrap'), entry('first wrap'))).toBe(false);
    expect(hasAnotherKey(keys, entry('first wrap'), entry('second wrap'))).toBe(false);
    expect(hasAnotherKey(keys, entry('first wrap'), entry('of another key'))).toBe(true);
    expect(hasAnotherKey(keys, entry('first wrap'), entry('no wrap at all'))).toBe(true);
    expect(hasAnotherKey(keys, entry('first wrap'), entry(null))).toBe(true);
  });

  it('is not compared where nothing was ever read under it, nor without encryption', () => {
    expect(hasAnotherKey(keys, entry('never opened'), entry('first wrap'))).toBe(false);
    expect(hasAnotherKey(null, entry('first wrap'), entry('of another key'))).toBe(false);
    const record = { ...entry('first wrap'), kind: 'record' as const };
    expect(hasAnotherKey(keys, record, { ...record, keyWrapped: 'of another key' })).toBe(false);
  });

  it('is not left in memory by the comparison', () => {
    const given: RecordKey[] = [];
    const watching = {
      recordKeyOf: (record: StoredRecord): RecordKey | null => {
        const key = keys.recordKeyOf(record);
        if (key !== null) given.push(key);
        return key;
      },
    };
    hasAnotherKey(watching, entry('first wrap'), entry('of another key'));
    const zeros = generateRecordKey();
    wipe(zeros);
    expect(given).toEqual([zeros, zeros]);
  });
});
