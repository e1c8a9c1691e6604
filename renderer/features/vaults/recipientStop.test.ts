import { describe, expect, it } from 'vitest';
import { recipientStop } from './recipientStop.ts';

describe('a key that something is to be wrapped for', () => {
  it.each(['own', 'unseen', 'seen', 'verified'] as const)('that is %s stops nothing', (trust) => {
    expect(recipientStop({ trust, isWeak: false, roster: null })).toBeNull();
  });

  it.each(['missing', 'changed', 'unreadable'] as const)('that is %s stops everything', (trust) => {
    expect(recipientStop({ trust, isWeak: false, roster: null })).toBe(trust);
    expect(recipientStop({ trust, isWeak: true, roster: null })).toBe(trust);
  });

  it('stops it when it is weak, however well it is known', () => {
    expect(recipientStop({ trust: 'verified', isWeak: true, roster: null })).toBe('weak');
  });

  it('stops it when a signed roster names another key, until a person has decided', () => {
    const roster = { signers: [{ name: 'Anna', isOwn: false }], name: 'Boris', login: 'boris' };
    const facts = { trust: 'verified', isWeak: false } as const;
    const differs = { ...roster, standing: 'differs', isOverruled: false } as const;
    expect(recipientStop({ ...facts, roster: differs })).toBe('rosterDiffers');
    expect(recipientStop({ ...facts, roster: { ...differs, isOverruled: true } })).toBeNull();
    expect(recipientStop({ ...facts, roster: { ...differs, standing: 'vouched' } })).toBeNull();
  });
});
