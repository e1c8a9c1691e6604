import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase32xStrict, encodeBase32x } from './base32x.ts';
import {
  envelopeSalt,
  evpBytesToKey,
  isEnvelope,
  openEnvelope,
  openEnvelopeText,
  sealEnvelope,
} from './envelope.ts';
import { envelopeLength, openEnvelopePieces, sealEnvelopePieces } from './envelopestream.ts';
import { KeychainError, type KeychainErrorCode } from './error.ts';
import { decodePlain, encodePlain } from './plainfield.ts';

const key = Buffer.from('correct horse battery staple');
const refusal = expect.objectContaining({ name: 'KeychainError', code: 'undecipherable', params: {} });

/** Deterministic randomness, so that a rare survivor cannot make the suite fail now and then. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What came of opening: 'opened', or the code of the error. Anything but a KeychainError escapes. */
function outcome(open: () => unknown): 'opened' | KeychainErrorCode {
  try {
    open();
    return 'opened';
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error;
    expect(error.message).toBe('The value does not open with this key');
    expect(error.cause).toBeUndefined();
    return error.code;
  }
}

function tally(
  count: number,
  attempt: (index: number) => 'opened' | KeychainErrorCode,
): Record<string, number> {
  const seen: Record<string, number> = {};
  for (let i = 0; i < count; i += 1) {
    const result = attempt(i);
    seen[result] = (seen[result] ?? 0) + 1;
  }
  return seen;
}

const wireOf = (blob: Uint8Array): string => encodeBase32x(Buffer.from(Buffer.from(blob).toString('base64')));
const blobOf = (wire: string): Buffer => Buffer.from(decodeBase32xStrict(wire).toString(), 'base64');

/** An envelope of exactly these padded bytes, as a hostile writer would make it. */
function sealPadded(padded: Buffer): string {
  const salt = Buffer.from('saltsalt');
  const derived = evpBytesToKey(key, salt);
  const cipher = createCipheriv('aes-256-cbc', derived.key, derived.iv).setAutoPadding(false);
  return wireOf(Buffer.concat([Buffer.from('Salted__'), salt, cipher.update(padded), cipher.final()]));
}

describe('envelope', () => {
  it('opens what it sealed, whole and in pieces, for any bytes and any key', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.uint8Array({ minLength: 1, maxLength: 120 }).filter((key) => key.some((byte) => byte !== 0)),
        (input, any) => {
          const wire = sealEnvelope(input, any);
          expect(Uint8Array.from(openEnvelope(wire, any))).toEqual(input);
          expect(Uint8Array.from(Buffer.concat([...openEnvelopePieces(wire, any)]))).toEqual(input);
          expect(wire).toHaveLength(envelopeLength(input.length));
          expect(isEnvelope(wire)).toBe(true);
        },
      ),
    );
  });

  it('writes the same text in pieces as at once', () => {
    const cuts = fc.array(fc.uint8Array({ maxLength: 90 }), { maxLength: 8 });
    fc.assert(
      fc.property(cuts, fc.uint8Array({ minLength: 8, maxLength: 8 }), (pieces, salt) => {
        const whole = Buffer.concat(pieces);
        expect(sealEnvelopePieces(pieces, whole.length, key, salt)).toBe(sealEnvelope(whole, key, salt));
      }),
    );
  });

  it('keeps text as it is: no normalisation, every plane', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(openEnvelopeText(sealEnvelope(Buffer.from(text), key), key).toString()).toBe(text);
      }),
    );
  });

  it('never uses a salt twice', () => {
    const salts = new Set(Array.from({ length: 200 }, () => envelopeSalt(sealEnvelope(key, key))));
    expect(salts.size).toBe(200);
  });

  it('refuses an empty key in both directions', () => {
    const wire = sealEnvelope(Buffer.from('x'), key);
    const empty = Buffer.alloc(0);
    const emptyKey = expect.objectContaining({ code: 'emptyKey' });
    expect(() => sealEnvelope(Buffer.from('x'), empty)).toThrow(emptyKey);
    expect(() => openEnvelope(wire, empty)).toThrow(emptyKey);
    expect(() => sealEnvelopePieces([], 0, empty)).toThrow(emptyKey);
    expect(() => [...openEnvelopePieces(wire, empty)]).toThrow(emptyKey);
  });
});

