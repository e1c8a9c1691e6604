/**
 * Files on their way out of the window by hand.
 *
 * The system takes a dragged file from the disk, so it has to lie there decrypted for a while: in a
 * folder that nobody but this user may enter, one folder inside it for each drag, and gone at
 * lock, at quit and at the next start, whichever comes first.
 */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asDiskFault } from '../../custody/index.ts';
import { distinctName } from './distinctname.ts';

export class DraggedFiles {
  readonly #root: string;
  readonly #safeName: (name: string) => string;
  #wiping: Promise<void> = Promise.resolve();

  /** `root` is this class's alone; `safeName` makes a name that any file system takes. */
  constructor(root: string, safeName: (name: string) => string) {
    this.#root = root;
    this.#safeName = safeName;
  }

  /**
   * Places for files of these names, in an order of their own, in a new folder. Throws disk codes.
   */
  async places(names: readonly string[]): Promise<string[]> {
    await this.#wiping;
    const folder = join(this.#root, randomBytes(12).toString('hex'));
    try {
      await this.#makeRoot();
      await mkdir(folder, { mode: 0o700 });
    } catch (error) {
      throw asDiskFault(error);
    }
    const given: string[] = [];
    for (const name of names) given.push(distinctName(this.#safeName(name), given));
    return given.map((name) => join(folder, name));
  }

  /** Removes every file that lies there; places that were given before are gone. Throws disk codes. */
  wipe(): Promise<void> {
    this.#wiping = this.#wiping.then(() => this.#remove());
    const wiped = this.#wiping;
    // A later drag must not fail for what a wipe met; whoever asked for the wipe is told.
    this.#wiping = wiped.catch(() => undefined);
    return wiped;
  }

  async #remove(): Promise<void> {
    try {
      // A program that took a file may still hold it: some systems want to be asked twice.
      await rm(this.#root, { recursive: true, force: true, maxRetries: 3 });
    } catch (error) {
      throw asDiskFault(error);
    }
  }

  /** Whatever stands in its place and is not a folder of ours (a link, say) is taken away first. */
  async #makeRoot(): Promise<void> {
    const made = await mkdir(this.#root, { recursive: true, mode: 0o700 });
    if (made !== undefined) return;
    const facts = await lstat(this.#root);
    const isOurs = facts.isDirectory() && (process.platform === 'win32' || (facts.mode & 0o077) === 0);
    if (isOurs) return;
    await rm(this.#root, { recursive: true, force: true });
    await mkdir(this.#root, { mode: 0o700 });
  }
}
