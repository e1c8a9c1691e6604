import { describe, expect, it } from 'vitest';
import { encodePlainAttachment } from './attachment.ts';
import { isInParts, sealPartList } from './attachmentparts.ts';
import { sealAttachmentKey } from './attachment.ts';
import { deriveFileKey } from './derivedfilekey.ts';
import { asVaultKey, generateRecordKey, generateVaultKey, keyAlphabet } from './keys.ts';

describe('keys of converted files', () => {
  const vaultKey = generateVaultKey();

  it('are the same whenever they are asked for, and others for each file, kind and vault', () => {
    const key = deriveFileKey(vaultKey, 'one', false).toString('latin1');
    expect(deriveFileKey(vaultKey, 'one', false).toString('latin1')).toBe(key);
    const others = [
      deriveFileKey(vaultKey, 'two', false),
      deriveFileKey(vaultKey, 'one', true).subarray(-100),
      deriveFileKey(generateVaultKey(), 'one', false),
    ].map((other) => other.toString('latin1'));
    expect(new Set([key, ...others]).size).toBe(4);
  });

  it('look like every new key', () => {
    const key = deriveFileKey(vaultKey, 'one', false).toString('latin1');
    expect(key).toHaveLength(100);
    expect([...key].every((letter) => keyAlphabet.includes(letter))).toBe(true);
  });

  it('say whether the file is in parts', () => {
    const recordKey = generateRecordKey();
    const sealed = (isParted: boolean): string =>
      sealAttachmentKey(deriveFileKey(vaultKey, 'one', isParted), recordKey);
    expect(isInParts(sealed(true), recordKey)).toBe(true);
    expect(isInParts(sealed(false), recordKey)).toBe(false);
    // The constant of an account without keys says the same of a file there.
    const list = { size: 1, partSize: 1, digest: '0'.repeat(64), parts: ['0'.repeat(64)] };
    expect(isInParts(sealPartList(list, null, null).encryptedKey, null)).toBe(true);
    expect(isInParts(encodePlainAttachment(Buffer.from('a')).encryptedKey, null)).toBe(false);
  });

  it('never come from an empty key', () => {
    const wiped = asVaultKey(Buffer.alloc(8, 1));
    wiped.fill(0);
    expect(() => deriveFileKey(wiped, 'one', false)).toThrow('An empty key');
  });
});
