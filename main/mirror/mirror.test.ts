import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aFolder, aRecord, aVault, temporaryMirror } from './testmirror.ts';

describe('the mirror', () => {
  it('gives back what was written, also after it was closed', () => {
    using test = temporaryMirror();
    const record = aRecord({
      id: 'r1',
      vaultId: 'v1',
      folderId: 'f1',
      urls: ['https://db.corp.example:5432/x'],
      tags: ['prod'],
      vaultKeyWrapped: 'wrapped vault key',
      customs: [{ name: 'n', value: 'v', type: 't', other: { kept: true } }],
      attachments: [
        {
          id: 'a1',
          serverId: 'a1',
          name: 'file.pem',
          encryptedKey: 'k',
          hash: null,
          size: null,
          localFile: null,
        },
      ],
      updatedAt: 5,
      revision: 2,
    });
    test.mirror.vaults.upsert(aVault({ id: 'v1' }));
    test.mirror.folders.replaceForVault('v1', [aFolder({ id: 'f1', vaultId: 'v1' })]);
    test.mirror.records.upsertMany([record]);
    const mirror = test.reopen();
    expect(mirror.records.get('r1')).toEqual(record);
    expect(mirror.vaults.all()).toEqual([aVault({ id: 'v1' })]);
    expect(mirror.folders.ofVault('v1')).toEqual([aFolder({ id: 'f1', vaultId: 'v1' })]);
    expect(mirror.records.get('r2')).toBeNull();
  });

  it('is a file for its owner only', () => {
    using test = temporaryMirror();
    expect(statSync(test.path).mode & 0o777).toBe(0o600);
    expect(statSync(`${test.path}-wal`).mode & 0o777).toBe(0o600);
  });
});
