/**
 * One-time codes through the real door: secrets that make none are refused before they are saved,
 * a secret becomes a QR code that reads back, and the screen is looked at only where that is allowed.
 */
import jsqr from 'jsqr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomChange } from '../../contract/editing.ts';
import { addressBytes } from '../../main/vaults/reading/codes.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../hostile/smallorganisation.ts';
import { utf8 } from './accountstage.ts';
import { Application } from './application.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let app: Application;
let router = '';
const set = (value: string) => ({ kind: 'set' as const, value: utf8(value) });
const keep = { kind: 'keep' } as const;
const totp = (value: string): CustomChange => ({
  from: null,
  label: set('Codes'),
  type: 'totp',
  value: set(value),
});

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  app = new Application();
  await app.enrol(server.url, anna);
  const scope = { kind: 'all' } as const;
  const { rows } = await app.ask('records', 'search', { query: 'Router', scope, offset: 0, limit: 10 });
  router = rows.find(({ name, kind }) => name === 'Router' && kind === 'record')?.id ?? '';
});

afterAll(async () => {
  await app.close();
  await server.end();
});

describe('a secret that makes no codes', () => {
  const place = () => ({ vaultId: organisation.servers.id, folderId: null });

  it('is refused with its place, and nothing is made', async () => {
    const customs = [{ ...totp('fine as a text'), type: 'text' as const }, totp('no base32: 0189')];
    const result = await app.call('editing', 'create', { place: place(), fields: { name: 'Bad', customs } });
    expect(result).toEqual({ ok: false, error: { code: 'badTotp', params: { place: 1 } } });
    const { total } = await app.ask('records', 'search', { query: 'Bad', scope: null, offset: 0, limit: 10 });
    expect(total).toBe(0);
  });

  it('is refused where a stored field is to become one', async () => {
    const customs: CustomChange[] = [
      { from: 0, label: keep, type: 'totp', value: keep },
      { from: 1, label: keep, type: 'totp', value: keep },
    ];
    const result = await app.call('editing', 'save', { recordId: router, fields: { customs } });
    expect(result).toMatchObject({ ok: false, error: { code: 'badTotp', params: { place: 1 } } });
    expect((await app.ask('records', 'read', { recordId: router })).fields.map(({ type }) => type)).toEqual([
      'password',
      'totp',
      'text',
    ]);
  });

  it('may stay empty, and a good one is saved', async () => {
    const customs = [totp(''), totp('jbsw y3dp-ehpk 3pxp'), totp('otpauth://totp/x?secret=JBSWY3DPEHPK3PXP')];
    const { recordId } = await app.ask('editing', 'create', {
      place: place(),
      fields: { name: 'Good', customs },
    });
    const read = { recordId, field: { kind: 'custom', index: 1 } } as const;
    const code = await app.ask('records', 'readCode', read);
    const same = await app.ask('records', 'readCode', { ...read, field: { kind: 'custom', index: 2 } });
    expect(code.code).toMatch(/^\d{6}$/);
    expect(code.next).toMatch(/^\d{6}$/);
    expect([same.code, same.next]).toEqual([code.code, code.next]);
  });
});

/** Reads a drawn code as a camera would. */
function scanned({ size, modules }: { size: number; modules: string }): string | undefined {
  const scale = 4;
  const side = (size + 8) * scale;
  const pixels = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < size * scale; y += 1) {
    for (let x = 0; x < size * scale; x += 1) {
      if (modules[Math.floor(y / scale) * size + Math.floor(x / scale)] !== '1') continue;
      const at = ((y + 4 * scale) * side + x + 4 * scale) * 4;
      pixels.fill(0, at, at + 3);
    }
  }
  return jsqr.default(pixels, side, side)?.data;
}

describe('the QR code of a secret', () => {
  it('reads back as an address that makes the same codes', async () => {
    const field = { kind: 'custom', index: 0 } as const;
    const drawn = await app.ask('codes', 'showQr', { recordId: router, field });
    expect(drawn.modules).toHaveLength(drawn.size * drawn.size);
    expect(scanned(drawn)).toBe('otpauth://totp/Router:root?secret=JBSWY3DPEHPK3PXP&issuer=Router');
  });

  it('is not drawn of anything but such a secret', async () => {
    const field = { kind: 'custom', index: 1 } as const;
    expect(await app.refusal('codes', 'showQr', { recordId: router, field })).toBe('badTotp');
  });

  it('holds an address as it was given, and names in any writing', () => {
    const given = 'otpauth://totp/A?secret=JBSWY3DPEHPK3PXP&digits=8';
    expect(addressBytes(utf8(given), 'Name', 'login').toString()).toBe(given);
    const made = addressBytes(utf8('jbsw y3dp'), 'Почта & co', '').toString();
    expect(new URL(made).searchParams.get('secret')).toBe('JBSWY3DP');
    expect(new URL(made).searchParams.get('issuer')).toBe('Почта & co');
  });
});

describe('the screen', () => {
  it('is looked at only where the system lets us', async () => {
    expect(await app.ask('codes', 'canLook', {})).toEqual({ available: false });
    expect(await app.refusal('codes', 'lookAtScreens', {})).toBe('forbidden');
    app.screens = [Uint8Array.of(137, 80, 78, 71)];
    expect(await app.ask('codes', 'canLook', {})).toEqual({ available: true });
    const { pictures } = await app.ask('codes', 'lookAtScreens', {});
    expect(pictures.map((png) => [...png])).toEqual([[137, 80, 78, 71]]);
  });
});
