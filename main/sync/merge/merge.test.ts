import { describe, expect, it } from 'vitest';
import type { StoredAttachment } from '../../mirror/model.ts';
import { base, delivered, merge, sealed } from './testmerge.ts';

describe('a merge of two sides of a record', () => {
  it('takes from each side what it changed', () => {
    const { merged, conflicts, toSend } = merge(
      { name: 'Database 1', color: 3, favourite: true },
      { login: 'root', description: 'moved', serverId: 's1' },
    );
    expect(conflicts).toEqual([]);
    expect(toSend).toEqual({ name: 'Database 1', color: 3 });
    expect(merged).toEqual({
      ...base,
      ...delivered,
      name: 'Database 1',
      color: 3,
      favourite: true,
      login: 'root',
      description: 'moved',
    });
  });

  it('keeps this device’s id and the server’s facts', () => {
    const { merged } = merge({ id: 'new-1' }, { serverId: 's1', unread: true });
    expect(merged).toMatchObject({ id: 'new-1', serverId: 's1', unread: true, ...delivered });
  });

  it('lets nothing go when both changed the same text, and shows mine', () => {
    const { merged, conflicts, toSend } = merge(
      { name: 'Mine', login: 'same', color: 1, description: 'a' },
      { name: 'Theirs', login: 'same', color: 2, description: 'b' },
    );
    expect(merged).toMatchObject({ name: 'Mine', login: 'same', color: 1, description: 'a' });
    expect(toSend).toEqual({});
    expect(conflicts).toEqual([
      { key: 'name', kind: 'name', sides: { ancestor: 'Database', mine: 'Mine', theirs: 'Theirs' } },
      { key: 'description', kind: 'description', sides: { ancestor: '', mine: 'a', theirs: 'b' } },
      { key: 'color', kind: 'color', sides: { ancestor: 0, mine: 1, theirs: 2 } },
    ]);
  });

  it('compares passwords by what they say', () => {
    const mine = sealed('second');
    expect(merge({ passwordEncrypted: mine }, {}).toSend).toEqual({ passwordEncrypted: mine });
    const both = merge({ passwordEncrypted: mine }, { passwordEncrypted: 'theirs:second' });
    expect(both).toMatchObject({ merged: { passwordEncrypted: 'theirs:second' }, conflicts: [], toSend: {} });
    const again = merge({ passwordEncrypted: sealed('first') }, { passwordEncrypted: 'theirs:third' });
    expect(again).toMatchObject({ merged: { passwordEncrypted: 'theirs:third' }, conflicts: [], toSend: {} });
    const clash = merge({ passwordEncrypted: mine }, { passwordEncrypted: null });
    expect(clash.merged.passwordEncrypted).toBe(mine);
    expect(clash.conflicts).toEqual([
      {
        key: 'password',
        kind: 'password',
        sides: { ancestor: base.passwordEncrypted, mine, theirs: null },
      },
    ]);
  });
});

describe('addresses and tags', () => {
  it('are merged as sets, in order', () => {
    const before = { ...base, urls: ['a', 'b', 'c'], tags: ['x', 'y'] };
    const { merged, conflicts, toSend } = merge(
      { urls: ['mine', 'a', 'c'], tags: ['x', 'y', 'mine'] },
      { urls: ['a', 'b', 'theirs', 'c'], tags: ['y', 'theirs'] },
      before,
    );
    expect(conflicts).toEqual([]);
    expect(merged).toMatchObject({ urls: ['mine', 'a', 'theirs', 'c'], tags: ['y', 'mine', 'theirs'] });
    expect(toSend).toEqual({ urls: merged.urls, tags: merged.tags });
  });

  it('keep an order that was changed on one side', () => {
    const before = { ...base, urls: ['a', 'b', 'c'] };
    expect(merge({ urls: ['c', 'a', 'b'] }, { urls: ['a', 'b', 'c', 'd'] }, before).merged.urls).toEqual([
      ...['c', 'd', 'a', 'b'],
    ]);
    expect(merge({ urls: ['a', 'b', 'c', 'd'] }, { urls: ['c', 'b', 'a'] }, before).merged.urls).toEqual([
      ...['c', 'd', 'b', 'a'],
    ]);
  });

  it('clash only where both replaced an address, and tags never', () => {
    const { merged, conflicts, toSend } = merge(
      { urls: ['https://mine.example'], tags: ['mine'] },
      { urls: ['https://theirs.example'], tags: ['theirs'] },
    );
    expect(conflicts).toEqual([
      {
        key: 'urls',
        kind: 'urls',
        sides: { ancestor: base.urls, mine: ['https://mine.example'], theirs: ['https://theirs.example'] },
      },
    ]);
    expect(merged.urls).toEqual(['https://mine.example']);
    expect([...merged.tags].sort()).toEqual(['mine', 'theirs']);
    expect(toSend).toEqual({ tags: merged.tags });
    expect(merge({ urls: [] }, { urls: ['new'] })).toMatchObject({
      merged: { urls: ['new'] },
      conflicts: [],
    });
    expect(merge({ urls: [...base.urls, 'm'] }, { urls: [...base.urls, 't'] }).conflicts).toEqual([]);
  });
});