describe('a ciphertext that is not whole', () => {
  const texts = [
    '',
    'x',
    'a password',
    'Секретный пароль',
    '😀🔑',
    'sixteen bytes ok',
    'long text '.repeat(40),
  ];
  const sealed = texts.map((text, i) => sealEnvelope(Buffer.from(text), key, Buffer.alloc(8, i)));

  it('wrong keys: 5,000 samples, one error', () => {
    const seen = tally(5000, (i) =>
      outcome(() => openEnvelopeText(sealed[i % sealed.length]!, Buffer.from(`wrong ${i}`))),
    );
    expect(seen).toEqual({ undecipherable: 5000 });
  });

  it('every truncation of every sample', () => {
    for (const wire of sealed) {
      for (let length = 0; length < wire.length; length += 1) {
        const cut = wire.slice(0, length);
        const result = outcome(() => openEnvelopeText(cut, key));
        expect(result, `${length} of ${wire.length}`).toBe('undecipherable');
      }
    }
  });

  it('20,000 flipped bits: all but a handful give the one error, and nothing else is ever thrown', () => {
    const next = sequence(20_260_101);
    const seen = tally(20_000, () => {
      const blob = blobOf(sealed[next(sealed.length)]!);
      const at = next(blob.length);
      blob[at] = blob[at]! ^ (1 << next(8));
      return outcome(() => openEnvelopeText(wireOf(blob), key));
    });
    expect(Object.keys(seen).filter((result) => result !== 'opened')).toEqual(['undecipherable']);
    // The format has no MAC: about one change in 20,000 passes both padding and UTF-8.
    expect(seen['opened'] ?? 0).toBeLessThan(10);
  });

  it('5,000 changed characters of the wire text', () => {
    const next = sequence(7);
    const replacements = '0123456789abcdefghjkmnpqrtuvwxyzABCilos =-é\u0161';
    const seen = tally(5000, () => {
      const wire = sealed[next(sealed.length)]!;
      const at = next(wire.length);
      const put = replacements.charAt(next(replacements.length));
      if (wire[at] === put) return 'undecipherable';
      return outcome(() => openEnvelopeText(wire.slice(0, at) + put + wire.slice(at + 1), key));
    });
    expect(Object.keys(seen).filter((result) => result !== 'opened')).toEqual(['undecipherable']);
    expect(seen['opened'] ?? 0).toBeLessThan(5);
  });

  it('the same in pieces: whatever at once is refused is refused in pieces', () => {
    const next = sequence(99);
    const text = Buffer.alloc(70_000, 'a');
    const whole = sealEnvelope(text, key);
    expect(Buffer.concat([...openEnvelopePieces(whole, key)]).equals(text)).toBe(true);
    for (let i = 0; i < 30; i += 1) {
      const cut = whole.slice(0, next(whole.length));
      expect(() => [...openEnvelopePieces(cut, key)]).toThrow(refusal);
    }
    // The same blob as two base64 texts, the first one padded just where a piece of the reader ends.
    const blob = blobOf(whole);
    const joined = wireOf(blob.subarray(0, 30_719)) + wireOf(blob.subarray(30_719));
    expect(() => openEnvelope(joined, key)).toThrow(refusal);
    expect(() => [...openEnvelopePieces(joined, key)]).toThrow(refusal);
  });
});

describe('strictness', () => {
  const wire = sealEnvelope(Buffer.from('value'), key);

  it.each([
    ['upper case', wire.toUpperCase()],
    ['a space in front', ` ${wire}`],
    ['a newline behind', `${wire}\n`],
    ['a dash inside', `${wire.slice(0, 20)}-${wire.slice(20)}`],
    ['look-alikes', wire.replaceAll('0', 'o').replaceAll('1', 'l')],
    ['a superfluous character', `${wire}0`],
    ['nothing', ''],
    ['the start alone', 'amt4cwv48xb6pp1h'],
    ['plain base64', 'dmFsdWU='],
    [
      'base64 without its padding',
      encodeBase32x(Buffer.from(blobOf(wire).toString('base64').replaceAll('=', ''))),
    ],
    ['base64url', encodeBase32x(Buffer.from(blobOf(wire).toString('base64url')))],
    ['another magic', wireOf(Buffer.concat([Buffer.from('salted__'), blobOf(wire).subarray(8)]))],
    ['a header without ciphertext', wireOf(blobOf(wire).subarray(0, 16))],
    ['half a block more', wireOf(Buffer.concat([blobOf(wire), Buffer.alloc(8)]))],
  ])('refuses %s', (_, text) => {
    expect(() => openEnvelope(text, key)).toThrow(refusal);
    expect(() => [...openEnvelopePieces(text, key)]).toThrow(refusal);
  });

  it('checks every byte of the padding', () => {
    const good = Buffer.concat([Buffer.from('0123456789a'), Buffer.alloc(5, 5)]);
    expect(openEnvelope(sealPadded(good), key).toString()).toBe('0123456789a');
    for (let at = 11; at < 16; at += 1) {
      const bad = Buffer.from(good);
      bad[at] = at === 15 ? 0 : 6;
      expect(() => openEnvelope(sealPadded(bad), key)).toThrow(refusal);
    }
    expect(() => openEnvelope(sealPadded(Buffer.alloc(16, 17)), key)).toThrow(refusal);
    expect(openEnvelope(sealPadded(Buffer.alloc(16, 16)), key)).toHaveLength(0);
  });

  it.each(['fffe80', 'c0af', 'eda080', 'f4908080', '61c3'])('text must be UTF-8: %s', (bytes) => {
    const sealedBytes = sealEnvelope(Buffer.from(bytes, 'hex'), key);
    expect(openEnvelope(sealedBytes, key).toString('hex')).toBe(bytes);
    expect(() => openEnvelopeText(sealedBytes, key)).toThrow(refusal);
    expect(() => decodePlain(encodePlain(Buffer.from(bytes, 'hex')))).toThrow(refusal);
  });

  it('the salt is read without a key, and only from an envelope', () => {
    expect(envelopeSalt(sealEnvelope(key, key, Buffer.from('0011223344556677', 'hex')))).toBe(
      '0011223344556677',
    );
    for (const text of ['', 'amt4cwv48xb6pp1h', 'z'.repeat(71), 'dmFsdWU=']) {
      expect(() => envelopeSalt(text)).toThrow(refusal);
    }
  });
});

describe('plain fields', () => {
  it('read back what was written, and refuse any other spelling', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const wire = encodePlain(Buffer.from(text));
        expect(decodePlain(wire).toString()).toBe(text);
        if (text !== '') expect(() => decodePlain(`${wire}\n`)).toThrow(refusal);
      }),
    );
  });
});
