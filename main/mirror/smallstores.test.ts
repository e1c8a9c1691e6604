import { describe, expect, it } from 'vitest';
import type { Pins } from './model.ts';
import { recentsKept } from './recents.ts';
import { aRecord, temporaryMirror } from './testmirror.ts';

const pins: Pins = { mode: 'client', masterKeyOptions: 'pbkdf:…', ownPublicKey: 'ab12', userId: 'u1' };

describe('pins', () => {
  it('are written once', () => {
    using test = temporaryMirror();
    expect(test.mirror.pins.read()).toBeNull();
    test.mirror.pins.write(pins);
    expect(() => {
      test.mirror.pins.write({ ...pins, mode: 'none' });
    }).toThrow(expect.objectContaining({ code: 'internal' }) as Error);
    expect(test.reopen().pins.read()).toEqual(pins);
    test.mirror.pins.raiseMasterKeyOptions('stronger');
    expect(test.mirror.pins.read()).toEqual({ ...pins, masterKeyOptions: 'stronger' });
  });

  it('remember vault keys and people’s keys', () => {
    using test = temporaryMirror();
    const store = test.mirror.pins;
    expect(store.vaultKey('v1')).toBeNull();
    store.setVaultKey({ vaultId: 'v1', mac: 'm', trust: 'unverified', firstSeenAt: 1 });
    store.setVaultKey({ vaultId: 'v1', mac: 'm', trust: 'keyChanged', firstSeenAt: 1 });
    expect(store.vaultKey('v1')).toEqual({ vaultId: 'v1', mac: 'm', trust: 'keyChanged', firstSeenAt: 1 });
    expect(store.userKey('u2')).toBeNull();
    const seen = { userId: 'u2', fingerprint: 'ff00', firstSeenAt: 2 };
    const pin = { ...seen, verifiedAt: null, acceptedAt: null, formerFingerprint: null };
    store.setUserKey(pin);
    expect(store.userKey('u2')).toEqual(pin);
    const accepted = { ...pin, fingerprint: 'ff01', acceptedAt: 3, formerFingerprint: 'ff00', verifiedAt: 4 };
    store.setUserKey(accepted);
    expect(store.userKey('u2')).toEqual(accepted);
  });
});

describe('the manifest', () => {
  it('is replaced as a whole and searched by fingerprint', () => {
    using test = temporaryMirror();
    const { manifest } = test.mirror;
    const password = { field: 'password', salt: '0011', mac: 'aa' };
    const key = { field: 'key', salt: '', mac: 'bb' };
    manifest.replace('r1', [password, key]);
    expect(manifest.entries('r1')).toEqual([password, key]);
    expect(manifest.findMac('r1', 'bb')).toEqual(key);
    expect(manifest.findMac('r1', 'cc')).toBeNull();
    expect(manifest.findMac('r2', 'bb')).toBeNull();
    manifest.replace('r1', [key]);
    expect(manifest.entries('r1')).toEqual([key]);
    manifest.replace('r1', []);
    expect(manifest.entries('r1')).toEqual([]);
  });
});

describe('the key cache and the state of the sync', () => {
  it('keep, replace and remove', () => {
    using test = temporaryMirror();
    const { keyCache, syncState } = test.mirror;
    expect(keyCache.get('masterKey')).toBeNull();
    keyCache.set('masterKey', Buffer.from([1, 2]));
    keyCache.set('masterKey', Buffer.from([3]));
    expect(keyCache.get('masterKey')).toEqual(Buffer.from([3]));
    keyCache.remove('masterKey');
    expect(keyCache.get('masterKey')).toBeNull();
    expect(syncState.get('at')).toBeNull();
    syncState.set('at', '1');
    syncState.set('at', '2');
    expect(syncState.get('at')).toBe('2');
    syncState.set('at', null);
    expect(syncState.get('at')).toBeNull();
  });
});

describe('notices', () => {
  it('are not doubled, come newest first and can be dismissed', () => {
    using test = temporaryMirror();
    const { notices } = test.mirror;
    notices.add({ at: 1, kind: 'vaultRemoved', subject: 'Office', recordId: null });
    notices.add({ at: 2, kind: 'fieldTampered', subject: 'Router', recordId: 'r1' });
    notices.add({ at: 3, kind: 'vaultRemoved', subject: 'Office', recordId: null });
    const all = notices.all();
    expect(all.map((notice) => [notice.at, notice.kind, notice.subject, notice.recordId])).toEqual([
      [3, 'vaultRemoved', 'Office', null],
      [2, 'fieldTampered', 'Router', 'r1'],
    ]);
    notices.dismiss(all[0]?.id ?? '');
    expect(notices.all()).toEqual(all.slice(1));
  });
});

describe('users', () => {
  it('are kept by id', () => {
    using test = temporaryMirror();
    const { users } = test.mirror;
    users.upsert({ id: 'u1', login: 'ann', fullName: 'Ann' });
    users.upsert({ id: 'u1', login: 'ann', fullName: 'Ann Example' });
    expect(users.get('u1')).toEqual({ id: 'u1', login: 'ann', fullName: 'Ann Example' });
    expect(users.all()).toHaveLength(1);
    expect(users.get('u2')).toBeNull();
  });
});

describe('recents', () => {
  it('are bounded', () => {
    using test = temporaryMirror();
    const ids = Array.from({ length: recentsKept + 10 }, (_, index) => `r${String(index)}`);
    test.mirror.records.upsertMany(ids.map((id) => aRecord({ id })));
    ids.forEach((id, index) => {
      test.mirror.recents.touch(id, index);
    });
    expect(test.mirror.recents.ids(1000)).toEqual(ids.slice(10).reverse());
  });
});
