/**
 * Passwords and codes made for somebody else, between their making and their handing over: here, in
 * memory, under an id. Nothing writes them to the disk; they go when their time is over, when they
 * are forgotten, and when everything is locked.
 */
import { randomUUID } from 'node:crypto';
import type { Handout } from '../../../contract/people.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { wipe } from '../../keychain/index.ts';
import type { ClipboardPort, Copied } from '../reading/copying.ts';

const keptMs = 15 * 60_000;
/** More than anybody hands over at a time; the oldest goes for the newest. */
const mostKept = 50;

interface Kept {
  readonly text: Buffer;
  readonly until: number;
  readonly timer: NodeJS.Timeout;
}

export class Handouts {
  readonly #clipboard: ClipboardPort;
  readonly #kept = new Map<string, Kept>();

  constructor(clipboard: ClipboardPort) {
    this.#clipboard = clipboard;
  }

  /** Keeps a secret for a quarter of an hour. */
  keep(secret: string): Handout {
    const handoutId = randomUUID();
    const timer = setTimeout(() => this.forget(handoutId), keptMs);
    timer.unref();
    const until = Date.now() + keptMs;
    this.#kept.set(handoutId, { text: Buffer.from(secret, 'utf8'), until, timer });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.forget(oldest);
    return { handoutId, keptUntil: until };
  }

  /** Throws `noSuchField` when its time is over. */
  copy(handoutId: string): Promise<Copied> {
    return this.#clipboard.write(this.show(handoutId));
  }

  /** The secret itself, for a person who asked for it. Throws `noSuchField` when its time is over. */
  show(handoutId: string): string {
    const kept = this.#kept.get(handoutId);
    if (kept === undefined) throw new StrongroomError('noSuchField');
    return kept.text.toString('utf8');
  }

  forget(handoutId: string): void {
    const kept = this.#kept.get(handoutId);
    if (kept === undefined) return;
    clearTimeout(kept.timer);
    wipe(kept.text);
    this.#kept.delete(handoutId);
  }

  clear(): void {
    for (const handoutId of [...this.#kept.keys()]) this.forget(handoutId);
  }
}
