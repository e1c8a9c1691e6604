import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealEnvelope } from './envelope.ts';
import { loadPrivateKey, publicPemOf } from './keypair.ts';
import { asRecordKey, asVaultKey, generateRecordKey, generateVaultKey } from './keys.ts';
import { encodePlain } from './plainfield.ts';
import {
  decodePlainCustomField,
  encodePlainCustomField,
  openCustomField,
  openInboxKey,
  openPassword,
  openRecordKey,
  openShortcutKey,
  recordKeyEqualsVaultKey,
  sealCustomField,
  sealCustoms,
  sealInboxKey,
  sealPassword,
  sealRecordKey,
  sealShortcutKey,
  unwrapVaultKey,
  wrapVaultKey,
} from './record.ts';

const refusal = expect.objectContaining({ code: 'undecipherable', params: {} });
const emptyKey = expect.objectContaining({ code: 'emptyKey' });
const vaultKey = generateVaultKey();
const recordKey = generateRecordKey();

describe('record keys', () => {
  it('travel under a vault key, a shortcut vault key, and by RSA', () => {
    const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    const privateKey = loadPrivateKey(Buffer.from(pem));
    const publicPem = publicPemOf(privateKey);
    expect(openRecordKey(sealRecordKey(recordKey, vaultKey), vaultKey).equals(recordKey)).toBe(true);
    expect(openShortcutKey(sealShortcutKey(recordKey, vaultKey), vaultKey).equals(recordKey)).toBe(true);
    expect(openInboxKey(sealInboxKey(recordKey, publicPem), privateKey).equals(recordKey)).toBe(true);
    expect(unwrapVaultKey(wrapVaultKey(vaultKey, publicPem), privateKey).equals(vaultKey)).toBe(true);
  });

  it('are read whatever their length, but never empty', () => {
    for (const length of [1, 32, 100, 500]) {
      const key = asRecordKey(Buffer.alloc(length, 'k'));
      expect(openRecordKey(sealRecordKey(key, vaultKey), vaultKey).equals(key)).toBe(true);
    }
    expect(() => openRecordKey(sealEnvelope(Buffer.alloc(0), vaultKey), vaultKey)).toThrow(emptyKey);
  });

  it('an emptied key seals nothing and opens nothing', () => {
    const gone = recordKey.subarray(0, 0) as typeof recordKey;
    const noVault = vaultKey.subarray(0, 0) as typeof vaultKey;
    expect(() => sealRecordKey(gone, vaultKey)).toThrow(emptyKey);
    expect(() => sealRecordKey(recordKey, noVault)).toThrow(emptyKey);
    expect(() => openRecordKey(sealRecordKey(recordKey, vaultKey), noVault)).toThrow(emptyKey);
    expect(() => sealPassword(Buffer.from('p'), gone)).toThrow(emptyKey);
    expect(() => sealCustoms([{ name: 'n', value: Buffer.from('v'), type: 'text' }], gone)).toThrow(emptyKey);
  });

  it('a record that carries its vault key is recognised', () => {
    const wire = sealEnvelope(vaultKey, vaultKey);
    expect(recordKeyEqualsVaultKey(openRecordKey(wire, vaultKey), vaultKey)).toBe(true);
    expect(recordKeyEqualsVaultKey(recordKey, vaultKey)).toBe(false);
    expect(
      recordKeyEqualsVaultKey(asRecordKey(Buffer.alloc(32, 'k')), asVaultKey(Buffer.alloc(33, 'k'))),
    ).toBe(false);
  });
});

describe('passwords', () => {
  it('an absent one is not an empty one', () => {
    expect([
      openPassword(undefined, recordKey),
      openPassword(null, recordKey),
      openPassword('', recordKey),
    ]).toEqual([undefined, undefined, undefined]);
    const empty = sealPassword(Buffer.alloc(0), recordKey);
    expect(empty).toHaveLength(71);
    expect(openPassword(empty, recordKey)).toHaveLength(0);
  });

  it('plain text in the place of ciphertext is refused', () => {
    expect(() => openPassword(encodePlain(Buffer.from('hunter2')), recordKey)).toThrow(refusal);
    expect(() => openPassword('hunter2', recordKey)).toThrow(refusal);
  });
});

describe('custom fields', () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 40 });

  it('come back as they were, unknown members and empty texts included', () => {
    const fields = fc.record({ name: words, value: words, type: words, id: fc.integer(), note: fc.string() });
    fc.assert(
      fc.property(fields, (given) => {
        const field = { ...given, value: Buffer.from(given.value) };
        const sealed = sealCustomField(field, recordKey);
        expect(openCustomField(sealed, recordKey)).toEqual(field);
        expect(decodePlainCustomField(encodePlainCustomField(field))).toEqual(field);
        expect([sealed['id'], sealed['note']]).toEqual([given.id, given.note]);
      }),
    );
  });

  it('every member that should be ciphertext must be', () => {
    const [sealed] = sealCustoms([{ name: 'n', value: Buffer.from('v'), type: 'text' }], recordKey);
    for (const member of ['name', 'value', 'type']) {
      for (const put of ['', 'text', encodePlain(Buffer.from('text'))]) {
        expect(() => openCustomField({ ...sealed!, [member]: put }, recordKey)).toThrow(refusal);
      }
    }
    expect(() => openCustomField(sealed!, generateRecordKey())).toThrow(refusal);
    expect(() => decodePlainCustomField({ name: 'bg==', value: 'not base64', type: 'dGV4dA==' })).toThrow(
      refusal,
    );
  });
});
