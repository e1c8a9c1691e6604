/**
 * Having the log written to the disk beside the thread that answers the window. A durable
 * transaction waits until everything before it is on the disk too; behind a long stretch of
 * writing that could be a quarter of a second, unless most of it is there by then. No lock of
 * SQLite's is on the log itself, so that opening it once more disturbs none.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { asMirrorFault } from './fault.ts';

/** Resolves when what stands in the log by now is on the disk. Throws disk codes. */
export async function flushLog(databasePath: string): Promise<void> {
  const log = await openedLog(`${databasePath}-wal`);
  if (log === null) return;
  try {
    await log.datasync();
  } catch (error) {
    throw asMirrorFault(error);
  } finally {
    await log.close();
  }
}

/** Null where there is no log, and so nothing to flush. Systems want a file writable to flush it. */
async function openedLog(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw asMirrorFault(error);
  }
}
