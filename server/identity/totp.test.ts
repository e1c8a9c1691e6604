import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { describe, expect, it } from 'vitest';
import type { SealingKey } from '../sealing/keyfile.ts';
import { createSeal } from '../sealing/cipher.ts';
import type { TwoFactor } from '../storage/people.ts';
import { acceptCode, newRecoveryCodes, newTwoFactor, spendRecoveryCode } from './totp.ts';

const seal = createSeal(randomBytes(32) as SealingKey);
/** The secret of the test vectors in RFC 6238, Appendix B. */
const secret = Secret.fromUTF8('12345678901234567890').base32;
const twoFactor: TwoFactor = { secret, isEnabled: true, lastStep: 0, recovery: [] };

describe('a code', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [20_000_000_000, '353130'],
  ])('at second %i is that of RFC 6238', (second, code) => {
    expect(acceptCode(twoFactor, code, second * 1000)).toMatchObject({ lastStep: Math.floor(second / 30) });
  });

  it('is good one step early or late, and no longer', () => {
    for (const [offset, isGood] of [
      [-60, false],
      [-30, true],
      [30, true],
      [60, false],
    ] as const) {
      expect(acceptCode(twoFactor, '081804', (1_111_111_109 + offset) * 1000) !== null).toBe(isGood);
    }
  });

  it('is taken once, and none before it afterwards', () => {
    const now = 1_111_111_109_000;
    const after = acceptCode(twoFactor, '081804', now);
    expect(after).not.toBeNull();
    if (!after) return;
    expect(acceptCode(after, '081804', now)).toBeNull();
    const former = new TOTP({ secret }).generate({ timestamp: now - 30_000 });
    expect(acceptCode(after, former, now)).toBeNull();
  });
});

describe('a new second factor', () => {
  it('has a secret of 160 bits in an address that names account and organisation', () => {
    const { twoFactor: made, uri } = newTwoFactor('anna@example', 'An organisation');
    expect(Secret.fromBase32(made.secret).bytes).toHaveLength(20);
    expect(uri).toContain('otpauth://totp/An%20organisation:anna%40example?');
    expect(made.isEnabled).toBe(false);
  });
});

describe('recovery codes', () => {
  it('are ten, kept as hashes, good once, however they are typed, and of one person', () => {
    const { codes, twoFactor: kept } = newRecoveryCodes(seal, 'one', twoFactor);
    expect(new Set(codes).size).toBe(10);
    expect(codes.every((code) => /^[a-z0-9]{5}-[a-z0-9]{5}$/.test(code))).toBe(true);
    expect(kept.recovery.some((hash) => codes.includes(hash))).toBe(false);
    const [code = ''] = codes;
    const spent = spendRecoveryCode(seal, 'one', kept, ` ${code.replace('-', ' ').toUpperCase()}`);
    expect(spent?.recovery).toHaveLength(9);
    expect(spent && spendRecoveryCode(seal, 'one', spent, code)).toBeNull();
    expect(spendRecoveryCode(seal, 'other', kept, code)).toBeNull();
  });
});
