import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  generateKeyPair,
  keyBits,
  keyFingerprint,
  loadPrivateKey,
  loadPublicKey,
  openPrivateKey,
  openPrivatePem,
  publicPemOf,
  samePublicKey,
  sealPrivateKey,
} from './keypair.ts';
import { asMasterKey } from './keys.ts';
import { sealEnvelope } from './envelope.ts';

const bad = (reason: string): unknown =>
  expect.objectContaining({ code: 'badKeyPair', params: expect.objectContaining({ reason }) });
const refusal = expect.objectContaining({ code: 'undecipherable', params: {} });
const masterKey = asMasterKey(Buffer.alloc(88, 'm'));

const pairs = new Map<number, { publicKey: KeyObject; privateKey: KeyObject }>();
function pair(bits: number): { publicKey: KeyObject; privateKey: KeyObject } {
  const made = pairs.get(bits) ?? generateKeyPairSync('rsa', { modulusLength: bits });
  pairs.set(bits, made);
  return made;
}
const pemOf = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'spki'): string =>
  key.type === 'private'
    ? key.export({ type: type as 'pkcs1', format: 'pem' }).toString()
    : key.export({ type: type as 'spki', format: 'pem' }).toString();
const oneLine = (pem: string): string => {
  const [first, ...rest] = pem.trim().split('\n');
  return [first, rest.slice(0, -1).join(''), rest.at(-1)].join('\n');
};

describe('reading private keys', () => {
  const forms: [string, (key: KeyObject) => string][] = [
    ['PKCS#8', (key) => pemOf(key, 'pkcs8')],
    ['PKCS#1', (key) => pemOf(key, 'pkcs1')],
    ['PKCS#8 without final newline', (key) => pemOf(key, 'pkcs8').trimEnd()],
    ['PKCS#1 without final newline', (key) => pemOf(key, 'pkcs1').trimEnd()],
    ['CRLF lines', (key) => pemOf(key, 'pkcs1').replaceAll('\n', '\r\n')],
    ['the body on one line', (key) => oneLine(pemOf(key, 'pkcs1'))],
    ['space around it', (key) => `\n\n${pemOf(key, 'pkcs8')}\n\n`],
    ['PKCS#8 under the PKCS#1 label', (key) => pemOf(key, 'pkcs8').replaceAll('PRIVATE', 'RSA PRIVATE')],
    ['PKCS#1 under the PKCS#8 label', (key) => pemOf(key, 'pkcs1').replaceAll('RSA PRIVATE', 'PRIVATE')],
  ];
  it.each([1024, 1536, 2048].flatMap((bits) => forms.map(([name, write]) => ({ bits, name, write }))))(
    '$bits bits, $name',
    ({ bits, write }) => {
      const { privateKey, publicKey } = pair(bits);
      const loaded = loadPrivateKey(Buffer.from(write(privateKey)));
      expect(keyBits(loaded)).toBe(bits);
      expect(publicPemOf(loaded)).toBe(pemOf(publicKey, 'spki'));
    },
  );

  it('refuses what is no RSA key of a bearable size', () => {
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => loadPrivateKey(Buffer.from(pemOf(curve.privateKey, 'pkcs8')))).toThrow(bad('notRsa'));
    expect(() => loadPrivateKey(Buffer.from(pemOf(pair(768).privateKey, 'pkcs8')))).toThrow(bad('size'));
    const pem = pemOf(pair(1024).privateKey, 'pkcs8');
    for (const text of ['', 'not a key', pem.slice(0, 300), pemOf(pair(1024).publicKey, 'spki')]) {
      expect(() => loadPrivateKey(Buffer.from(text))).toThrow(bad('unreadable'));
    }
  });
});

describe('public keys', () => {
  it('are compared by what they are, not by their spelling', () => {
    const spki = pemOf(pair(1024).publicKey, 'spki');
    const pkcs1 = pemOf(pair(1024).publicKey, 'pkcs1');
    expect(samePublicKey(spki, pkcs1)).toBe(true);
    expect(samePublicKey(spki, spki.trimEnd())).toBe(true);
    expect(samePublicKey(spki, oneLine(spki))).toBe(true);
    expect(samePublicKey(spki, pemOf(pair(2048).publicKey, 'spki'))).toBe(false);
    expect(keyFingerprint(spki)).toBe(keyFingerprint(pkcs1));
    expect(keyFingerprint(spki)).toMatch(/^[0-9a-f]{64}$/);
    expect(keyBits(spki)).toBe(1024);
  });

  it('a private key, another kind of key or rubbish is refused', () => {
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(() => loadPublicKey(pemOf(pair(1024).privateKey, 'pkcs8'))).toThrow(bad('privateKeyGiven'));
    expect(() => loadPublicKey(pemOf(curve.publicKey, 'spki'))).toThrow(bad('notRsa'));
    expect(() => loadPublicKey(pemOf(pair(768).publicKey, 'spki'))).toThrow(bad('size'));
    expect(() => loadPublicKey('')).toThrow(bad('unreadable'));
  });
});

describe('the pair of an account', () => {
  it('is new RSA-2048 in PKCS#8 and SPKI, both with a final newline', async () => {
    const { publicPem, privatePem } = await generateKeyPair();
    expect(privatePem.toString()).toMatch(
      /^-----BEGIN PRIVATE KEY-----\n[^-]+\n-----END PRIVATE KEY-----\n$/,
    );
    expect(publicPem).toMatch(/^-----BEGIN PUBLIC KEY-----\n[^-]+\n-----END PUBLIC KEY-----\n$/);
    const loaded = loadPrivateKey(privatePem);
    expect(loaded.bits).toBe(2048);
    expect(loaded.key.asymmetricKeyDetails?.publicExponent).toBe(65_537n);
    expect(publicPemOf(loaded)).toBe(publicPem);
  });

  it('opens under the master key, or under the password text of accounts the connector made', () => {
    const pem = Buffer.from(pemOf(pair(1024).privateKey, 'pkcs1').trimEnd());
    const password = Buffer.from('a master password');
    expect(openPrivatePem(sealPrivateKey(pem, masterKey), masterKey).equals(pem)).toBe(true);
    const made = sealEnvelope(pem, password);
    expect(() => openPrivateKey(made, masterKey)).toThrow(refusal);
    expect(() => openPrivateKey(made, masterKey, Buffer.alloc(0))).toThrow(refusal);
    expect(() => openPrivateKey(made, masterKey, Buffer.from('another'))).toThrow(refusal);
    expect(openPrivateKey(made, masterKey, password).bits).toBe(1024);
  });

  it('a text that opens but is no key is a bad pair, not a wrong password', () => {
    const wire = sealPrivateKey(Buffer.from('hello'), masterKey);
    expect(() => openPrivateKey(wire, masterKey)).toThrow(bad('unreadable'));
  });
});
