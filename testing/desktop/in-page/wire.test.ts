import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAppAddress, toPageAddress } from '../addresses.ts';
import { Wire } from './wire.ts';

const wire = new Wire();

const leaf = fc.oneof(
  fc.string(),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.constantFrom(null, undefined, -0),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 300 }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
}));

describe('the wire of IPC', () => {
  it('gives back what structured clone gives back', () => {
    fc.assert(
      fc.property(value, (given) => {
        expect(wire.decode(wire.encode(given))).toEqual(structuredClone(given));
      }),
    );
  });

  it.each([() => 1, Symbol('s'), Promise.resolve()])('refuses what cannot be cloned', (given) => {
    expect(() => wire.encode({ given })).toThrow('An object could not be cloned.');
  });

  it('refuses an object that contains itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(() => wire.encode(loop)).toThrow('An object could not be cloned.');
  });
});

describe('the two names of a page', () => {
  it.each([
    ['app://strongroom/index.html', 'https://strongroom.app.invalid/index.html'],
    ['app://strongroom/a?b=c#d', 'https://strongroom.app.invalid/a?b=c#d'],
  ])('%s is shown at %s', (name, address) => {
    expect(toPageAddress(name)).toBe(address);
    expect(toAppAddress(address)).toBe(name);
  });

  it.each(['https://elsewhere.example/x', 'about:blank', 'https://evil.example/strongroom.app.invalid/'])(
    '%s has one name only',
    (address) => {
      expect(toPageAddress(address)).toBe(address);
      expect(toAppAddress(address)).toBe(address);
    },
  );
});
