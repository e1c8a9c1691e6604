import { describe, expect, it } from 'vitest';
import { DeviceKey } from './devicekey.ts';

const purposes = ['mirror', 'keyCache', 'files', 'manifest'] as const;

describe('the device key', () => {
  it('gives every purpose its own key, and the same one each time', () => {
    using key = DeviceKey.adopt(Buffer.alloc(32, 5));
    using again = DeviceKey.adopt(Buffer.alloc(32, 5));
    const subkeys = purposes.map((purpose) => key.subkey(purpose).bytes.toString('hex'));
    expect(new Set(subkeys).size).toBe(purposes.length);
    expect(purposes.map((purpose) => again.subkey(purpose).bytes.toString('hex'))).toEqual(subkeys);
  });

  it('derives the values that the storage format is bound to', () => {
    using key = DeviceKey.adopt(Buffer.from(Array.from({ length: 32 }, (_, index) => index)));
    expect(key.subkey('mirror').bytes.toString('hex')).toMatchInlineSnapshot(
      `"eb55c3faf3d08d42f0791dbe4d33b022549d016706f2b4cc6cca359a8bc63e00"`,
    );
    expect(key.subkey('manifest').bytes.toString('hex')).toMatchInlineSnapshot(
      `"f60b76abbfe23e660e359a9511c1717110d682e6ac93213eed11f0c4732543e8"`,
    );
  });

  it('is random, never empty and gone after it was disposed of', () => {
    const one = DeviceKey.generate();
    const other = DeviceKey.generate();
    expect(one.subkey('mirror').bytes.equals(other.subkey('mirror').bytes)).toBe(false);
    one.dispose();
    expect(() => one.subkey('mirror')).toThrow('wiped');
    expect(() => DeviceKey.adopt(Buffer.alloc(32))).toThrow('not all zero');
    expect(() => DeviceKey.adopt(Buffer.alloc(31, 1))).toThrow('32 bytes');
  });
});
