import { describe, expect, it } from 'vitest';
import { drawnCodes as picture, modulesOf } from '../../../testing/renderer/drawn-codes.ts';
import type { Pixels } from './qrPicture.ts';
import { addressesIn, addressInRegion, addressOnScreens } from './screenCodes.ts';

const anna = 'otpauth://totp/Corp%20VPN:anna?secret=JBSWY3DPEHPK3PXP&issuer=Corp%20VPN';
const boris = 'otpauth://totp/Mail:boris?secret=GEZDGNBVGY3TQOJQ&issuer=Mail';
const site = 'https://corp.example';
const failed = (reason: string) => ({ ok: false, error: { code: 'noQrCode', params: { reason } } });

/** Two codes side by side, and a third one that is none of ours. */
const busy = picture(1000, 600, [
  { text: anna, x: 60, y: 60, scale: 4 },
  { text: boris, x: 560, y: 60, scale: 4 },
  { text: site, x: 60, y: 380, scale: 4 },
]);
const left = { x: 20, y: 20, width: 300, height: 300 };
const right = { x: 520, y: 20, width: 300, height: 300 };

describe('a region of a screen', () => {
  it('gives the code in it, whatever stands outside it', async () => {
    expect(await addressInRegion(busy, left)).toEqual({ ok: true, address: anna });
    expect(await addressInRegion(busy, right)).toEqual({ ok: true, address: boris });
  });

  it('that holds a part of a code gives none, though the rest is on the screen', async () => {
    expect(await addressInRegion(busy, { ...left, x: 130 })).toEqual(failed('none'));
  });

  it('with several codes gives none of them', async () => {
    const all = { x: 0, y: 0, width: 1000, height: 600 };
    expect(await addressInRegion(busy, all)).toEqual(failed('several'));
  });

  it('tells a code that is none of ours from no code', async () => {
    expect(await addressInRegion(busy, { x: 20, y: 340, width: 240, height: 240 })).toEqual(failed('other'));
    expect(await addressInRegion(busy, { x: 400, y: 400, width: 100, height: 100 })).toEqual(failed('none'));
  });

  it('may fit a code without any margin', async () => {
    const side = modulesOf(anna) * 4;
    const tight = { x: 60, y: 60, width: side, height: side };
    expect(await addressInRegion(busy, tight)).toEqual({ ok: true, address: anna });
  });

  it.each([1, 2])('reads a code drawn with %i pixels a module', async (scale) => {
    const screen = picture(1920, 1080, [{ text: anna, x: 1500, y: 700, scale }]);
    const region = { x: 1480, y: 680, width: 140, height: 140 };
    expect(await addressInRegion(screen, region)).toEqual({ ok: true, address: anna });
  });

  it('of a dense screen is searched with all its pixels', async () => {
    const screen = picture(3840, 2160, [
      { text: boris, x: 200, y: 200, scale: 6 },
      { text: anna, x: 3000, y: 1500, scale: 6 },
    ]);
    const region = { x: 2950, y: 1450, width: 400, height: 400 };
    expect(await addressInRegion(screen, region)).toEqual({ ok: true, address: anna });
  });

  it('is looked at only: the picture of the screen stays as it was', async () => {
    const before = busy.data.slice();
    await addressInRegion(busy, left);
    await addressesIn(busy);
    expect(busy.data.every((value, index) => value === before[index])).toBe(true);
  });
});

describe('all screens together', () => {
  const one = picture(400, 400, [{ text: anna, x: 40, y: 40, scale: 4 }]);
  const empty = picture(400, 400, []);

  it('give the one code, also if two of them show it', async () => {
    expect(await addressOnScreens([empty, one])).toEqual({ ok: true, address: anna });
    expect(await addressOnScreens([one, one])).toEqual({ ok: true, address: anna });
  });

  it('may come as a canvas gives them, with fields that are inherited', async () => {
    expect(await addressOnScreens([Object.create(one) as Pixels])).toEqual({ ok: true, address: anna });
  });

  it('give none of several, and none of nothing', async () => {
    const second = picture(400, 400, [{ text: boris, x: 40, y: 40, scale: 4 }]);
    expect(await addressOnScreens([one, second])).toEqual(failed('several'));
    expect(await addressOnScreens([busy])).toEqual(failed('several'));
    expect(await addressOnScreens([empty, empty])).toEqual(failed('none'));
    expect(await addressOnScreens([])).toEqual(failed('none'));
  });
});
