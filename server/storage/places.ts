/** Which database an installation has: the one that a URL names, or a file in the data folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabasePlace } from './engine.ts';
import { postgresPlace } from './postgres.ts';
import { sqliteEngine } from './sqlite.ts';

const databaseFile = 'server.db';

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
