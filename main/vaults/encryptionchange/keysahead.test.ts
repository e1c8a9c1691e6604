import { describe, expect, it } from 'vitest';
import { LockedBytes } from '../../custody/index.ts';
import { generateVaultKey } from '../../keychain/index.ts';
import { temporaryMirror } from '../../mirror/testmirror.ts';
import { KeysAhead } from './keysahead.ts';

const sealKey = (byte: number): LockedBytes => LockedBytes.adopt(Buffer.alloc(32, byte));

describe('keys that were made before they count', () => {
  it('are known again after a restart, each for its own vault, and only the last one', () => {
    using test = temporaryMirror();
    const [former, key] = [generateVaultKey(), generateVaultKey()];
    const before = new KeysAhead({ mirror: test.mirror, sealKey: sealKey(1) });
    expect(before.isVaultKey('one', key)).toBe(false);
    before.keepVaultKey('one', former);
    before.keepVaultKey('one', key);
    before.keepVaultKey('two', former);
    const ahead = new KeysAhead({ mirror: test.reopen(), sealKey: sealKey(1) });
    expect(ahead.isVaultKey('one', key)).toBe(true);
    expect(ahead.isVaultKey('one', former)).toBe(false);
    expect(ahead.isVaultKey('two', key)).toBe(false);
    expect(ahead.isVaultKey('two', former)).toBe(true);
    expect(ahead.isVaultKey('three', key)).toBe(false);
  });

  it('are remembered as a pair by what is public of it', () => {
    using test = temporaryMirror();
    const ahead = new KeysAhead({ mirror: test.mirror, sealKey: sealKey(1) });
    expect(ahead.own()).toBeNull();
    const pair = { fingerprint: 'f'.repeat(64), masterKeyOptions: 'pbkdf:sha256:300000:64:salt' };
    ahead.keepOwn(pair);
    expect(ahead.own()).toEqual(pair);
    const other = new KeysAhead({ mirror: test.mirror, sealKey: sealKey(2) });
    expect(() => other.own()).toThrow(expect.objectContaining({ code: 'tampered' }) as Error);
  });

  it('are known to another copy that takes them over, those of the named vaults alone', () => {
    using first = temporaryMirror();
    using second = temporaryMirror();
    const key = generateVaultKey();
    const from = new KeysAhead({ mirror: first.mirror, sealKey: sealKey(1) });
    const to = new KeysAhead({ mirror: second.mirror, sealKey: sealKey(2) });
    to.takeOver(from, ['one']);
    expect(to.isVaultKey('one', key)).toBe(false);
    from.keepVaultKey('one', key);
    from.keepVaultKey('two', key);
    to.takeOver(from, ['one', 'none']);
    expect(to.isVaultKey('one', key)).toBe(true);
    expect(to.isVaultKey('two', key)).toBe(false);
    expect(to.isVaultKey('one', generateVaultKey())).toBe(false);
  });
});