describe('the place', () => {
  it('is where one side moved the record, with the wrapped key that opens there', () => {
    const there = { vaultId: 'v2', folderId: 'f', keyWrapped: 'wrapped for v2' };
    expect(merge(there, {}).merged).toMatchObject(there);
    expect(merge({}, there).merged).toMatchObject(there);
    expect(merge({ folderId: 'f' }, {}).merged).toMatchObject({
      folderId: 'f',
      keyWrapped: 'key as it is now',
    });
    expect(merge({ folderId: 'f' }, { folderId: 'f' }).conflicts).toEqual([]);
  });

  it('is a person’s to choose when both moved it', () => {
    const { merged, conflicts } = merge(
      { vaultId: 'v2', keyWrapped: 'wrapped for v2' },
      { folderId: 'theirs' },
    );
    expect(merged).toMatchObject({ vaultId: 'v2', folderId: null, keyWrapped: 'wrapped for v2' });
    expect(conflicts).toEqual([
      {
        key: 'place',
        kind: 'place',
        sides: {
          ancestor: { vaultId: 'v1', folderId: null },
          mine: { vaultId: 'v2', folderId: null },
          theirs: { vaultId: 'v1', folderId: 'theirs' },
        },
      },
    ]);
  });
});

const file = (change: Partial<StoredAttachment> & { readonly id: string }): StoredAttachment => ({
  serverId: change.id,
  name: `${change.id}.pem`,
  encryptedKey: `key of ${change.id}`,
  hash: null,
  size: null,
  localFile: null,
  ...change,
});

describe('files', () => {
  const [a, b] = [file({ id: 'a', localFile: 'sealed-a', size: 7 }), file({ id: 'b' })];
  const before = { ...base, attachments: [a, b] };
  const mergeFiles = (mine: readonly StoredAttachment[], theirs: readonly StoredAttachment[]): unknown =>
    merge({ attachments: mine }, { attachments: theirs }, before).merged.attachments;
  const bare = (of: StoredAttachment): StoredAttachment => ({
    ...of,
    id: of.serverId ?? of.id,
    size: null,
    localFile: null,
  });

  it('come and go by either side, and keep what is known of them here', () => {
    const own = file({ id: 'new-1', serverId: null, localFile: 'sealed-own' });
    expect(mergeFiles([a, b, own], [bare(a), file({ id: 'c' })])).toEqual([a, file({ id: 'c' }), own]);
    expect(mergeFiles([b], [bare(a), bare(b)])).toEqual([b]);
    expect(mergeFiles([a, b], [])).toEqual([]);
  });

  it('are recognised when their sending was not answered, and keep their id here', () => {
    const own = file({ id: 'new-1', serverId: null, encryptedKey: 'k', localFile: 'sealed-own' });
    const arrived = file({ id: 's9', name: own.name, encryptedKey: 'k' });
    expect(mergeFiles([a, b, own], [bare(a), bare(b), arrived])).toEqual([a, b, { ...own, serverId: 's9' }]);
  });

  it('of the same fixed key are told apart by name', () => {
    const own = file({ id: 'new-1', serverId: null, encryptedKey: b.encryptedKey });
    expect(mergeFiles([a, b, own], [bare(a), bare(b)])).toEqual([a, b, own]);
  });

  it('under a changed key have no contents here any more', () => {
    expect(mergeFiles([a, b], [{ ...bare(a), encryptedKey: 'other' }, b])).toEqual([
      { ...a, encryptedKey: 'other', size: null, localFile: null },
      b,
    ]);
  });
});
