import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LockedBytes } from './lockedbytes.ts';

describe('locked bytes', () => {
  it('take a secret over and leave nothing at its old place', () => {
    const source = Buffer.from('a secret');
    using locked = LockedBytes.adopt(source);
    expect(locked.bytes.toString()).toBe('a secret');
    expect(source.every((byte) => byte === 0)).toBe(true);
  });

  it('are zero after they were disposed of, and cannot be had any more', () => {
    const locked = LockedBytes.allocate(16);
    const view = locked.bytes;
    view.fill(7);
    locked.dispose();
    locked.dispose();
    expect(view.equals(Buffer.alloc(16))).toBe(true);
    expect(locked.disposed).toBe(true);
    expect(() => locked.bytes).toThrow('wiped');
  });

  it('start as zeros and need a length', () => {
    using locked = LockedBytes.allocate(8);
    expect(locked.bytes.equals(Buffer.alloc(8))).toBe(true);
    expect(typeof locked.lockedInMemory).toBe('boolean');
    expect(() => LockedBytes.allocate(0)).toThrow(RangeError);
    expect(() => LockedBytes.adopt(new Uint8Array())).toThrow(RangeError);
  });

  it('do not share memory with other buffers', () => {
    using locked = LockedBytes.allocate(32);
    expect(locked.bytes.buffer.byteLength).toBe(32);
  });

  it('show nothing of themselves when printed or serialised', () => {
    using locked = LockedBytes.adopt(Buffer.from('a secret'));
    expect(JSON.stringify({ locked })).toBe('{"locked":"[locked bytes]"}');
    expect(inspect(locked, { depth: 5, showHidden: true })).not.toContain('61 20 73');
  });
});
