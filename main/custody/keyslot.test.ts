import { describe, expect, it } from 'vitest';
import { DeviceKey } from './devicekey.ts';
import {
  calibrateCost,
  costFor,
  createPasswordSlot,
  greatestCost,
  keySlot,
  leastCost,
  openPasswordSlot,
  type KeySlot,
} from './keyslot.ts';

const secret = Buffer.from('correct horse battery staple');
const codeOf = (code: string): unknown => expect.objectContaining({ code });

function fingerprint(key: DeviceKey): string {
  using subkey = key.subkey('mirror');
  return subkey.bytes.toString('hex');
}

describe('the password slot', () => {
  it('opens with its secret and with no other', async () => {
    using key = DeviceKey.generate();
    const slot = await createPasswordSlot(key, secret, leastCost);
    expect(keySlot.parse(JSON.parse(JSON.stringify(slot)))).toEqual(slot);
    using opened = await openPasswordSlot(slot, secret);
    expect(fingerprint(opened)).toBe(fingerprint(key));
    await expect(openPasswordSlot(slot, Buffer.from('correct horse battery stapl'))).rejects.toEqual(
      codeOf('wrongMasterPassword'),
    );
  });

  it('tells nothing of the device key and never looks the same twice', async () => {
    using key = DeviceKey.generate();
    const one = await createPasswordSlot(key, secret, leastCost);
    const other = await createPasswordSlot(key, secret, leastCost);
    expect(one.wrapped).not.toBe(other.wrapped);
    expect(one.salt).not.toBe(other.salt);
    key.lend((bytes) => {
      expect(Buffer.from(one.wrapped, 'base64').includes(bytes)).toBe(false);
    });
  });

  it('refuses an empty secret', async () => {
    using key = DeviceKey.generate();
    await expect(createPasswordSlot(key, Buffer.alloc(0), leastCost)).rejects.toEqual(
      codeOf('wrongMasterPassword'),
    );
  });

  it('does not open once anything of it was changed', async () => {
    using key = DeviceKey.generate();
    const slot = await createPasswordSlot(key, secret, leastCost);
    const flipped = (text: string): string => {
      const bytes = Buffer.from(text, 'base64');
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return bytes.toString('base64');
    };
    const changes: Partial<KeySlot>[] = [
      { salt: flipped(slot.salt) },
      { nonce: flipped(slot.nonce) },
      { wrapped: flipped(slot.wrapped) },
      { passes: slot.passes + 1 },
      { memory: slot.memory + 1024 },
    ];
    for (const change of changes) {
      await expect(openPasswordSlot({ ...slot, ...change }, secret)).rejects.toEqual(
        codeOf('wrongMasterPassword'),
      );
    }
  });

  it('refuses a cost below the floor or absurdly high before it spends anything', async () => {
    using key = DeviceKey.generate();
    const slot = await createPasswordSlot(key, secret, leastCost);
    const costs = [
      { passes: leastCost.passes - 1 },
      { memory: leastCost.memory - 1 },
      { passes: greatestCost.passes + 1 },
      { memory: greatestCost.memory + 1 },
    ];
    for (const cost of costs) {
      await expect(openPasswordSlot({ ...slot, ...cost }, secret)).rejects.toEqual(codeOf('profileDamaged'));
      await expect(createPasswordSlot(key, secret, { ...leastCost, ...cost })).rejects.toThrow(RangeError);
    }
  });
});

describe('the calibrated cost', () => {
  it('rises with the machine and never falls below the floor', () => {
    expect(costFor(1000)).toEqual(leastCost);
    expect(costFor(250)).toEqual(leastCost);
    expect(costFor(125)).toEqual({ passes: 3, memory: 128 * 1024 * 1024 });
    expect(costFor(0).memory).toBe(512 * 1024 * 1024);
  });

  it('is measured by a real attempt', async () => {
    const times = [1000, 1050];
    const cost = await calibrateCost(() => times.shift() ?? 0);
    expect(cost).toEqual(costFor(50));
    expect(times).toEqual([]);
  });
});
