import { describe, expect, it } from 'vitest';
import { recipientStop } from './recipientStop.ts';

describe('a key that something is to be wrapped for', () => {
  it.each(['own', 'unseen', 'seen', 'verified'] as const)('that is %s stops nothing', (trust) => {
    expect(recipientStop({ trust, isWeak: false })).toBeNull();
  });

  it.each(['missing', 'changed', 'unreadable'] as const)('that is %s stops everything', (trust) => {
    expect(recipientStop({ trust, isWeak: false })).toBe(trust);
    expect(recipientStop({ trust, isWeak: true })).toBe(trust);
  });

  it('stops it when it is weak, however well it is known', () => {
    expect(recipientStop({ trust: 'verified', isWeak: true })).toBe('weak');
  });
});
