/**
 * What SQLite's errors mean to the application.
 *
 * Every statement of the mirror runs through `translated`, so that a full disk or a damaged
 * page has its own code wherever it shows up, and no message of the engine travels upwards.
 */
import { SqliteError } from 'better-sqlite3';
import { StrongroomError, type ErrorCode } from '../../contract/errors.ts';

/** By prefix of SQLite's extended result code, most particular first. */
const meanings: readonly (readonly [prefix: string, code: ErrorCode])[] = [
  ['SQLITE_FULL', 'diskFull'],
  ['SQLITE_READONLY', 'diskReadOnly'],
  ['SQLITE_PERM', 'diskReadOnly'],
  ['SQLITE_NOTADB', 'mirrorWrongKey'],
  ['SQLITE_CORRUPT', 'mirrorDamaged'],
  // The file ends in the middle of a page, or a page fails the cipher's check while being read.
  ['SQLITE_IOERR_SHORT_READ', 'mirrorDamaged'],
  ['SQLITE_IOERR_DATA', 'mirrorDamaged'],
  ['SQLITE_IOERR_CORRUPTFS', 'mirrorDamaged'],
  ['SQLITE_IOERR', 'diskError'],
  ['SQLITE_CANTOPEN', 'diskError'],
];

const fileMeanings: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'diskFull',
  EDQUOT: 'diskFull',
  EROFS: 'diskReadOnly',
  EACCES: 'diskReadOnly',
  EPERM: 'diskReadOnly',
};

/**
 * The application's error for one of the engine or of the file system. Anything that is
 * neither comes back as it is: a mistake in the program must stay visible as one.
 */
export function asMirrorFault(error: unknown): unknown {
  if (error instanceof SqliteError) {
    const meaning = meanings.find(([prefix]) => error.code.startsWith(prefix));
    return meaning === undefined ? error : new StrongroomError(meaning[1], {}, { cause: error });
  }
  if (error instanceof Error && 'code' in error && 'syscall' in error && typeof error.code === 'string') {
    return new StrongroomError(fileMeanings[error.code] ?? 'diskError', {}, { cause: error });
  }
  return error;
}

/** Runs `work`; whatever the engine throws leaves as the application's error. */
export function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asMirrorFault(error);
  }
}
