/** Changing the at-rest key from the command line: the server must not run meanwhile. */
import { resolve } from 'node:path';
import { createSeal } from '../sealing/cipher.ts';
import { loadNextKey, loadSealingKey, putNextKeyInPlace } from '../sealing/keyfile.ts';
import { databasePlace, filePlace } from '../storage/places.ts';
import type { S3Store } from '../storage/s3store.ts';
import { openDatabase } from '../storage/storage.ts';
import { rotate } from './rotating.ts';

export interface RotationRequest {
  readonly dataFolder: string;
  readonly database?: string;
  /** The object store of the files; without it they stand in the data folder. */
  readonly files?: S3Store;
  readonly tell: (line: string) => void;
  readonly isStopping: () => boolean;
}

/**
 * Seals everything of an installation with a new key, or goes on where it was cut. Answers whether
 * it is done; it is not when it was asked to stop. Rejects while a server has the database open.
 */
export async function rotateKey({
  dataFolder,
  database: url,
  files: store,
  tell,
  isStopping,
}: RotationRequest): Promise<boolean> {
  const folder = resolve(dataFolder);
  const place = databasePlace(folder, url);
  if (await place.isNew()) throw new Error('Nothing is stored here: there is no key to change.');
  const present = createSeal(loadSealingKey(folder, true));
  const database = await openDatabase(await place.openAlone(), Date.now);
  const files = filePlace(folder, store);
  try {
    await files.prepare();
    const next = createSeal(loadNextKey(folder));
    const outcome = await rotate({
      ...{ database, files, present, next, tell, isStopping },
    });
    if (outcome === 'stopped') return false;
  } finally {
    files.close();
    await database.destroy();
  }
  putNextKeyInPlace(folder);
  return true;
}
