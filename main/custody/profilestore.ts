/**
 * The profiles of this device: `<root>/profiles/<random id>/` with `profile.json`, the mirror
 * and the sealed files. Each stands alone, so that a damaged one takes nothing else with it.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StrongroomError } from '../../contract/errors.ts';
import { flushFolder, writeAtomically } from './atomicfile.ts';
import { asDiskFault, fileSystemCode } from './diskfault.ts';
import {
  profile as profileSchema,
  profileId,
  type NewProfile,
  type Profile,
  type ProfileChange,
  type ProfileSummary,
} from './profile.ts';

export class ProfileStore {
  readonly #root: string;
  readonly #now: () => number;

  /** `root` is the application's data folder; `now` gives Unix milliseconds. */
  constructor(root: string, now: () => number = Date.now) {
    this.#root = path.join(root, 'profiles');
    this.#now = now;
  }

  /** All profiles, oldest first; damaged ones last, named by their folder. */
  list(): ProfileSummary[] {
    const summaries = this.#ids().map((id): ProfileSummary => {
      try {
        return { id, profile: this.read(id) };
      } catch (error) {
        // One unreadable profile must not hide the others; opening it says what is wrong.
        if (error instanceof StrongroomError) return { id, profile: null };
        throw error;
      }
    });
    const age = (summary: ProfileSummary): number => summary.profile?.createdAt ?? Number.MAX_SAFE_INTEGER;
    return summaries.sort((a, b) => age(a) - age(b) || (a.id < b.id ? -1 : 1));
  }

  /** Throws disk codes; nothing is left behind then. */
  create(input: NewProfile): Profile {
    const id = randomBytes(16).toString('hex');
    const created: Profile = {
      version: 1,
      id,
      server: input.server,
      account: input.account,
      mode: input.mode,
      slots: input.slots,
      lastSyncedAt: null,
      createdAt: this.#now(),
    };
    try {
      mkdirSync(this.filesPathOf(id), { recursive: true, mode: 0o700 });
      this.#write(created);
      flushFolder(this.#root);
    } catch (error) {
      rmSync(this.folderOf(id), { recursive: true, force: true });
      throw asDiskFault(error);
    }
    return created;
  }

  /** Throws `noSuchAccount`, `profileDamaged`, disk codes. */
  read(id: string): Profile {
    const text = this.#readText(id);
    try {
      const found = profileSchema.parse(JSON.parse(text));
      if (found.id === id) return found;
    } catch (error) {
      throw new StrongroomError('profileDamaged', {}, { cause: error });
    }
    throw new StrongroomError('profileDamaged');
  }

  update(id: string, change: ProfileChange): Profile {
    const updated: Profile = { ...this.read(id), ...change };
    this.#write(updated);
    return updated;
  }

  /**
   * Erases a profile with its mirror and files. Its key slots are overwritten first, so that
   * what the disk keeps of the rest has lost its key. That is as far as it goes: a disk that
   * writes elsewhere instead of over, and the copies that earlier writes of the profile left
   * behind, still hold a slot, which still asks for the master password.
   */
  remove(id: string): void {
    const folder = this.folderOf(id);
    try {
      const file = this.#profileFile(id);
      const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      if (size > 0) writeFileSync(file, Buffer.alloc(size), { flag: 'r+', flush: true });
      rmSync(folder, { recursive: true, force: true });
      flushFolder(this.#root);
    } catch (error) {
      if (fileSystemCode(error) !== 'ENOENT') throw asDiskFault(error);
    }
  }

  /** Throws `noSuchAccount` for anything that is not the form of an id, so none can leave the root. */
  folderOf(id: string): string {
    if (!profileId.safeParse(id).success) throw new StrongroomError('noSuchAccount');
    return path.join(this.#root, id);
  }

  mirrorPathOf(id: string): string {
    return path.join(this.folderOf(id), 'mirror.db');
  }

  filesPathOf(id: string): string {
    return path.join(this.folderOf(id), 'files');
  }

  #profileFile(id: string): string {
    return path.join(this.folderOf(id), 'profile.json');
  }

  #write(content: Profile): void {
    writeAtomically(
      this.#profileFile(content.id),
      `${JSON.stringify(profileSchema.parse(content), null, 2)}\n`,
    );
  }

  #readText(id: string): string {
    try {
      return readFileSync(this.#profileFile(id), 'utf8');
    } catch (error) {
      if (fileSystemCode(error) !== 'ENOENT') throw asDiskFault(error);
      const folderExists = statSync(this.folderOf(id), { throwIfNoEntry: false }) !== undefined;
      throw new StrongroomError(folderExists ? 'profileDamaged' : 'noSuchAccount', {}, { cause: error });
    }
  }

  #ids(): string[] {
    try {
      return readdirSync(this.#root).filter((name) => profileId.safeParse(name).success);
    } catch (error) {
      if (fileSystemCode(error) === 'ENOENT') return [];
      throw asDiskFault(error);
    }
  }
}
