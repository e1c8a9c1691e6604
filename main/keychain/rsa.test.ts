import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeychainError } from './error.ts';
import { loadPrivateKey, publicPemOf, type PrivateKey } from './keypair.ts';
import { generateVaultKey } from './keys.ts';
import { rawPrivateOperationByForge, unpadPkcs1, unwrapKey, wrapKey } from './rsa.ts';

const refusal = expect.objectContaining({ name: 'KeychainError', code: 'undecipherable', params: {} });

function newKey(bits: number): PrivateKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return loadPrivateKey(Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })));
}
const current = newKey(2048);
const legacy = newKey(1024);

const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
const pkcs1 = { padding: constants.RSA_PKCS1_PADDING };
const raw = { padding: constants.RSA_NO_PADDING };
type Padding = { padding: number; oaepHash?: string };
const encrypt = (text: Buffer, to: PrivateKey, padding: Padding): Buffer =>
  publicEncrypt({ key: publicPemOf(to), ...padding }, text);
const wire = (ciphertext: Buffer): string => ciphertext.toString('base64');
const decrypts = (text: string, by: PrivateKey, padding: Padding): Buffer =>
  privateDecrypt({ key: by.key, ...padding }, Buffer.from(text, 'base64'));

describe('wrapping', () => {
  it('writes OAEP with SHA-256', () => {
    const key = generateVaultKey();
    expect(decrypts(wrapKey(key, publicPemOf(current)), current, oaep).equals(key)).toBe(true);
  });

  it('refuses a recipient under 2048 bits, even where OAEP would fit', () => {
    const weak = expect.objectContaining({ code: 'weakRecipientKey', params: { bits: 1024, minimum: 2048 } });
    expect(() => wrapKey(generateVaultKey(), publicPemOf(legacy))).toThrow(weak);
    expect(() => wrapKey(Buffer.alloc(32, 'k'), publicPemOf(legacy))).toThrow(weak);
    expect(() => wrapKey(generateVaultKey(), publicPemOf(legacy), { allowLegacyKey: false })).toThrow(weak);
  });

  it('with leave, writes OAEP where it fits and v1.5 only where it does not', () => {
    const leave = { allowLegacyKey: true };
    const short = Buffer.alloc(62, 'k');
    expect(decrypts(wrapKey(short, publicPemOf(legacy), leave), legacy, oaep).equals(short)).toBe(true);
    const long = generateVaultKey();
    const wrapped = wrapKey(long, publicPemOf(legacy), leave);
    expect(decrypts(wrapped, legacy, raw).subarray(0, 2).toString('hex')).toBe('0002');
    expect(unwrapKey(wrapped, legacy).equals(long)).toBe(true);
  });

  it('a text too long for OAEP under a strong key is not quietly written as v1.5', () => {
    const long = Buffer.alloc(191, 'k');
    expect(() => wrapKey(long, publicPemOf(current))).toThrow(
      expect.objectContaining({ code: 'weakRecipientKey' }),
    );
    expect(
      unwrapKey(wrapKey(long, publicPemOf(current), { allowLegacyKey: true }), current).equals(long),
    ).toBe(true);
  });

  it('refuses an empty key, and a text that fits in no padding', () => {
    const codeOf = (code: string): unknown => expect.objectContaining({ code });
    expect(() => wrapKey(Buffer.alloc(0), publicPemOf(current))).toThrow(codeOf('emptyKey'));
    expect(() => wrapKey(Buffer.alloc(118, 'k'), publicPemOf(legacy), { allowLegacyKey: true })).toThrow(
      codeOf('tooLarge'),
    );
    expect(() => wrapKey(Buffer.alloc(10, 'k'), 'not a key')).toThrow(codeOf('badKeyPair'));
  });
});

