import { describe, expect, it } from 'vitest';
import { knownTotpHosts, totpSiteOf } from './totphosts.ts';

describe('sites with one-time codes', () => {
  it('are many', () => {
    expect(knownTotpHosts).toBeGreaterThanOrEqual(150);
  });

  it('are known by themselves and by what lies below them', () => {
    expect(totpSiteOf('github.com')).toBe('github.com');
    expect(totpSiteOf('Console.AWS.Amazon.com.')).toBe('amazon.com');
  });

  it('are not known by what only looks like them', () => {
    expect(totpSiteOf('notgithub.com')).toBeNull();
    expect(totpSiteOf('github.com.example.org')).toBeNull();
    expect(totpSiteOf('com')).toBeNull();
    expect(totpSiteOf('')).toBeNull();
  });
});
