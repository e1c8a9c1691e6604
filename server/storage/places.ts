/**
 * Where an installation keeps what it stores: rows in the database that a URL names or in a file of
 * the data folder, attachments in an object store or in a folder beside that file.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { diskFiles } from './diskfiles.ts';
import type { DatabasePlace } from './engine.ts';
import type { FilePlace } from './fileplace.ts';
import { postgresPlace } from './postgres.ts';
import { s3Files } from './s3files.ts';
import type { S3Store } from './s3store.ts';
import { sqliteEngine } from './sqlite.ts';

const databaseFile = 'server.db';
const filesFolder = 'files';

/** The database of an installation. Throws on a URL of another kind, without repeating it. */
export function databasePlace(dataFolder: string, url: string | undefined): DatabasePlace {
  if (url === undefined) {
    const file = join(dataFolder, databaseFile);
    return {
      isNew: async () => !existsSync(file),
      open: () => sqliteEngine(file),
      openAlone: async () => sqliteEngine(file, true),
    };
  }
  if (!/^postgres(ql)?:\/\//.test(url)) throw new Error('The database URL must begin with postgres://.');
  return postgresPlace(url);
}

/** The place of an installation's attachments; what is on its way to an object store rests in the same folder. */
export function filePlace(dataFolder: string, store: S3Store | undefined): FilePlace {
  const folder = join(dataFolder, filesFolder);
  return store === undefined ? diskFiles(folder) : s3Files(store, folder);
}
