import { describe, expect, it } from 'vitest';
import { parseServerAddress } from './address.ts';

describe('a typed server address', () => {
  it.each([
    ['vault.corp.example', 'https://vault.corp.example', 443, ''],
    ['  vault.corp.example:8443 ', 'https://vault.corp.example:8443', 8443, ''],
    ['https://Vault.Corp.Example/', 'https://vault.corp.example', 443, ''],
    ['https://corp.example/passwork/', 'https://corp.example/passwork', 443, '/passwork'],
    ['https://corp.example/api/v1/', 'https://corp.example', 443, ''],
    ['corp.example/passwork/api/v1', 'https://corp.example/passwork', 443, '/passwork'],
    ['http://localhost:8080', 'http://localhost:8080', 8080, ''],
    ['http://127.0.0.1', 'http://127.0.0.1', 80, ''],
    ['http://127.8.9.1:81', 'http://127.8.9.1:81', 81, ''],
    ['http://[::1]:81', 'http://[::1]:81', 81, ''],
    ['сейф.рф', 'https://xn--e1aiwo.xn--p1ai', 443, ''],
  ])('%s is taken as %s', (text, origin, port, prefix) => {
    expect(parseServerAddress(text)).toMatchObject({ origin, port, prefix });
  });

  it('gives an IPv6 address without brackets', () => {
    expect(parseServerAddress('http://[::1]:81')).toMatchObject({ hostname: '::1', host: '[::1]:81' });
  });

  it.each([
    'http://vault.corp.example',
    'http://10.0.0.1',
    'http://127.0.0.1.corp.example',
    'http://localhost.example',
  ])('refuses plain HTTP to %s', (text) => {
    expect(() => parseServerAddress(text)).toThrow(
      expect.objectContaining({ code: 'badAddress', params: { reason: 'insecure' } }),
    );
  });

  it.each([
    '',
    '   ',
    'ftp://corp.example',
    'https://',
    'a b',
    'https://user:pass@corp.example',
    'corp.example?x=1',
    'corp.example#x',
    'https://corp.example:99999',
    'javascript:alert(1)',
  ])('refuses %j, which is no server address', (text) => {
    expect(() => parseServerAddress(text)).toThrow(
      expect.objectContaining({ code: 'badAddress', params: { reason: 'notUrl' } }),
    );
  });
});
