import { describe, expect, it } from 'vitest';
import {
  asAttachmentKey,
  asLinkCode,
  asMasterKey,
  asRecordKey,
  asVaultKey,
  generateAttachmentKey,
  generateLinkCode,
  generateRecordKey,
  generateSalt,
  generateVaultKey,
  keyAlphabet,
  sameKey,
  textHash,
  vaultCheckValue,
  verifyVaultKey,
} from './keys.ts';
import { generateKeyPair, sealInboxKey, sealPassword, sealRecordKey, wrapVaultKey } from './index.ts';
import { wipe } from './secrets.ts';

const emptyKey = expect.objectContaining({ name: 'KeychainError', code: 'emptyKey' });

describe('text keys', () => {
  it.each([
    ['vault key', generateVaultKey],
    ['record key', generateRecordKey],
    ['attachment key', generateAttachmentKey],
    ['link code', generateLinkCode],
  ])('a new %s is 100 characters of the alphabet, each as likely as another', (_, generate) => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 640; i += 1) {
      const text = generate().toString('latin1');
      expect(text).toMatch(/^[A-Za-z0-9@!]{100}$/);
      for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    // 64,000 draws, 1,000 expected of each; eight standard deviations are 250.
    expect(counts.size).toBe(keyAlphabet.length);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(250);
  });

  it('no two are the same, and salts have 32 characters', () => {
    expect(new Set(Array.from({ length: 500 }, () => generateVaultKey().toString())).size).toBe(500);
    expect(generateSalt()).toMatch(/^[A-Za-z0-9@!]{32}$/);
  });

  it('any length is read, none is refused but the empty one', () => {
    for (const take of [asMasterKey, asVaultKey, asRecordKey, asAttachmentKey, asLinkCode]) {
      expect(take(Buffer.from('k'))).toHaveLength(1);
      expect(take(Buffer.alloc(32, 'k'))).toHaveLength(32);
      expect(() => take(Buffer.alloc(0))).toThrow(emptyKey);
    }
  });

  it('a wiped key is gone', () => {
    const key = generateVaultKey();
    const other = generateRecordKey();
    wipe(key, other);
    expect(Buffer.concat([key, other]).equals(Buffer.alloc(200))).toBe(true);
  });

  it('a wiped key is wrapped for nobody and seals nothing', async () => {
    const { publicPem } = await generateKeyPair();
    const vaultKey = generateVaultKey();
    const recordKey = generateRecordKey();
    wipe(vaultKey);
    expect(() => wrapVaultKey(vaultKey, publicPem)).toThrow(emptyKey);
    expect(() => sealRecordKey(recordKey, vaultKey)).toThrow(emptyKey);
    wipe(recordKey);
    expect(() => sealInboxKey(recordKey, publicPem)).toThrow(emptyKey);
    expect(() => sealRecordKey(recordKey, generateVaultKey())).toThrow(emptyKey);
    expect(() => sealPassword(Buffer.from('text'), recordKey)).toThrow(emptyKey);
  });

  it('the check value belongs to one key and one salt', () => {
    const key = generateVaultKey();
    const salt = generateSalt();
    const value = vaultCheckValue(key, salt);
    expect(value).toMatch(/^[0-9a-f]{64}$/);
    expect(verifyVaultKey(key, salt, value)).toBe(true);
    for (const given of ['', value.toUpperCase(), value.slice(1), `${value}0`, 'é'.repeat(64)]) {
      expect(verifyVaultKey(key, salt, given)).toBe(false);
    }
    expect(verifyVaultKey(generateVaultKey(), salt, value)).toBe(false);
    expect(verifyVaultKey(key, generateSalt(), value)).toBe(false);
  });

  it('compares keys by their text', () => {
    expect(sameKey(Buffer.from('abc'), Buffer.from('abc'))).toBe(true);
    expect(sameKey(Buffer.from('abc'), Buffer.from('abd'))).toBe(false);
    expect(sameKey(Buffer.from('abc'), Buffer.from('abcd'))).toBe(false);
  });

  it('hashes the empty text to the empty text', () => {
    expect([textHash(Buffer.alloc(0)), textHash(Buffer.alloc(0), 'sha512')]).toEqual(['', '']);
  });
});
