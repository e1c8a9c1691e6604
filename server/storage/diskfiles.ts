/**
 * Files in a folder: each is written beside its place and renamed into it, so that a file either
 * stands whole or not at all.
 */
import { constants, createReadStream, existsSync } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FilePlace } from './fileplace.ts';

const readAtOnce = 256 * 1024;
const unfinishedEnding = '.part';

/** Writes what comes to a new file of mode 600, and lets the disk have it. */
export async function writeThrough(path: string, source: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of source) await file.write(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a folder that only the server may enter, where it is missing. */
export async function privateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** The path at which a file stands until it is whole. */
export const unfinishedPath = (folder: string, name: string): string =>
  join(folder, `${name}${unfinishedEnding}`);

/** Removes what a killed server has left half written; nothing may be on its way meanwhile. */
export async function dropUnfinished(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const unfinished = (await readdir(folder)).filter((name) => name.endsWith(unfinishedEnding));
  for (const name of unfinished) await rm(join(folder, name), { force: true });
}

/** Keeps files in a folder of this computer. */
export function diskFiles(folder: string): FilePlace {
  return {
    prepare: () => dropUnfinished(folder),
    async write(name, source) {
      await privateFolder(folder);
      const unfinished = unfinishedPath(folder, name);
      try {
        await writeThrough(unfinished, source);
        await rename(unfinished, join(folder, name));
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
    read: (name) => createReadStream(join(folder, name), { highWaterMark: readAtOnce }),
    async remove(names) {
      await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
    },
    async *names() {
      // Without attachments there is no folder.
      if (existsSync(folder)) yield* await readdir(folder);
    },
    async check() {
      await privateFolder(folder);
      await access(folder, constants.R_OK | constants.W_OK);
    },
    close: () => undefined,
  };
}
