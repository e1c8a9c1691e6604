import { describe, expect, it } from 'vitest';
import type { StoredAttachment } from './model.ts';
import { aRecord, aVault, temporaryMirror } from './testmirror.ts';

const file = (change: Partial<StoredAttachment> & { readonly id: string }): StoredAttachment => ({
  serverId: change.id,
  name: `${change.id}.pem`,
  encryptedKey: `key of ${change.id}`,
  hash: null,
  size: null,
  localFile: null,
  ...change,
});

describe('records', () => {
  it('keep what this device knows of an attachment as long as its key is the same', () => {
    using test = temporaryMirror();
    const { records } = test.mirror;
    records.upsertMany([aRecord({ id: 'r1', attachments: [file({ id: 'a' }), file({ id: 'b' })] })]);
    records.setAttachmentLocal('r1', 'a', { localFile: 'sealed-a', size: 100 });
    records.upsertMany([
      aRecord({ id: 'r1', name: 'New', attachments: [file({ id: 'b' }), file({ id: 'a' })] }),
    ]);
    expect(records.get('r1')?.attachments).toEqual([
      file({ id: 'b' }),
      file({ id: 'a', localFile: 'sealed-a', size: 100 }),
    ]);
    records.upsertMany([
      aRecord({ id: 'r1', attachments: [file({ id: 'a', encryptedKey: 'another key' })] }),
    ]);
    expect(records.get('r1')?.attachments).toEqual([file({ id: 'a', encryptedKey: 'another key' })]);
  });

  it('are found by a stretch of server ids, renamed ones by the id that the server gave', () => {
    using test = temporaryMirror();
    const { records, vaults } = test.mirror;
    for (const id of ['v', 'w']) vaults.upsert(aVault({ id }));
    records.upsertMany([
      ...['a', 'c', 'e'].map((id) => aRecord({ id, vaultId: 'v' })),
      aRecord({ id: 'z-own', serverId: 'd', vaultId: 'v' }),
      aRecord({ id: 'b', vaultId: 'w' }),
      aRecord({ id: 'b2', kind: 'shortcut', vaultId: 'v' }),
    ]);
    const between = (after: string | null, through: string | null): string[] =>
      records
        .serverIdsBetween('v', 'record', after, through)
        .map(({ serverId }) => serverId)
        .sort();
    expect(between(null, null)).toEqual(['a', 'c', 'd', 'e']);
    expect(between('a', 'd')).toEqual(['c', 'd']);
    expect(between('d', null)).toEqual(['e']);
    expect(between(null, 'a')).toEqual(['a']);
    expect(records.serverIdsBetween('v', 'record', 'c', 'd')).toEqual([{ id: 'z-own', serverId: 'd' }]);
  });

  it('name the files that are not here, without those known to be too large', () => {
    using test = temporaryMirror();
    const { records } = test.mirror;
    records.upsertMany([
      aRecord({
        id: 'r1',
        attachments: [file({ id: 'a' }), file({ id: 'b', size: 10 }), file({ id: 'c', size: 11 })],
      }),
      aRecord({
        id: 'r2',
        kind: 'shortcut',
        itemServerId: 'i2',
        attachments: [file({ id: 'd', localFile: 'here' })],
      }),
    ]);
    const missing = (limit?: number): string[] => records.missingFiles(limit).map((one) => one.attachmentId);
    expect(missing()).toEqual(['a', 'b', 'c']);
    expect(missing(10)).toEqual(['a', 'b']);
    records.setAttachmentLocal('r1', 'a', { localFile: 'sealed', size: null });
    records.setAttachmentLocal('r2', 'd', { localFile: null, size: 7 });
    expect(records.missingFiles(10)).toEqual([
      {
        recordId: 'r1',
        vaultId: null,
        recordKind: 'record',
        itemServerId: 'r1',
        attachmentId: 'b',
        attachmentServerId: 'b',
        name: 'b.pem',
        size: 10,
      },
      {
        recordId: 'r2',
        vaultId: null,
        recordKind: 'shortcut',
        itemServerId: 'i2',
        attachmentId: 'd',
        attachmentServerId: 'd',
        name: 'd.pem',
        size: 7,
      },
    ]);
  });

  it('forget whether there is a code only when the custom fields changed', () => {
    using test = temporaryMirror();
    const { records } = test.mirror;
    const hasTotp = (): boolean | null | undefined =>
      records.page({ scope: { kind: 'all' }, sort: { by: 'name', descending: false }, offset: 0, limit: 1 })
        .rows[0]?.hasTotp;
    const customs = [{ name: 'n', value: 'v', type: 't' }];
    records.upsertMany([aRecord({ id: 'r1', customs })]);
    expect(hasTotp()).toBeNull();
    records.setHasTotp('r1', false);
    records.upsertMany([aRecord({ id: 'r1', customs, name: 'New' })]);
    expect(hasTotp()).toBe(false);
    records.upsertMany([aRecord({ id: 'r1', customs: [{ name: 'n', value: 'other', type: 't' }] })]);
    expect(hasTotp()).toBeNull();
  });

  it('are told apart by content hash, per vault and kind', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    mirror.vaults.upsert(aVault({ id: 'v1' }));
    mirror.records.upsertMany([
      aRecord({ id: 'r1', vaultId: 'v1', contentHash: 'h1' }),
      aRecord({ id: 'local', serverId: 's2', vaultId: 'v1', contentHash: 'h2' }),
      aRecord({ id: 'r3', vaultId: 'v1', kind: 'shortcut', contentHash: 'h3' }),
      aRecord({ id: 'r4', kind: 'inbox', contentHash: 'h4' }),
    ]);
    expect(mirror.records.contentHashes('v1', 'record')).toEqual(
      new Map([
        ['r1', { id: 'r1', contentHash: 'h1' }],
        ['s2', { id: 'local', contentHash: 'h2' }],
      ]),
    );
    expect([...mirror.records.contentHashes(null, 'inbox').keys()]).toEqual(['r4']);
  });

  it('are found by the server’s id also when they have another one here', () => {
    using test = temporaryMirror();
    const { records } = test.mirror;
    records.upsertMany([
      aRecord({ id: 's1', kind: 'shortcut' }),
      aRecord({ id: 'local', serverId: 's1' }),
      aRecord({ id: 's2', serverId: 'moved' }),
    ]);
    expect(records.byServerId('shortcut', 's1')?.id).toBe('s1');
    expect(records.byServerId('record', 's1')?.id).toBe('local');
    expect(records.byServerId('record', 'moved')?.id).toBe('s2');
    expect(records.byServerId('record', 's2')).toBeNull();
    expect(records.byServerId('inbox', 's1')).toBeNull();
  });

  it('are written all or none', () => {
    using test = temporaryMirror();
    const { records } = test.mirror;
    const broken = aRecord({ id: 'r2', vaultId: 'no such vault' });
    expect(() => {
      records.upsertMany([aRecord({ id: 'r1', name: 'whole' }), broken]);
    }).toThrow();
    expect(records.get('r1')).toBeNull();
    expect(test.mirror.search.query({ text: 'whole', scope: null, offset: 0, limit: 1 }).total).toBe(0);
  });

  it('go with everything that hangs on them', () => {
    using test = temporaryMirror();
    const { mirror } = test;
    mirror.records.upsertMany([
      aRecord({ id: 'r1', attachments: [file({ id: 'a' })] }),
      aRecord({ id: 'r2' }),
    ]);
    mirror.manifest.replace('r1', [{ field: 'password', salt: 's', mac: 'm' }]);
    mirror.recents.touch('r1', 1);
    mirror.records.removeMany(['r1', 'unknown']);
    expect(mirror.records.get('r1')).toBeNull();
    expect(mirror.manifest.entries('r1')).toEqual([]);
    expect(mirror.recents.ids(5)).toEqual([]);
    expect(mirror.records.missingFiles()).toEqual([]);
    expect(mirror.records.get('r2')).not.toBeNull();
    mirror.checkIntegrity();
  });

  it('are counted, and walked through in batches', () => {
    using test = temporaryMirror();
    const { records, recents } = test.mirror;
    records.upsertMany([
      aRecord({ id: 'r1', favourite: true }),
      aRecord({ id: 'r2', kind: 'inbox', unread: true }),
      aRecord({ id: 'r3', kind: 'inbox' }),
    ]);
    recents.touch('r1', 1);
    expect(records.counts()).toEqual({
      total: 3,
      favourites: 1,
      recent: 1,
      inbox: 2,
      inboxUnread: 1,
      shortcuts: 0,
    });
    expect([...records.batches(2)].map((batch) => batch.map((record) => record.id))).toEqual([
      ['r1', 'r2'],
      ['r3'],
    ]);
  });
});

