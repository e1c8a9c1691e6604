import { describe, expect, it } from 'vitest';
import { offlinePolicy } from './offline.ts';

describe('the policy of an organisation', () => {
  it.each([
    [
      { allowed: true, days: 7 },
      { allowed: true, days: 7 },
    ],
    [
      { allowed: false, days: 7 },
      { allowed: false, days: 7 },
    ],
    [
      { allowed: false, days: 0 },
      { allowed: false, days: 1 },
    ],
    [{ allowed: false }, { allowed: false, days: 30 }],
    [
      { allowed: true, days: 0 },
      { allowed: false, days: 1 },
    ],
    [
      { allowed: true, days: -3 },
      { allowed: false, days: 1 },
    ],
    [
      { allowed: true, days: 0.5 },
      { allowed: false, days: 1 },
    ],
    [
      { allowed: true, days: 1.5 },
      { allowed: true, days: 1 },
    ],
    [
      { allowed: true, days: 1e300 },
      { allowed: true, days: 365 },
    ],
    [
      { allowed: true, days: 'many' },
      { allowed: true, days: 30 },
    ],
  ])('%j never comes to more than it says', (stated, read) => {
    expect(offlinePolicy.parse(stated)).toEqual(read);
  });

  it.each([undefined, null, 'no', {}, { days: 3 }])('%j says nothing', (stated) => {
    expect(offlinePolicy.parse(stated)).toBeNull();
  });
});
