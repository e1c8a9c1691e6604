import { describe, expect, it } from 'vitest';
import { offerName, partsOffer } from './partsoffer.ts';

const MiB = 1024 * 1024;

/** The set that a server's announcement leads to. */
function announced(...features: { name: string; [member: string]: unknown }[]): ReadonlySet<string> {
  return new Set(features.flatMap((feature) => [feature.name, offerName(feature) ?? []].flat()));
}

describe('an offer to take files in parts', () => {
  it('is read back with its figures', () => {
    const offer = { partSize: 4 * MiB, largestFile: 1024 * MiB };
    expect(partsOffer(announced({ name: 'bin' }, { name: 'attachmentParts', ...offer }))).toEqual(offer);
  });

  it.each([
    ['nothing of the kind', { name: 'bin', partSize: 4 * MiB, largestFile: 1024 * MiB }],
    ['no figures', { name: 'attachmentParts' }],
    ['figures that are none', { name: 'attachmentParts', partSize: '4', largestFile: null }],
    ['parts too small', { name: 'attachmentParts', partSize: 1, largestFile: 1024 * MiB }],
    ['parts too large', { name: 'attachmentParts', partSize: 1024 * MiB, largestFile: 1024 * MiB }],
    ['files of no size', { name: 'attachmentParts', partSize: 4 * MiB, largestFile: 0 }],
  ])('is none with %s', (_, feature) => {
    expect(partsOffer(announced(feature))).toBeNull();
  });

  it('ends where the list of parts would not fit any more', () => {
    const endless = announced({ name: 'attachmentParts', partSize: MiB, largestFile: 2 ** 50 });
    expect(partsOffer(endless)?.largestFile).toBe(50_000 * MiB);
  });
});