describe('what the server names later', () => {
  it('keeps the id it has here', () => {
    using test = temporaryMirror();
    const { records } = test.mirror;
    const own = file({ id: 'new-a', serverId: null, localFile: 'sealed', size: 9 });
    records.upsertMany([
      aRecord({ id: 'new-1', serverId: '', itemServerId: '', attachments: [own] }),
      aRecord({ id: 'new-2', serverId: '', kind: 'shortcut', itemServerId: 'behind' }),
    ]);
    expect(records.byServerId('record', '')).toBeNull();
    expect(records.missingFiles()).toEqual([]);
    records.setServerId('new-1', 's1');
    records.setServerId('new-2', 's2');
    records.setAttachmentServerId('new-1', 'new-a', 'sa');
    expect(records.byServerId('record', 's1')).toMatchObject({ id: 'new-1', itemServerId: 's1' });
    expect(records.byServerId('shortcut', 's2')).toMatchObject({ id: 'new-2', itemServerId: 'behind' });
    expect(records.get('new-1')?.attachments).toEqual([{ ...own, serverId: 'sa' }]);
    const delivered = file({ id: 'sa', name: own.name, encryptedKey: own.encryptedKey });
    records.upsertMany([aRecord({ id: 'new-1', serverId: 's1', attachments: [delivered] })]);
    expect(records.get('new-1')?.attachments).toEqual([{ ...own, serverId: 'sa' }]);
  });

  it('is not taken for something that a listing lacks', () => {
    using test = temporaryMirror();
    const { records, vaults } = test.mirror;
    vaults.upsert(aVault({ id: 'v' }));
    records.upsertMany([
      aRecord({ id: 'new-1', serverId: '', vaultId: 'v' }),
      aRecord({ id: 'a', vaultId: 'v' }),
    ]);
    expect([...records.contentHashes('v', 'record').keys()]).toEqual(['a']);
    expect(records.serverIdsBetween('v', 'record', null, null)).toEqual([{ id: 'a', serverId: 'a' }]);
  });

  it('notes the state that the server came to', () => {
    using test = temporaryMirror();
    const { records } = test.mirror;
    records.upsertMany([aRecord({ id: 'r1', name: 'Mine', revision: 1 })]);
    records.setSynced('r1', { revision: 2, updatedAt: 7, contentHash: 'new' });
    expect(records.get('r1')).toEqual(
      aRecord({ id: 'r1', name: 'Mine', revision: 2, updatedAt: 7, contentHash: 'new' }),
    );
  });

  it('keeps its files also in the bin and in settled states', () => {
    using test = temporaryMirror();
    const { bases, bin, records } = test.mirror;
    const holding = (id: string, localFile: string | null): ReturnType<typeof aRecord> =>
      aRecord({ id, attachments: [file({ id: `a-${id}`, localFile }), file({ id: `b-${id}` })] });
    records.upsertMany([holding('r1', 'listed'), holding('r2', null)]);
    bases.putRecord('r2', holding('r2', 'settled'));
    bases.putRecord('made', null);
    const entry = { kind: 'record', binItemId: null, vaultId: 'v', name: 'n', place: [] } as const;
    bin.put({ ...entry, id: 'r3', deletedAt: 1, under: null, record: holding('r3', 'binned'), folder: null });
    expect(records.localFiles()).toEqual(new Set(['listed', 'settled', 'binned']));
  });
});
