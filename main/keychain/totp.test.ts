import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTotp, totpCode } from './totp.ts';

const bad = (reason: string): unknown => expect.objectContaining({ code: 'badTotp', params: { reason } });
const rfcSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

describe('reading a TOTP value', () => {
  it.each([
    'gezdgnbvgy3tqojqgezdgnbvgy3tqojq',
    'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ',
    'GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ',
    ` ${rfcSecret}\n`,
    `${rfcSecret}======`,
    `otpauth://totp/ACME:john@example.com?secret=${rfcSecret}&issuer=ACME`,
    `otpauth://totp/ACME%20Co:john?issuer=ACME%20Co&secret=${rfcSecret}`,
    `otpauth://totp/ACME Co:Иван?secret=${rfcSecret}`,
    `otpauth://totp/?secret=${rfcSecret}`,
    `otpauth://totp?secret=${rfcSecret}`,
    `OTPAUTH://TOTP/x?secret=gezd%20gnbv%20gy3t%20qojq+gezd+gnbv+gy3t+qojq&algorithm=sha-1&digits=6&period=30`,
  ])('the same secret: %j', (text) => {
    const parameters = parseTotp(Buffer.from(text));
    expect(parameters).toEqual({
      secret: Buffer.from('12345678901234567890'),
      algorithm: 'SHA1',
      digits: 6,
      period: 30,
    });
    expect(parseTotp(text)).toEqual(parameters);
  });

  it('takes what a URI says', () => {
    const uri = `otpauth://totp/x?secret=${rfcSecret}&algorithm=SHA512&digits=8&period=60`;
    expect(parseTotp(uri)).toMatchObject({ algorithm: 'SHA512', digits: 8, period: 60 });
  });

  it.each([
    ['secret', ''],
    ['secret', '   '],
    ['secret', 'A'],
    ['secret', '===='],
    ['secret', 'hunter2!'],
    ['secret', 'GEZDGNBV0189'],
    ['secret', 'ПАРОЛЬ'],
    ['secret', '-----BEGIN PRIVATE KEY-----'],
    ['secret', 'https://example.com/?secret=GEZDGNBV'],
    ['secret', 'otpauth://totp/x'],
    ['secret', 'otpauth://totp/x?secret='],
    ['secret', 'otpauth://totp/x?secret=%00%01'],
    ['type', 'otpauth://'],
    ['uri', 'otpauth://[/x?secret=GEZDGNBV'],
    ['type', 'otpauth:totp?secret=GEZDGNBV'],
    ['type', 'otpauth://hotp/x?secret=GEZDGNBV&counter=1'],
    ['algorithm', 'otpauth://totp/x?secret=GEZDGNBV&algorithm=MD5'],
    ['algorithm', 'otpauth://totp/x?secret=GEZDGNBV&algorithm=constructor'],
    ['digits', 'otpauth://totp/x?secret=GEZDGNBV&digits=0'],
    ['digits', 'otpauth://totp/x?secret=GEZDGNBV&digits=11'],
    ['digits', 'otpauth://totp/x?secret=GEZDGNBV&digits=six'],
    ['digits', 'otpauth://totp/x?secret=GEZDGNBV&digits=-6'],
    ['period', 'otpauth://totp/x?secret=GEZDGNBV&period=0'],
    ['period', 'otpauth://totp/x?secret=GEZDGNBV&period=1e3'],
    ['period', 'otpauth://totp/x?secret=GEZDGNBV&period=100000'],
  ])('refuses, for its %s: %j', (reason, text) => {
    expect(() => parseTotp(text)).toThrow(bad(reason));
  });

  it('no text makes it throw anything else', () => {
    const starts = fc.constantFrom('', 'otpauth://', 'otpauth://totp/', 'otpauth://totp/x?secret=');
    fc.assert(
      fc.property(starts, fc.string({ unit: 'binary' }), (start, rest) => {
        try {
          expect(parseTotp(start + rest).secret.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toMatchObject({ name: 'KeychainError', code: 'badTotp' });
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('codes', () => {
  it.each([
    [
      'SHA1',
      '12345678901234567890',
      ['94287082', '07081804', '14050471', '89005924', '69279037', '65353130'],
    ],
    [
      'SHA256',
      '12345678901234567890123456789012',
      ['46119246', '68084774', '67062674', '91819424', '90698825', '77737706'],
    ],
    [
      'SHA512',
      '1234567890123456789012345678901234567890123456789012345678901234',
      ['90693936', '25091201', '99943326', '93441116', '38618901', '47863826'],
    ],
  ] as const)('RFC 6238, appendix B: %s', (algorithm, secret, expected) => {
    const times = [59, 1_111_111_109, 1_111_111_111, 1_234_567_890, 2_000_000_000, 20_000_000_000];
    const parameters = { secret: Buffer.from(secret), algorithm, digits: 8, period: 30 };
    expect(times.map((time) => totpCode(parameters, time * 1000).code)).toEqual(expected);
    expect(parameters.secret.toString()).toBe(secret);
  });

  it.each([
    [0, 30_000],
    [1, 29_999],
    [29_999, 1],
    [30_000, 30_000],
    [59_500, 500],
  ])('at %i ms there are %i left', (at, remainingMs) => {
    expect(totpCode(parseTotp(rfcSecret), at)).toMatchObject({ period: 30, remainingMs });
  });
});
