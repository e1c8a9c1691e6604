/**
 * Files that a person dropped or chose and that wait to be encrypted.
 *
 * The page knows them by token only. Nothing is read here beyond what the file system says of a
 * file, and everything is judged (size, kind) before anything is encrypted.
 */
import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { StagedFile } from '../../../contract/attachments.ts';
import { StrongroomError } from '../../../contract/errors.ts';

/** A file that was judged and found fit. */
export interface FitFile {
  readonly path: string;
  readonly name: string;
  /** Bytes when it was judged. */
  readonly size: number;
}

interface Waiting extends FitFile {
  readonly abort: AbortController;
  /** Its work has begun, so that it cannot be begun twice. */
  taken: boolean;
}

/** A staged file whose work has begun. */
export type TakenFile = Readonly<Pick<Waiting, 'path' | 'name' | 'size' | 'abort'>>;

/** More waiting files than a person means to drop. */
const mostWaiting = 2000;

export class StagedFiles {
  readonly #waiting = new Map<string, Waiting>();
  /** Refused ones, by token, until they are asked for: a queue tells what became of each. */
  readonly #refused = new Map<string, StagedFile>();

  /** Judges files in the order given; refused ones get no token that could be used. `limit` in bytes. */
  async stage(paths: readonly string[], limit: number): Promise<StagedFile[]> {
    const staged: StagedFile[] = [];
    for (const path of paths) {
      const file = await this.#stageOne(path, limit);
      if (file.refusal !== null && this.#refused.size < mostWaiting) this.#refused.set(file.token, file);
      staged.push(file);
    }
    return staged;
  }

  async #stageOne(path: string, limit: number): Promise<StagedFile> {
    const token = randomUUID();
    const name = basename(path);
    let size: number;
    try {
      const facts = await stat(path);
      if (!facts.isFile()) return { token, name, size: 0, refusal: 'notAFile' };
      size = facts.size;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      return { token, name, size: 0, refusal: 'unreadable' };
    }
    if (size > limit || this.#waiting.size >= mostWaiting) {
      return { token, name, size, refusal: 'tooLarge' };
    }
    this.#waiting.set(token, { path, name, size, abort: new AbortController(), taken: false });
    return { token, name, size, refusal: null };
  }

  /** The file behind a token, once; stays until `settle`. Throws `fileUnreadable`. */
  take(token: string): TakenFile {
    const file = this.#waiting.get(token);
    if (!file || file.taken) throw new StrongroomError('fileUnreadable', { name: file?.name ?? '' });
    file.taken = true;
    return file;
  }

  /** Hands a file over for good, with the judgement on it; null for a token that nobody gave. */
  handOver(token: string): FitFile | StagedFile | null {
    const refused = this.#refused.get(token);
    this.#refused.delete(token);
    if (refused) return refused;
    const file = this.#waiting.get(token);
    if (!file || file.taken) return null;
    this.#waiting.delete(token);
    const { path, name, size } = file;
    return { path, name, size };
  }

  settle(token: string): void {
    this.#waiting.delete(token);
  }

  /** Stops the work on a file, or forgets it if it has not begun. Unknown tokens are settled already. */
  cancel(token: string): void {
    this.#waiting.get(token)?.abort.abort();
    this.#waiting.delete(token);
  }

  /** Stops and forgets everything, at lock. */
  clear(): void {
    for (const { abort } of this.#waiting.values()) abort.abort();
    this.#waiting.clear();
    this.#refused.clear();
  }
}
