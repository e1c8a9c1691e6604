import { describe, expect, it } from 'vitest';
import type { StoredAttachment, StoredCustomField, StoredRecord } from '../mirror/model.ts';
import { aRecord } from '../mirror/testmirror.ts';
import { mergeRecords, type Merge, type Sameness } from './merge.ts';

/** Here a wire value is `<salt>:<text>`; what begins with `!` does not open. */
const textOf = (wire: string): string => wire.slice(wire.indexOf(':') + 1);
const same: Sameness = {
  secret: (a, b) => a === b || (a !== null && b !== null && !a.startsWith('!') && textOf(a) === textOf(b)),
  customIdentity: ({ name }) => (name.startsWith('!') ? null : textOf(name)),
};

let salt = 0;
const sealed = (text: string): string => `${String((salt += 1))}:${text}`;
const custom = (label: string, value: string, type = 'text'): StoredCustomField => ({
  name: sealed(label),
  value: sealed(value),
  type: sealed(type),
});
const readable = (fields: readonly StoredCustomField[] | undefined): string[] | undefined =>
  fields?.map(({ name, value }) => `${textOf(name)}=${textOf(value)}`);

const base = aRecord({
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
const delivered: Partial<StoredRecord> = {
  revision: 5,
  updatedAt: 9,
  contentHash: 'of theirs',
  keyWrapped: 'key as it is now',
};

function merge(
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

const file = (change: Partial<StoredAttachment> & { readonly id: string }): StoredAttachment => ({
  serverId: change.id,
  name: `${change.id}.pem`,
  encryptedKey: `key of ${change.id}`,
  hash: null,
  size: null,
  localFile: null,
  ...change,
});

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

describe('custom fields', () => {
  const [pin, code] = [custom('PIN', '1234'), custom('Code', 'abc')];
  const before = { ...base, customs: [pin, code] };
  const mergeFields = (mine: readonly StoredCustomField[], theirs: readonly StoredCustomField[]): Merge =>
    merge({ customs: mine }, { customs: theirs }, before);

  it('are merged one by one, and member by member', () => {
    const renamed = { ...pin, name: sealed('Card PIN') };
    const changed = { ...pin, value: sealed('9999') };
    const added = custom('New', 'n');
    const { merged, conflicts, toSend } = mergeFields([renamed, code], [changed, code, added]);
    expect(conflicts).toEqual([]);
    expect(merged.customs).toEqual([{ ...renamed, value: changed.value }, code, added]);
    expect(toSend).toEqual({ customs: merged.customs });
  });

  it('that were only encrypted anew are unchanged', () => {
    const anew = [custom('PIN', '1234'), custom('Code', 'abc')];
    const theirs = [custom('PIN', '5'), custom('Code', 'abc')];
    expect(mergeFields(anew, theirs)).toMatchObject({
      merged: { customs: theirs },
      conflicts: [],
      toSend: {},
    });
  });

  it('keep mine in order if I reordered, else theirs', () => {
    const added = custom('New', 'n');
    expect(readable(mergeFields([code, pin], [pin, code, added]).merged.customs)).toEqual([
      ...['Code=abc', 'New=n', 'PIN=1234'],
    ]);
    expect(readable(mergeFields([pin, added, code], [code, pin]).merged.customs)).toEqual([
      ...['Code=abc', 'PIN=1234', 'New=n'],
    ]);
  });

  it('clash where both changed the value, and the rest is sent with theirs in that place', () => {
    const mine = { ...pin, value: sealed('mine') };
    const theirs = { ...pin, value: sealed('theirs') };
    const added = custom('New', 'n');
    const { merged, conflicts, toSend } = mergeFields([mine, code, added], [theirs, code]);
    expect(conflicts).toEqual([
      { key: 'custom:label PIN:0', kind: 'custom', sides: { ancestor: pin, mine, theirs } },
    ]);
    expect(merged.customs).toEqual([mine, code, added]);
    expect(toSend).toEqual({ customs: [theirs, code, added] });
  });

  it('carry what only one side changed on both sides of a clash', () => {
    const mine = { ...pin, name: sealed('Card PIN'), value: sealed('mine') };
    const theirs = { ...pin, value: sealed('theirs') };
    // A changed label with a changed value cannot be told from a deletion and an addition.
    const { merged, conflicts } = mergeFields([mine, code], [theirs, code]);
    expect(readable(merged.customs)).toEqual(['Card PIN=mine', 'Code=abc']);
    expect(conflicts).toMatchObject([{ sides: { ancestor: pin, mine: undefined, theirs } }]);
    const type = sealed('password');
    const { conflicts: typed } = mergeFields(
      [{ ...pin, value: mine.value }, code],
      [{ ...theirs, type }, code],
    );
    expect(typed).toMatchObject([
      { sides: { mine: { value: mine.value, type }, theirs: { value: theirs.value, type } } },
    ]);
  });

  it('clash where one side deleted and the other changed', () => {
    const changed = { ...pin, value: sealed('9') };
    const mineGone = mergeFields([code], [changed, code]);
    expect(mineGone.merged.customs).toEqual([code]);
    expect(mineGone.conflicts).toMatchObject([
      { sides: { ancestor: pin, mine: undefined, theirs: changed } },
    ]);
    expect(mineGone.toSend).toEqual({});
    const theirsGone = mergeFields([changed, code], [code]);
    expect(theirsGone.merged.customs).toEqual([changed, code]);
    expect(theirsGone.conflicts).toMatchObject([
      { sides: { ancestor: pin, mine: changed, theirs: undefined } },
    ]);
    expect(mergeFields([code], [pin, code]).merged.customs).toEqual([code]);
    expect(mergeFields([code], [code]).conflicts).toEqual([]);
  });

  it('that both added under one label clash unless they say the same', () => {
    const [mine, theirs] = [custom('New', 'm'), custom('New', 't')];
    const { merged, conflicts } = mergeFields([pin, code, mine], [pin, code, theirs]);
    expect(readable(merged.customs)).toEqual(['PIN=1234', 'Code=abc', 'New=m']);
    expect(conflicts).toMatchObject([
      { sides: { ancestor: undefined, mine: { value: mine.value }, theirs: { value: theirs.value } } },
    ]);
    const twin = custom('New', 'm');
    expect(mergeFields([pin, code, mine], [pin, code, twin])).toMatchObject({
      merged: { customs: [pin, code, twin] },
      conflicts: [],
      toSend: {},
    });
  });

  it('of one label are told apart by their values', () => {
    const [a, b] = [custom('Key', 'a'), custom('Key', 'b')];
    const twice = { ...base, customs: [a, b] };
    const changed = { ...b, value: sealed('b2') };
    const { merged, conflicts } = merge({ customs: [b] }, { customs: [a, changed] }, twice);
    expect(merged.customs).toEqual([changed]);
    expect(conflicts).toEqual([]);
  });

  it('that do not open go by their ciphertext', () => {
    const broken = { name: '!1', value: '!2', type: '!3' };
    const more = { ...base, customs: [broken, pin] };
    const changed = { ...pin, value: sealed('9') };
    const unopened = merge({ customs: [broken, changed] }, { customs: [broken, pin, code] }, more);
    expect(unopened).toMatchObject({ merged: { customs: [broken, changed, code] }, conflicts: [] });
    const rewritten = { ...broken, value: '!4' };
    expect(merge({ customs: [pin] }, { customs: [rewritten, pin] }, more).conflicts).toMatchObject([
      { key: 'custom:unopened !1:0', sides: { mine: undefined, theirs: rewritten } },
    ]);
  });

  it('are compared a bounded number of times, however many a record was given', () => {
    let comparisons = 0;
    const counted: Sameness = {
      ...same,
      secret: (a, b) => {
        comparisons += 1;
        return same.secret(a, b);
      },
    };
    const many = (of: string): StoredCustomField[] =>
      Array.from({ length: 400 }, (_, index) => custom(index % 2 ? 'Same' : of, `${of} ${String(index)}`));
    const [before, mine, theirs] = ['base', 'mine', 'theirs'].map((of) => ({ ...base, customs: many(of) }));
    if (before === undefined || mine === undefined || theirs === undefined) throw new Error('three sides');
    const { merged, conflicts } = mergeRecords({ base: before, mine, theirs }, counted);
    expect(comparisons).toBeLessThan(40_000);
    const kept = [...merged.customs, ...conflicts.map(({ sides }) => sides.theirs as StoredCustomField)];
    expect(readable(kept)).toEqual(
      expect.arrayContaining(readable([...mine.customs, ...theirs.customs]) ?? []),
    );
  });

  it('keep members that the protocol does not know', () => {
    const theirs = { ...pin, other: { kept: true } };
    const mine = { ...pin, value: sealed('9') };
    expect(mergeFields([mine, code], [theirs, code]).merged.customs).toEqual([
      { ...mine, other: { kept: true } },
      code,
    ]);
  });
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
