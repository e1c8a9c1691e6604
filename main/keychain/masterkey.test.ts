import { describe, expect, it } from 'vitest';
import {
  checkMasterKeyOptions,
  deriveMasterKey,
  formatMasterKeyOptions,
  MAXIMUM_ITERATIONS,
  MINIMUM_ITERATIONS,
  newMasterKeyOptions,
  parseMasterKeyOptions,
  type MasterKeyOptions,
} from './masterkey.ts';

const refused = (reason: string): unknown =>
  expect.objectContaining({ code: 'kdfRefused', params: expect.objectContaining({ reason }) });
const good: MasterKeyOptions = {
  digest: 'sha256',
  iterations: 300_000,
  bytes: 64,
  salt: 'aB3@dE6!gH9jK2mN5pQ8',
};

describe('parsing', () => {
  it('reads the five fields and writes them back', () => {
    const text = 'pbkdf:sha256:300000:64:aB3@dE6!gH9jK2mN5pQ8';
    expect(parseMasterKeyOptions(text)).toEqual(good);
    expect(formatMasterKeyOptions(good)).toBe(text);
  });

  it.each([
    ['pbkdf::::salt', { digest: 'sha256', iterations: 300_000, bytes: 64, salt: 'salt' }],
    [' pbkdf:SHA-256:400000:64:salt\n', { digest: 'sha256', iterations: 400_000, bytes: 64, salt: 'salt' }],
    ['pbkdf:sha512:1:32:salt', { digest: 'sha512', iterations: 1, bytes: 32, salt: 'salt' }],
  ])('tolerates %j', (text, options) => {
    expect(parseMasterKeyOptions(text)).toEqual(options);
  });

  it.each([
    '',
    'pbkdf',
    'pbkdf:sha256:300000:64',
    'pbkdf:sha256:300000:64:',
    'pbkdf:sha256:300000:64:salt:more',
    'argon:sha256:300000:64:salt',
    'pbkdf:sha256:3e5:64:salt',
    'pbkdf:sha256:-1:64:salt',
    'pbkdf:sha256:300000.5:64:salt',
    'pbkdf:sha256:0x10:64:salt',
    'pbkdf:sha256:9999999999999:64:salt',
    'pbkdf:sha256:300000:many:salt',
    '{"digest":"sha256"}',
  ])('refuses %j as malformed', (text) => {
    expect(() => parseMasterKeyOptions(text)).toThrow(refused('malformed'));
  });
});

describe('the check', () => {
  it.each<[string, Partial<MasterKeyOptions>, MasterKeyOptions | undefined]>([
    ['tooFew', { iterations: 1 }, undefined],
    ['tooFew', { iterations: 0 }, undefined],
    ['tooFew', { iterations: -300_000 }, undefined],
    ['tooFew', { iterations: MINIMUM_ITERATIONS - 1 }, undefined],
    ['tooFew', { iterations: MINIMUM_ITERATIONS - 1 }, good],
    ['tooMany', { iterations: MAXIMUM_ITERATIONS + 1 }, undefined],
    ['malformed', { iterations: Number.NaN }, undefined],
    ['malformed', { iterations: 300_000.5 }, undefined],
    ['malformed', { iterations: Infinity }, undefined],
    ['malformed', { salt: '' }, undefined],
    ['digest', { digest: 'md5' }, undefined],
    ['digest', { digest: 'sha1' }, undefined],
    ['digest', { digest: 'sha512' }, undefined],
    ['digest', { digest: 'SHA256' }, undefined],
    ['bytes', { bytes: 32 }, undefined],
    ['bytes', { bytes: 0 }, undefined],
    ['bytes', { bytes: 65 }, undefined],
    ['fellBelowPin', { iterations: 599_999 }, { ...good, iterations: 600_000 }],
    ['saltChanged', { salt: 'another salt of 20 c' }, good],
    ['saltChanged', { salt: 'another salt of 20 c', iterations: 600_000 }, good],
  ])('%s: %j', (reason, change, pinned) => {
    expect(() => checkMasterKeyOptions({ ...good, ...change }, pinned)).toThrow(refused(reason));
  });

  it.each<[string, Partial<MasterKeyOptions>, MasterKeyOptions | undefined]>([
    ['the floor', {}, undefined],
    ['the ceiling', { iterations: MAXIMUM_ITERATIONS }, undefined],
    ['what is pinned', {}, good],
    ['more iterations than pinned', { iterations: 600_000 }, good],
  ])('accepts %s', (_, change, pinned) => {
    expect(checkMasterKeyOptions({ ...good, ...change }, pinned)).toBeUndefined();
  });

  it('new options always pass it', () => {
    for (const options of [newMasterKeyOptions(), newMasterKeyOptions('fromTheServer', 1000)]) {
      expect(checkMasterKeyOptions(options)).toBeUndefined();
      expect(parseMasterKeyOptions(formatMasterKeyOptions(options))).toEqual(options);
    }
    expect(newMasterKeyOptions().salt).toMatch(/^[A-Za-z0-9@!]{20}$/);
    expect(newMasterKeyOptions('s', 600_000).iterations).toBe(600_000);
    expect(() => newMasterKeyOptions('a:b')).toThrow(refused('malformed'));
    expect(() => newMasterKeyOptions('s', 20_000_000)).toThrow(refused('tooMany'));
  });
});

describe('derivation', () => {
  const quick = { ...good, iterations: 10 };

  it('gives 88 characters, another key for another spelling of the same letter', async () => {
    const composed = await deriveMasterKey(Buffer.from('\u00e9'), quick);
    const decomposed = await deriveMasterKey(Buffer.from('e\u0301'), quick);
    expect(composed).toHaveLength(88);
    expect(composed.equals(decomposed)).toBe(false);
  });

  it.each([
    ['digest', { digest: 'md5' }],
    ['digest', { digest: 'nonsense' }],
    ['bytes', { bytes: 0 }],
    ['bytes', { bytes: 1e9 }],
    ['bytes', { bytes: Number.NaN }],
    ['tooFew', { iterations: 0 }],
    ['tooMany', { iterations: 2e9 }],
  ])('refuses what cannot be computed: %s %j', async (reason, change) => {
    await expect(deriveMasterKey(Buffer.from('p'), { ...quick, ...change })).rejects.toThrow(refused(reason));
  });
});
