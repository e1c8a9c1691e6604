/**
 * Writing a small file so that a crash leaves either the old content or the new one: a
 * temporary file in the same folder, flushed, renamed over the old one, the folder flushed.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asDiskFault, fileSystemCode } from './diskfault.ts';

/** Throws `diskFull`, `diskReadOnly` or `diskError`; the old file is then still there. */
export function writeAtomically(file: string, content: string): void {
  const temporary = `${file}.new`;
  try {
    const descriptor = openSync(temporary, 'w', 0o600);
    try {
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
    flushFolder(path.dirname(file));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asDiskFault(error);
  }
}

/** Makes a rename or removal in a folder last. */
export function flushFolder(folder: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(folder, 'r');
  } catch (error) {
    // Windows cannot open folders; its renames are journalled.
    if (process.platform === 'win32' && fileSystemCode(error) !== null) return;
    throw error;
  }
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
