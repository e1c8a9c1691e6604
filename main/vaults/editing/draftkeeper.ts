/**
 * What stands in open forms, kept for an unlocked account.
 *
 * A form is handed over at every change. It is sealed at once, so that no typed secret waits in
 * the clear, and written to the disk at most once a second and at lock. A lock therefore loses
 * nothing, a crash at most the last second of typing.
 */
import { deserialize, serialize } from 'node:v8';
import { draftContent, type DraftContent } from '../../../contract/drafts.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { openValue, sealValue } from '../../custody/index.ts';
import type { LockedBytes } from '../../custody/index.ts';
import { wipe } from '../../keychain/index.ts';
import type { Mirror, StoredDraft } from '../../mirror/index.ts';

export interface DraftKeeperParts {
  readonly mirror: Pick<Mirror, 'drafts' | 'durable'>;
  /** The subkey that seals drafts; owned by the account. */
  readonly sealKey: LockedBytes;
  /** Told when a draft could not be written and nobody waits for the answer. */
  readonly report: (failure: unknown) => void;
  readonly now?: () => number;
}

/** Milliseconds between two writes of a form that is being typed into. */
const writeEveryMs = 1000;

/** A draft cannot be passed off as another one, or as another sealed value. */
const contextOf = (id: string): string => `draft:${id}`;

export class DraftKeeper {
  readonly #parts: DraftKeeperParts;
  readonly #now: () => number;
  /** Sealed, not on the disk yet. */
  readonly #unwritten = new Map<string, StoredDraft>();
  #writtenAt = -Infinity;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: DraftKeeperParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
  }

  /** Keeps a form; gives the moment it is shown with. The content stays the caller's. Throws disk codes. */
  keep(id: string, content: DraftContent): number {
    const at = this.#now();
    const plain = serialize(content);
    try {
      this.#unwritten.set(id, { id, at, sealed: sealValue(this.#parts.sealKey, plain, contextOf(id)) });
    } finally {
      wipe(plain);
    }
    const waitMs = this.#writtenAt + writeEveryMs - performance.now();
    if (waitMs <= 0) this.flush();
    else this.#flushIn(waitMs);
    return at;
  }

  /** Every draft that opens, newest first. */
  list(): { readonly id: string; readonly at: number; readonly content: DraftContent }[] {
    this.flush();
    return this.#parts.mirror.drafts.all().flatMap(({ id, at }) => {
      const content = this.#opened(id);
      return content === null ? [] : [{ id, at, content }];
    });
  }

  /** The whole form; its bytes are the caller's to wipe. Throws `noSuchDraft`. */
  open(id: string): DraftContent {
    this.flush();
    const content = this.#opened(id);
    if (content === null) throw new StrongroomError('noSuchDraft');
    return content;
  }

  /** Saved or given up. */
  drop(id: string): void {
    this.#unwritten.delete(id);
    this.#parts.mirror.durable(() => this.#parts.mirror.drafts.remove(id));
  }

  /** Puts everything on the disk. Throws disk codes; what was not written is tried again. */
  flush(): void {
    this.#stopTimer();
    if (this.#unwritten.size === 0) return;
    const { mirror } = this.#parts;
    mirror.durable(() => {
      for (const draft of this.#unwritten.values()) mirror.drafts.put(draft);
    });
    this.#unwritten.clear();
    this.#writtenAt = performance.now();
  }

  /** The last write, at lock; a disk that refuses must not keep the vaults open. */
  close(): void {
    this.#flushQuietly();
    this.#stopTimer();
  }

  #flushIn(waitMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#flushQuietly();
    }, waitMs).unref();
  }

  #flushQuietly(): void {
    try {
      this.flush();
    } catch (failure) {
      this.#parts.report(failure);
    }
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Null for one that is not there, or of a version whose forms were different. */
  #opened(id: string): DraftContent | null {
    const stored = this.#parts.mirror.drafts.get(id);
    if (stored === null) return null;
    const plain = openValue(this.#parts.sealKey, stored.sealed, contextOf(id));
    try {
      // The bytes in what was read may lie in `plain`, which is wiped.
      const read = draftContent.safeParse(structuredClone(deserialize(plain)));
      return read.success ? read.data : null;
    } finally {
      wipe(plain);
    }
  }
}

/** Overwrites everything in a form that may be secret. */
export function wipeDraft({ form }: DraftContent): void {
  wipe(form.password.value, ...form.customs.map(({ value }) => value.value));
}