describe('unwrapping', () => {
  const keyText = fc
    .string({ minLength: 1, maxLength: 62, unit: 'grapheme-ascii' })
    .map((text) => Buffer.from(text));

  it.each([
    ['2048', current],
    ['1024', legacy],
  ])('reads OAEP and v1.5 side by side, %s bits', (_, key) => {
    fc.assert(
      fc.property(keyText, (text) => {
        expect(unwrapKey(wire(encrypt(text, key, oaep)), key).equals(text)).toBe(true);
        expect(unwrapKey(wire(encrypt(text, key, pkcs1)), key).equals(text)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('reads keys of any length and alphabet', () => {
    for (const text of ['k', 'ключ', 'k'.repeat(32), 'k'.repeat(117)]) {
      expect(unwrapKey(wire(encrypt(Buffer.from(text), legacy, pkcs1)), legacy).toString()).toBe(text);
    }
  });

  it('reads a ciphertext whose leading zero bytes an old client dropped', () => {
    let ciphertext: Buffer;
    do ciphertext = encrypt(Buffer.from('a key'), legacy, pkcs1);
    while (ciphertext[0] !== 0);
    expect(unwrapKey(wire(ciphertext.subarray(1)), legacy).toString()).toBe('a key');
  });

  it('refuses text that is no key in either padding', () => {
    for (const text of ['', 'a\nb', 'a\u0000b', 'a\u007f']) {
      expect(() => unwrapKey(wire(encrypt(Buffer.from(text), current, oaep)), current)).toThrow(refusal);
      expect(() => unwrapKey(wire(encrypt(Buffer.from(text), current, pkcs1)), current)).toThrow(refusal);
    }
    const bytes = Buffer.from('ff80c0', 'hex');
    expect(() => unwrapKey(wire(encrypt(bytes, current, oaep)), current)).toThrow(refusal);
  });

  it('changed, cut, foreign and random ciphertexts: one error and nothing else', () => {
    const good = encrypt(generateVaultKey(), legacy, pkcs1);
    const seen = new Set<string>();
    for (let i = 0; i < 400; i += 1) {
      const changed = Buffer.from(i % 4 === 0 ? randomBytes(128) : good);
      if (i % 4 === 1) changed[i % 128]! ^= 1 << (i % 8);
      const cut = i % 4 === 2 ? changed.subarray(0, i % 125) : changed;
      const text = i % 4 === 3 ? wire(encrypt(generateVaultKey(), current, oaep)) : wire(cut);
      try {
        unwrapKey(text, legacy);
        seen.add('opened');
      } catch (error) {
        seen.add(error instanceof KeychainError ? `${error.code}: ${error.message}` : String(error));
      }
    }
    expect([...seen]).toEqual(['undecipherable: The value does not open with this key']);
  });

  it('refuses base64 in any other spelling', () => {
    const text = wire(encrypt(generateVaultKey(), current, oaep));
    for (const other of [
      '',
      ` ${text}`,
      `${text}\n`,
      text.slice(0, -1),
      text.replace(/.=*$/, ''),
      'not base64',
    ]) {
      expect(() => unwrapKey(other, current)).toThrow(refusal);
    }
  });

  it('a number at or above the modulus is refused', () => {
    expect(() => unwrapKey(wire(Buffer.alloc(128, 0xff)), legacy)).toThrow(refusal);
    expect(() => rawPrivateOperationByForge(Buffer.alloc(128, 0xff), legacy)).toThrow(refusal);
  });
});

describe('the raw operation without the runtime', () => {
  it.each([
    ['2048', current],
    ['1024', legacy],
  ])('gives the same bytes, %s bits', (_, key) => {
    for (const padding of [oaep, pkcs1]) {
      const ciphertext = encrypt(Buffer.from('a key'), key, padding);
      const expected = privateDecrypt({ key: key.key, ...raw }, ciphertext);
      expect(rawPrivateOperationByForge(ciphertext, key).equals(expected)).toBe(true);
    }
    const ciphertext = encrypt(Buffer.from('a key'), key, pkcs1);
    expect(unpadPkcs1(rawPrivateOperationByForge(ciphertext, key)).toString()).toBe('a key');
  });
});

describe('PKCS#1 v1.5 padding', () => {
  const block = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

  it('is taken off where it is right', () => {
    expect(unpadPkcs1(block('0002 0101010101010101 00 6b6579')).toString()).toBe('key');
    expect(unpadPkcs1(block('0002 ffffffffffffffffffff 00 6b 00 79')).toString()).toBe('k\u0000y');
  });

  it.each([
    ['a wrong first byte', '0102 0101010101010101 00 6b6579'],
    ['block type 1', '0001 0101010101010101 00 6b6579'],
    ['seven bytes of filling', '0002 01010101010101 00 6b6579'],
    ['no separator', '0002 0101010101010101 01 6b6579'],
    ['no filling', '0002 00 6b6579'],
    ['an empty text', '0002 0101010101010101 00'],
  ])('%s leaves nothing, which no caller accepts', (_, hex) => {
    expect(unpadPkcs1(block(hex))).toHaveLength(0);
  });
});
