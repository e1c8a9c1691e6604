/**
 * Where a first sync stood when it was cut.
 *
 * Only a first sync is resumed: it is the long one, and nothing in the mirror can be outdated
 * yet. A mark is believed for half an hour; after that the listings are compared from their
 * start, which costs requests but no writes.
 */
import { z } from 'zod';
import type { Mirror } from '../../mirror/index.ts';

/** Key of the sync state under which the time of the last whole pull stands (Unix milliseconds). */
export const lastSyncedKey = 'lastSyncedAt';
/** Key of the sync state under which the mark of a cut first sync stands. */
export const markKey = 'pullMark';
const lifeMs = 30 * 60 * 1000;

const mark = z.strictObject({
  at: z.number(),
  /** Vaults whose records are all here. */
  done: z.array(z.string()),
  /** The vault in hand, how many of its rows are here, and how long its list was. */
  partial: z.nullable(
    z.strictObject({ vaultId: z.string(), offset: z.number(), total: z.nullable(z.number()) }),
  ),
});
type Mark = z.infer<typeof mark>;

export class ResumePoint {
  readonly #mirror: Mirror;
  readonly #now: () => number;
  readonly #firstSync: boolean;
  #mark: Mark;

  constructor(mirror: Mirror, firstSync: boolean, now: () => number) {
    this.#mirror = mirror;
    this.#now = now;
    this.#firstSync = firstSync;
    this.#mark = (firstSync ? readMark(mirror, now()) : null) ?? { at: now(), done: [], partial: null };
  }

  isDone(vaultId: string): boolean {
    return this.#mark.done.includes(vaultId);
  }

  /** The row at which the listing of a vault goes on, and how long the listing was then. */
  startOf(vaultId: string): { readonly offset: number; readonly total: number | null } {
    const { partial } = this.#mark;
    return partial?.vaultId === vaultId ? partial : { offset: 0, total: null };
  }

  /** Rows before `offset` are in the mirror. */
  reached(vaultId: string, offset: number, total: number | null): void {
    this.#write({ ...this.#mark, partial: { vaultId, offset, total } });
  }

  finished(vaultId: string): void {
    this.#write({ ...this.#mark, done: [...this.#mark.done, vaultId], partial: null });
  }

  /** The whole pull is through. */
  clear(): void {
    if (this.#firstSync) this.#mirror.syncState.set(markKey, null);
  }

  #write(next: Mark): void {
    this.#mark = { ...next, at: this.#now() };
    if (this.#firstSync) this.#mirror.syncState.set(markKey, JSON.stringify(this.#mark));
  }
}

function readMark(mirror: Mirror, now: number): Mark | null {
  const text = mirror.syncState.get(markKey);
  if (text === null) return null;
  const read = mark.safeParse(JSON.parse(text));
  return read.success && now - read.data.at < lifeMs && now >= read.data.at ? read.data : null;
}
