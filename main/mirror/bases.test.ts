import { describe, expect, it } from 'vitest';
import { aFolder, aRecord, temporaryMirror } from './testmirror.ts';

const record = aRecord({
  id: 'r1',
  serverId: 's1',
  urls: ['u'],
  tags: ['t'],
  customs: [{ name: 'n', value: 'v', type: 't', other: null }],
  attachments: [
    { id: 'a', serverId: null, name: 'f', encryptedKey: 'k', hash: null, size: 3, localFile: 'sealed' },
  ],
  revision: 3,
  updatedAt: 4,
});
const folder = aFolder({ id: 'f1', vaultId: 'v1', parentId: 'f0' });

describe('bases', () => {
  it('give back the settled state, null for what was made here, and undefined for what has none', () => {
    using test = temporaryMirror();
    const { bases } = test.mirror;
    bases.putRecord('r1', record);
    bases.putRecord('made', null);
    bases.putFolder('f1', folder);
    bases.putFolder('made', null);
    const reopened = test.reopen().bases;
    expect(reopened.record('r1')).toEqual(record);
    expect(reopened.record('made')).toBeNull();
    expect(reopened.record('f1')).toBeUndefined();
    expect(reopened.folder('f1')).toEqual(folder);
    expect(reopened.folder('made')).toBeNull();
    expect(reopened.folder('r1')).toBeUndefined();
  });

  it('move on and go, records and folders apart', () => {
    using test = temporaryMirror();
    const { bases } = test.mirror;
    bases.putRecord('x', record);
    bases.putFolder('x', folder);
    bases.putRecord('x', { ...record, name: 'Moved on' });
    expect(bases.record('x')?.name).toBe('Moved on');
    bases.remove('record', 'x');
    expect(bases.record('x')).toBeUndefined();
    expect(bases.folder('x')).toEqual(folder);
    bases.remove('folder', 'x');
    bases.remove('folder', 'x');
    expect(bases.folder('x')).toBeUndefined();
  });
});
