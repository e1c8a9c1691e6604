import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { leastScore } from './judging.ts';
import { PasswordJudge } from './weakness.ts';

let judge: PasswordJudge;

beforeAll(() => {
  judge = new PasswordJudge();
});

describe('what people make up', () => {
  it.each([
    ['password', 'common'],
    ['пароль', 'common'],
    ['Gfhjkm12', 'common'],
    ['zaichik', 'common'],
    ['ktyjxrf7', 'name'],
    ['dmitriy1', 'name'],
    ['krasivaya', 'word'],
    ['aaaaaaaaaaaa', 'repeat'],
    ['xk7', 'short'],
  ])('%s is weak', (password, reason) => {
    const { score, reason: said } = judge.judge(password, []);
    expect(score).toBeLessThan(leastScore);
    expect(said).toBe(reason);
  });

  it('knows runs on the Cyrillic keyboard', () => {
    const { score, reason } = judge.judge('фывапролдж', []);
    expect(score).toBeLessThan(leastScore);
    expect(['keyboard', 'common', 'word']).toContain(reason);
  });

  it('knows the words of the record', () => {
    expect(judge.judge('korolenko-vpn', []).score).toBeGreaterThan(
      judge.judge('korolenko-vpn', ['korolenko', 'vpn gateway']).score,
    );
    expect(judge.judge('korolenko', ['a.korolenko@example.org']).reason).toBe('own');
  });

  it('tells what was drawn by chance from it', () => {
    const drawn = Array.from({ length: 50 }, () => randomBytes(12).toString('base64'));
    expect(drawn.map((password) => judge.judge(password, []).score)).toEqual(drawn.map(() => 4));
  });
});

describe('the short cut', () => {
  const signs = 'abcdeilnorstuAEIOST0123456789!@$.-_ пароль';
  const piece = fc.oneof(
    fc.string({ unit: fc.constantFrom(...signs), minLength: 1, maxLength: 12 }),
    fc.constantFrom(
      'Passw0rd',
      'qwerty',
      'ghjk',
      '2019',
      'abcabc',
      '31.12.1999',
      'dragon',
      'nogard',
      'марина',
      '1q2w',
    ),
  );
  const passwords = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));

  it('never says more than the estimator', () => {
    fc.assert(
      fc.property(passwords, fc.constantFrom([], ['dragonfly']), (password, own) => {
        const short = judge.judge(password, own);
        const full = judge.estimate(password, own);
        expect(short.score).toBe(full.score);
        expect(short.guessesLog10).toBeLessThanOrEqual(full.guessesLog10 + 1e-9);
      }),
      { numRuns: 150 },
    );
  });
});
