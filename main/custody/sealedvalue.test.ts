import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LockedBytes } from './lockedbytes.ts';
import { openValue, sealValue } from './sealedvalue.ts';

const key = LockedBytes.adopt(Buffer.alloc(32, 1));
const otherKey = LockedBytes.adopt(Buffer.alloc(32, 2));
const tampered: unknown = expect.objectContaining({ code: 'tampered' });

describe('a sealed value', () => {
  it('comes back whole under its key and context', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (plaintext, context) => {
        const opened = openValue(key, sealValue(key, plaintext, context), context);
        expect(opened.equals(plaintext)).toBe(true);
      }),
    );
  });

  it('does not open with another key, another context or any changed bit', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        (plain, at, bit) => {
          const sealed = sealValue(key, plain, 'masterKey');
          expect(() => openValue(otherKey, sealed, 'masterKey')).toThrow(tampered as Error);
          expect(() => openValue(key, sealed, 'tokens')).toThrow(tampered as Error);
          const index = at % sealed.length;
          sealed[index] = (sealed[index] ?? 0) ^ (1 << bit);
          expect(() => openValue(key, sealed, 'masterKey')).toThrow(tampered as Error);
        },
      ),
    );
  });

  it('does not open when cut at any length', () => {
    const sealed = sealValue(key, Buffer.from('value'), 'tokens');
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => openValue(key, sealed.subarray(0, length), 'tokens')).toThrow(tampered as Error);
    }
  });
});
