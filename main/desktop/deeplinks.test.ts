import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { followLink, linkIn, parseLink } from './deeplinks.ts';

const id = '65f0c2a1b7e4d90012ab34cd';

describe('a link', () => {
  it('leads to a record when it is spelled exactly so', () => {
    expect(parseLink(`strongroom://record/${id}`)).toEqual({ recordId: id });
    expect(parseLink(`strongroom://record/${id}/`)).toEqual({ recordId: id });
  });

  it.each([
    '',
    'strongroom:',
    'strongroom://record/',
    `strongroom:record/${id}`,
    `STRONGROOM://record/${id}`,
    `strongroom://record/${id}?copy=password`,
    `strongroom://record/${id}#reveal`,
    `strongroom://record/${id}/copy`,
    `strongroom://copy/${id}`,
    `strongroom://user@record/${id}`,
    'strongroom://record/..%2f..%2fetc',
    'strongroom://record/../x',
    `strongroom://record/${id}\n`,
    `strongroom://record/${'a'.repeat(65)}`,
    `https://record/${id}`,
  ])('leads nowhere as %j', (link) => {
    expect(parseLink(link)).toBeNull();
  });

  it('yields nothing but an id, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const target = parseLink(`strongroom://record/${text}`);
        expect(target === null || /^[\w-]{1,64}$/.test(target.recordId)).toBe(true);
      }),
    );
  });
});

describe('a command line', () => {
  it('may hold a link, among what the system adds', () => {
    expect(linkIn(['/opt/strongroom', '--allow-file-access', `strongroom://record/${id}`])).toBe(
      `strongroom://record/${id}`,
    );
    expect(linkIn(['strongroom', 'Strongroom://x'])).toBe('Strongroom://x');
    expect(linkIn(['/opt/strongroom', 'https://example.com'])).toBeNull();
  });
});

describe('following a link', () => {
  function followed(link: string, unlocked: boolean): string[] {
    const noted: string[] = [];
    followLink(link, {
      isUnlocked: () => unlocked,
      show: (recordId) => void noted.push(`show ${recordId}`),
      refuse: (reason) => void noted.push(`refuse ${reason}`),
    });
    return noted;
  }

  it('does nothing while locked, and says the same for every link', () => {
    for (const link of [`strongroom://record/${id}`, 'strongroom://record/none', 'strongroom:nonsense']) {
      expect(followed(link, false)).toEqual(['refuse locked']);
    }
  });

  it('shows the record, or says that the link is none', () => {
    expect(followed(`strongroom://record/${id}`, true)).toEqual([`show ${id}`]);
    expect(followed('strongroom://vault/1', true)).toEqual(['refuse malformed']);
  });
});
