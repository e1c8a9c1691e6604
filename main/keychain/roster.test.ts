import { generateKeyPairSync, verify, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPrivateKey, loadPrivateKeyDer, privateKeyDer, type PrivateKey } from './keypair.ts';
import { openRoster, rosterKeyFingerprint, signRoster } from './roster.ts';
import { decodeRosterText, encodeRosterText, rosterLimits, type Roster } from './rostertext.ts';

function pair(bits = 2048): PrivateKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  return loadPrivateKey(Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })));
}

const annas = pair();
const fingerprint = (digit: string): string => digit.repeat(64);
const small: Roster = {
  ...{ number: 3, signedAt: 1_790_000_000, signer: { userId: 'u1', name: 'Анна' } },
  people: [
    { userId: 'u1', name: 'Анна', login: 'anna', fingerprint: fingerprint('a') },
    { userId: 'u2', name: 'Boris', login: 'boris', fingerprint: fingerprint('b') },
  ],
};
const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('the text of a roster', () => {
  it('comes back as it was written, whatever the order of the people', () => {
    const id = fc.string({ minLength: 1, maxLength: 24, unit: 'binary' });
    const name = fc.string({ maxLength: 20, unit: 'grapheme' });
    const hex = fc
      .uint8Array({ minLength: 32, maxLength: 32 })
      .map((bytes) => Buffer.from(bytes).toString('hex'));
    const person = fc.record({ userId: id, name, login: name, fingerprint: hex });
    const people = fc.uniqueArray(person, { selector: ({ userId }) => userId, maxLength: 8 });
    fc.assert(
      fc.property(people, fc.integer({ min: 1 }), (those, number) => {
        const roster = { ...small, number, people: those };
        const read = decodeRosterText(encodeRosterText(roster));
        expect(read?.number).toBe(number);
        expect(new Set(read?.people)).toEqual(new Set(those));
        expect(encodeRosterText({ ...roster, people: those.toReversed() })).toEqual(encodeRosterText(roster));
      }),
    );
  });

  const plain: Record<string, unknown> = JSON.parse(encodeRosterText(small).toString());
  const [anna, boris] = small.people;
  it.each<[string, Uint8Array]>([
    ['another format', text({ ...plain, format: 'roster' })],
    ['another version', text({ ...plain, version: 2 })],
    ['number 0', text({ ...plain, number: 0 })],
    ['a time that no calendar has', text({ ...plain, signedAt: Number.MAX_SAFE_INTEGER })],
    ['a number that is none', text({ ...plain, number: 1.5 })],
    ['a member more', text({ ...plain, more: 1 })],
    ['a member more in a person', text({ ...plain, people: [{ ...anna, admin: true }] })],
    [
      'a member twice',
      Buffer.from(encodeRosterText(small).toString().replace('"version"', '"number":9,"version"')),
    ],
    ['people in another order', text({ ...plain, people: [boris, anna] })],
    ['a person twice', text({ ...plain, people: [anna, anna] })],
    ['a fingerprint in capitals', text({ ...plain, people: [{ ...anna, fingerprint: fingerprint('A') }] })],
    ['an empty id', text({ ...plain, people: [{ ...anna, userId: '' }] })],
    ['a name without end', text({ ...plain, people: [{ ...anna, name: 'n'.repeat(1_025) }] })],
    ['spaces', Buffer.from(JSON.stringify(plain, null, 1))],
    ['a mark of the byte order', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), encodeRosterText(small)])],
    ['bytes that are no text', Buffer.concat([encodeRosterText(small), Buffer.from([0xff])])],
    ['nothing', Buffer.alloc(0)],
    ['too much', Buffer.alloc(rosterLimits.bytes + 1, 0x20)],
  ])('is refused with %s', (_, bytes) => {
    expect(decodeRosterText(encodeRosterText(small))).toEqual(small);
    expect(decodeRosterText(bytes)).toBeNull();
  });

  it('holds 10,000 people and not one more', () => {
    const many = (count: number): Roster => ({
      ...small,
      people: Array.from({ length: count }, (_, index) => ({
        ...{
          userId: String(index).padStart(24, '0'),
          name: `Person ${String(index)}`,
          login: `p${String(index)}`,
        },
        fingerprint: fingerprint('c'),
      })),
    });
    expect(decodeRosterText(encodeRosterText(many(rosterLimits.people)))?.people).toHaveLength(10_000);
    expect(() => encodeRosterText(many(rosterLimits.people + 1))).toThrow(
      expect.objectContaining({ code: 'tooLarge' }),
    );
  });
});

describe('a signed roster', () => {
  const signed = signRoster(small, annas);

  it('opens, and names the key of its signer', () => {
    expect(openRoster(signed)).toEqual({ roster: small, keyFingerprint: rosterKeyFingerprint(annas) });
  });

  it('is signed with a key of the person, not of the device, and not with the RSA key', () => {
    const der = privateKeyDer(annas);
    expect(rosterKeyFingerprint(loadPrivateKeyDer(der))).toBe(rosterKeyFingerprint(annas));
    expect(signRoster(small, loadPrivateKeyDer(der))).toEqual(signed);
    expect(rosterKeyFingerprint(pair())).not.toBe(rosterKeyFingerprint(annas));
  });

  it('verifies by the standard over the named format and the text', () => {
    const spki = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(signed.key, 'base64'),
    ]);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const bytes = Buffer.concat([Buffer.from('strongroom roster 1\n'), signed.text]);
    expect(verify(null, bytes, key, Buffer.from(signed.signature, 'base64'))).toBe(true);
    expect(verify(null, signed.text, key, Buffer.from(signed.signature, 'base64'))).toBe(false);
  });

  it('does not open with any byte of the text flipped', () => {
    for (let place = 0; place < signed.text.length; place += 1) {
      const bytes = Uint8Array.from(signed.text);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << (place % 8));
      expect(openRoster({ ...signed, text: bytes })).toBeNull();
    }
  });

  it.each(['signature', 'key'] as const)('does not open with any byte of its %s flipped', (member) => {
    const whole = Buffer.from(signed[member], 'base64');
    for (let place = 0; place < whole.length * 8; place += 1) {
      const bytes = Uint8Array.from(whole);
      bytes[place >> 3] = (bytes[place >> 3] ?? 0) ^ (1 << (place & 7));
      expect(openRoster({ ...signed, [member]: Buffer.from(bytes).toString('base64') })).toBeNull();
    }
  });

  it.each<[string, Partial<typeof signed>]>([
    ['the key of somebody else', { key: signRoster(small, pair()).key }],
    ['the signature of another roster', { signature: signRoster({ ...small, number: 4 }, annas).signature }],
    ['no signature', { signature: '' }],
    ['no key', { key: '' }],
    ['a signature that is no base64', { signature: '!' }],
    ['a signature in another spelling', { signature: `${signed.signature}\n` }],
    ['a key that is too long', { key: Buffer.alloc(33, 1).toString('base64') }],
    ['a signature without end', { signature: 'A'.repeat(100_000) }],
  ])('does not open with %s', (_, change) => {
    expect(openRoster({ ...signed, ...change })).toBeNull();
  });

  it('is not made with a key that can be broken', () => {
    const weak = pair(1024);
    const refusal = expect.objectContaining({ code: 'badKeyPair', params: { reason: 'size', bits: 1024 } });
    expect(() => signRoster(small, weak)).toThrow(refusal);
    expect(() => rosterKeyFingerprint(weak)).toThrow(refusal);
  });
});
