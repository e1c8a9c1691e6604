/** What the file system's errors mean to the application. */
import { StrongroomError, type ErrorCode } from '../../contract/errors.ts';

const meanings: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'diskFull',
  EDQUOT: 'diskFull',
  EFBIG: 'diskFull',
  EROFS: 'diskReadOnly',
  EACCES: 'diskReadOnly',
  EPERM: 'diskReadOnly',
};

/** The file system's own code of an error, or null if the error is not one of its. */
export function fileSystemCode(error: unknown): string | null {
  const isFileSystems = error instanceof Error && 'syscall' in error && 'code' in error;
  return isFileSystems && typeof error.code === 'string' ? error.code : null;
}

/** The application's error for one of the file system; anything else comes back as it is. */
export function asDiskFault(error: unknown): unknown {
  const code = fileSystemCode(error);
  return code === null ? error : new StrongroomError(meanings[code] ?? 'diskError', {}, { cause: error });
}
