/**
 * Whether and how a server takes files beyond the protocol's limit (own addition, feature
 * `attachmentParts` with `partSize` and `largestFile`).
 *
 * What a server announces is kept and handed about as a set of names, on the disk as well, because
 * that is all there is to every other feature. So the two figures go along as a name of their own.
 */
import { z } from 'zod';

/** In bytes of the file. */
export interface PartsOffer {
  readonly partSize: number;
  readonly largestFile: number;
}

export const partsFeature = 'attachmentParts';

/**
 * Within these an offer is usable: parts that are neither a request for every few lines nor more
 * than one wants to stand in memory several times, and a list of parts that fits its attachment.
 */
const bounds = { smallestPart: 16 * 1024, largestPart: 16 * 1024 * 1024, mostParts: 50_000 } as const;

const figures = z.object({
  partSize: z.number().int().min(bounds.smallestPart).max(bounds.largestPart),
  largestFile: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
});

/** The name under which the figures of an announced feature are kept; null for any other feature. */
export function offerName(feature: { readonly name: string }): string | null {
  const read = feature.name === partsFeature ? figures.safeParse(feature) : null;
  if (read?.success !== true) return null;
  const { partSize, largestFile } = read.data;
  return `${partsFeature}/${String(partSize)}/${String(largestFile)}`;
}

/** What the server offers; null if it takes no file in parts. */
export function partsOffer(features: ReadonlySet<string>): PartsOffer | null {
  if (!features.has(partsFeature)) return null;
  for (const name of features) {
    const found = /^attachmentParts\/(\d{1,16})\/(\d{1,16})$/.exec(name);
    const read = figures.safeParse({ partSize: Number(found?.[1]), largestFile: Number(found?.[2]) });
    if (!read.success) continue;
    const { partSize, largestFile } = read.data;
    return { partSize, largestFile: Math.min(largestFile, partSize * bounds.mostParts) };
  }
  return null;
}
