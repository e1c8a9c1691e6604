import { describe, expect, it } from 'vitest';
import type { RecordView } from '../../../contract/records.ts';
import { placeOfRecord } from './places.ts';
import { barKey } from './rights.ts';

const none = { edit: false, remove: false, move: false, copy: false };
const all = { edit: true, remove: true, move: true, copy: true };
const record = (more: Partial<RecordView>) => ({
  can: none,
  kind: 'record' as const,
  keyBroken: false,
  vaultTrust: 'verified' as const,
  ...more,
});

describe('why something cannot be done with a record', () => {
  it('is the nearest reason', () => {
    expect(barKey(record({}), 'edit')).toBe('readOnly');
    expect(barKey(record({ kind: 'inbox', vaultTrust: null }), 'move')).toBe('inbox');
    const edited = { ...none, edit: true, copy: true };
    expect(barKey(record({ can: edited, kind: 'inbox', vaultTrust: null }), 'move')).toBe('received');
    expect(barKey(record({ can: edited, kind: 'inbox', vaultTrust: null }), 'edit')).toBeNull();
    expect(barKey(record({ vaultTrust: 'keyChanged' }), 'edit')).toBe('keyChanged');
    expect(barKey(record({ can: all }), 'edit')).toBeNull();
  });

  it('a key that does not open bars everything but deleting', () => {
    expect(barKey(record({ can: all, keyBroken: true }), 'copy')).toBe('keyBroken');
    expect(barKey(record({ can: all, keyBroken: true }), 'remove')).toBeNull();
  });
});

describe('the place of a record', () => {
  it('is its innermost folder, its vault, or none', () => {
    const path = [
      { id: 'f1', name: 'a' },
      { id: 'f2', name: 'b' },
    ];
    expect(placeOfRecord({ vaultId: 'v', path })).toEqual({ vaultId: 'v', folderId: 'f2' });
    expect(placeOfRecord({ vaultId: 'v', path: [] })).toEqual({ vaultId: 'v', folderId: null });
    expect(placeOfRecord({ vaultId: null, path: [] })).toBeNull();
  });
});
