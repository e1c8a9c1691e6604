/** What a thread's failure means to a person: the key chain's code, or the file system's. */
import { isErrorCode, StrongroomError } from '../../../contract/errors.ts';

const diskCodes: Readonly<Record<string, 'diskFull' | 'diskReadOnly'>> = {
  ENOSPC: 'diskFull',
  EDQUOT: 'diskFull',
  EFBIG: 'diskFull',
  EROFS: 'diskReadOnly',
  EACCES: 'diskReadOnly',
  EPERM: 'diskReadOnly',
};

/** `kind` tells whether the disk was read from (a person's file) or written to. */
export function threadRefusal(
  { code, errno }: { readonly code: string; readonly errno: string },
  kind: 'encode' | 'decode',
): StrongroomError {
  if (code === 'tooLarge') return new StrongroomError('fileTooLarge');
  if (isErrorCode(code)) return new StrongroomError(code);
  if (kind === 'encode') return new StrongroomError('fileUnreadable');
  return new StrongroomError(diskCodes[errno] ?? 'diskError');
}
