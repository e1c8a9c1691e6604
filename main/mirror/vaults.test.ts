import { describe, expect, it } from 'vitest';
import { aFolder, aRecord, aVault, temporaryMirror } from './testmirror.ts';

describe('vaults', () => {
  it('take everything in them along when they are removed, but not the pin of their key', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    for (const id of ['v1', 'v2']) {
      mirror.vaults.upsert(aVault({ id }));
      mirror.folders.replaceForVault(id, [aFolder({ id: `f-${id}`, vaultId: id })]);
      mirror.records.upsertMany([
        aRecord({ id: `r-${id}`, vaultId: id, folderId: `f-${id}`, name: 'findable' }),
      ]);
      mirror.manifest.replace(`r-${id}`, [{ field: 'password', salt: '', mac: 'm' }]);
      mirror.pins.setVaultKey({ vaultId: id, mac: 'mac', trust: 'verified', firstSeenAt: 1 });
    }
    mirror.vaults.remove('v1');
    expect(mirror.vaults.all().map((vault) => vault.id)).toEqual(['v2']);
    expect(mirror.folders.get('f-v1')).toBeNull();
    expect(mirror.records.get('r-v1')).toBeNull();
    expect(mirror.manifest.entries('r-v1')).toEqual([]);
    expect(mirror.pins.vaultKey('v1')).not.toBeNull();
    expect(mirror.search.query({ text: 'find', scope: null, offset: 0, limit: 5 }).total).toBe(1);
    expect(mirror.vaults.counts()).toEqual(new Map([['v2', { records: 1, folders: 1 }]]));
    mirror.checkIntegrity();
  });

  it('are ordered by kind and name', () => {
    using test = temporaryMirror();
    const { vaults } = test.mirror;
    vaults.upsert(aVault({ id: '1', name: 'Zeta 10' }));
    vaults.upsert(aVault({ id: '2', name: 'Mine', kind: 'personal' }));
    vaults.upsert(aVault({ id: '3', name: 'zeta 9' }));
    vaults.upsert(aVault({ id: '1', name: 'Zeta 11' }));
    expect(vaults.all().map((vault) => vault.name)).toEqual(['zeta 9', 'Zeta 11', 'Mine']);
  });

  it('take along what waited for them, their part of the bin, and conflicts that nobody could open', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    const conflict = { kind: 'fields', name: 'n', vaultName: 'v', at: 1, fields: [], sealed: null } as const;
    for (const id of ['v1', 'v2']) {
      mirror.vaults.upsert(aVault({ id, serverId: `server ${id}` }));
      mirror.folders.replaceForVault(id, [aFolder({ id: `f-${id}`, vaultId: id })]);
      mirror.records.upsertMany(['r', 'q'].map((name) => aRecord({ id: `${name}-${id}`, vaultId: id })));
      mirror.bin.put({
        ...{ id: `b-${id}`, kind: 'record', binItemId: null, vaultId: id, name: 'n', place: [] },
        ...{ deletedAt: 1, under: null, record: aRecord({ id: `b-${id}` }), folder: null },
      } as const);
      for (const objectId of [`r-${id}`, `b-${id}`]) {
        mirror.outbox.add({
          object: 'record',
          objectId,
          name: 'n',
          at: 1,
          change: { kind: 'edit', fields: {} },
        });
        mirror.bases.putRecord(objectId, null);
      }
      mirror.outbox.add({
        ...{ object: 'folder', objectId: `f-${id}`, name: 'n', at: 1 },
        change: { kind: 'renameFolder', name: 'N' },
      });
      mirror.bases.putFolder(`f-${id}`, null);
      mirror.conflicts.put({ ...conflict, id: `c-${id}`, recordId: `r-${id}` });
      mirror.conflicts.put({ ...conflict, id: `k-${id}`, recordId: `q-${id}`, sealed: Buffer.from('s') });
    }
    expect(mirror.vaults.byServerId('server v1')?.id).toBe('v1');
    expect(mirror.vaults.byServerId('v1')).toBeNull();
    mirror.vaults.remove('v1');
    expect(mirror.outbox.all().map(({ objectId }) => objectId)).toEqual(['r-v2', 'b-v2', 'f-v2']);
    expect(['r-v1', 'b-v1'].map((id) => mirror.bases.record(id))).toEqual([undefined, undefined]);
    expect(mirror.bases.folder('f-v1')).toBeUndefined();
    expect(mirror.bases.record('r-v2')).toBeNull();
    expect(mirror.bin.page({ vaultId: null, offset: 0, limit: 9 }).rows.map(({ id }) => id)).toEqual([
      'b-v2',
    ]);
    expect(mirror.conflicts.all().map(({ id }) => id)).toEqual(['c-v2', 'k-v1', 'k-v2']);
    mirror.checkIntegrity();
  });
});
