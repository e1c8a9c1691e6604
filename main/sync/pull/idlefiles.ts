/**
 * Removing stored files that nothing refers to any more.
 *
 * Whoever takes a file off a row knows that row, and not what else may name the file: a base that
 * a discarded change falls back to, an entry of the bin, what is kept under a seal. So the names
 * are held against all of them before anything is removed; contents that were attached here may
 * exist nowhere else.
 */
import type { Mirror } from '../../mirror/index.ts';
import type { FileStore } from '../pullcontext.ts';
import { filesOfSealedConflicts } from '../outbox/typed.ts';

/** Removes those of `names` that nothing in the mirror refers to. Throws disk codes. */
export async function removeIdleFiles(
  mirror: Mirror,
  files: Pick<FileStore, 'remove'> | null,
  names: readonly string[],
): Promise<void> {
  if (files === null || names.length === 0) return;
  const named = new Set([...mirror.records.localFiles(), ...filesOfSealedConflicts(mirror)]);
  for (const localFile of new Set(names)) if (!named.has(localFile)) await files.remove(localFile);
}
