/**
 * Where a trial server keeps attachments: in its data folder, or in the object store that `TRIAL_S3`
 * names, under a prefix that goes by the folder.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FilePlace } from '../../server/storage/fileplace.ts';
import { filePlace } from '../../server/storage/places.ts';
import type { S3Store } from '../../server/storage/s3store.ts';
import { trialBucket, trialKey, trialStoreAt } from '../objectstore/store.ts';

const prefixOf = (folder: string) => `${createHash('sha256').update(folder).digest('hex').slice(0, 16)}/`;

/** The object store of a data folder; undefined where files stand on the disk. */
export function trialStore(folder: string): S3Store | undefined {
  const url = process.env['TRIAL_S3'];
  return url === undefined ? undefined : trialStoreAt(url, prefixOf(folder));
}

/** What the command line and the environment say of it. */
export function trialStoreArguments(folder: string): { given: string[]; env: Record<string, string> } {
  const url = process.env['TRIAL_S3'];
  if (url === undefined) return { given: [], env: {} };
  const credentials = { AWS_ACCESS_KEY_ID: trialKey.id, AWS_SECRET_ACCESS_KEY: trialKey.secret };
  const env = { ...credentials, AWS_REGION: trialKey.region, AWS_ENDPOINT_URL_S3: url };
  return { given: ['--files', `s3://${trialBucket}/${prefixOf(folder)}`], env };
}

async function within<Result>(folder: string, work: (place: FilePlace) => Promise<Result>): Promise<Result> {
  const place = filePlace(folder, trialStore(folder));
  try {
    return await work(place);
  } finally {
    place.close();
  }
}

/** Names of the files that the server of a data folder keeps. */
export const storedNames = (folder: string): Promise<string[]> =>
  within(folder, (place) => Readable.from(place.names()).toArray());

/** What the server keeps under a name. */
export const storedBytes = (folder: string, name: string): Promise<Buffer> =>
  within(folder, async (place) => Buffer.concat(await Readable.from(place.read(name)).toArray()));
