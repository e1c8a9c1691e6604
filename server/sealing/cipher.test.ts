import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createDecipheriv } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSeal } from './cipher.ts';
import { loadSealingKey, loadSetupToken } from './keyfile.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-seal-'));
});
afterEach(() => {
  delete process.env['ENCRYPTION_KEY_PATH'];
  rmSync(folder, { recursive: true, force: true });
});

describe('sealing', () => {
  it('gives back what was sealed, whatever it was', () => {
    const seal = createSeal(loadSealingKey(folder, false));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), (bytes) => {
        expect(seal.openBytes(seal.sealBytes(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.stringify(seal.openJson(seal.sealJson(value)))).toBe(JSON.stringify(value));
      }),
    );
  });

  it('is AES-256-CFB with the IV in front, as the server-side layer is documented', () => {
    const key = loadSealingKey(folder, false);
    const sealed = createSeal(key).sealBytes(Buffer.from('Привет'));
    const decipher = createDecipheriv('aes-256-cfb', key, sealed.subarray(0, 16));
    expect(decipher.update(sealed.subarray(16)).toString('utf8')).toBe('Привет');
  });

  it('draws a new IV every time', () => {
    const seal = createSeal(loadSealingKey(folder, false));
    const sealed = new Set(
      Array.from({ length: 200 }, () => seal.sealBytes(Buffer.alloc(20)).toString('hex')),
    );
    expect(sealed.size).toBe(200);
  });

  it('refuses what is too short to have been sealed', () => {
    const seal = createSeal(loadSealingKey(folder, false));
    expect(() => seal.openBytes(Buffer.alloc(15))).toThrow('shorter');
  });

  it('fingerprints by purpose and by installation', () => {
    const seal = createSeal(loadSealingKey(folder, false));
    expect(seal.fingerprint('a', 'x')).toEqual(seal.fingerprint('a', 'x'));
    expect(seal.fingerprint('a', 'x')).not.toEqual(seal.fingerprint('b', 'x'));
    const other = mkdtempSync(join(tmpdir(), 'strongroom-seal-'));
    expect(createSeal(loadSealingKey(other, false)).fingerprint('a', 'x')).not.toEqual(
      seal.fingerprint('a', 'x'),
    );
    rmSync(other, { recursive: true });
  });
});

describe('the key file', () => {
  it('is made once, readable by its owner only, in the documented form', () => {
    const key = loadSealingKey(folder, false);
    const file = join(folder, 'encryption_key');
    expect(statSync(file).mode & 0o777).toBe(0o400);
    expect(readFileSync(file, 'utf8').trim()).toBe(`base64:${key.toString('base64')}`);
    expect(loadSealingKey(folder, true)).toEqual(key);
  });

  it('may lie elsewhere', () => {
    process.env['ENCRYPTION_KEY_PATH'] = join(folder, 'elsewhere');
    const key = loadSealingKey(folder, false);
    expect(readFileSync(join(folder, 'elsewhere'), 'utf8')).toContain(key.toString('base64'));
  });

  it('is never replaced by a new one where sealed data stands', () => {
    expect(() => loadSealingKey(folder, true)).toThrow('missing');
  });

  it.each(['', 'base64:', 'base64:YWJj', 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='])(
    'is refused as %j',
    (text) => {
      writeFileSync(join(folder, 'encryption_key'), text);
      expect(() => loadSealingKey(folder, false)).toThrow('32 bytes');
    },
  );

  it('has a setup token beside it with the same protection', () => {
    const token = loadSetupToken(folder);
    expect(token.length).toBeGreaterThanOrEqual(43);
    expect(loadSetupToken(folder)).toBe(token);
    expect(statSync(join(folder, 'setup_token')).mode & 0o777).toBe(0o400);
  });
});
