import { describe, expect, it } from 'vitest';
import { drawnCodes as picture } from '../../../testing/renderer/drawn-codes.ts';
import { darkPath } from './darkPath.ts';
import { addressIn, addressInPicture, nameIn, pictureLimit, pieces } from './qrPicture.ts';

const address = 'otpauth://totp/Corp%20VPN:anna?secret=JBSWY3DPEHPK3PXP&issuer=Corp%20VPN';

describe('a picture', () => {
  it('gives the address of the codes in it', async () => {
    const found = await addressIn(picture(300, 300, [{ text: address, x: 40, y: 40, scale: 5 }]));
    expect(found).toEqual({ ok: true, address });
  });

  it('of a whole screen gives a small code in a corner, whatever other code is on it', async () => {
    const screen = picture(1920, 1080, [
      { text: 'https://corp.example', x: 100, y: 100, scale: 5 },
      { text: address, x: 1600, y: 760, scale: 3 },
    ]);
    expect(await addressIn(screen)).toEqual({ ok: true, address });
  });

  it.each([
    ['nothing in it', [], 'none'],
    ['an address of a site', [{ text: 'https://corp.example', x: 30, y: 30, scale: 5 }], 'other'],
    ['counter codes', [{ text: 'otpauth://hotp/x?secret=AAAA', x: 30, y: 30, scale: 5 }], 'other'],
    [
      'a batch of another app',
      [{ text: 'otpauth-migration://offline?data=x', x: 30, y: 30, scale: 5 }],
      'other',
    ],
  ])('with %s says so', async (_name, codes, reason) => {
    const found = await addressIn(picture(260, 260, codes));
    expect(found).toEqual({ ok: false, error: { code: 'noQrCode', params: { reason } } });
  });

  it('that is noise says so', async () => {
    const data = new Uint8ClampedArray(200 * 200 * 4);
    for (let at = 0; at < data.length; at += 1) data[at] = (at * 7919 + ((at * at) % 251)) % 256;
    expect(await addressIn({ data, width: 200, height: 200 })).toMatchObject({ ok: false });
  });

  it('is refused before it is decoded if it is too large or no picture', async () => {
    const large = new Blob([new Uint8Array(pictureLimit + 1)], { type: 'image/png' });
    expect(await addressInPicture(large)).toMatchObject({ error: { params: { reason: 'tooLarge' } } });
    const svg = new Blob(['<svg xmlns="http://www.w3.org/2000/svg"/>'], { type: 'image/svg+xml' });
    expect(await addressInPicture(svg)).toMatchObject({ error: { params: { reason: 'unreadable' } } });
  });
});

describe('the pieces of a picture', () => {
  it.each([
    [200, 200],
    [1920, 1080],
    [500, 4000],
  ])('of %i by %i lie inside it and reach its end', (width, height) => {
    const all = [...pieces(width, height)];
    expect(all.every(([x, y, w, h]) => w > 0 && h > 0 && x + w <= width && y + h <= height)).toBe(true);
    expect(Math.max(...all.map(([x, , w]) => x + w))).toBe(width);
    expect(Math.max(...all.map(([, y, , h]) => y + h))).toBe(height);
    expect(all.length).toBeLessThan(200);
  });
});

describe('a name for the field', () => {
  it('is the issuer, else the label before the colon', () => {
    expect(nameIn(address)).toBe('Corp VPN');
    expect(nameIn('otpauth://totp/Mail:anna?secret=AA')).toBe('Mail');
    expect(nameIn('otpauth://totp/?secret=AA')).toBe('');
    expect(nameIn('otpauth://totp/%E0%A4%A?secret=AA')).toBe('%E0%A4%A');
    expect(nameIn('no address')).toBe('');
  });
});

describe('the drawing of a QR code', () => {
  it('has one rectangle for each run of dark modules', () => {
    expect(darkPath('110011101', 3)).toBe('M0 0h2v1h-2zM1 1h2v1h-2zM0 2h1v1h-1zM2 2h1v1h-1z');
    expect(darkPath('', 0)).toBe('');
  });
});
