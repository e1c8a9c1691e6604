/**
 * What the generator made within the last hour, sealed in the mirror of the account it was made
 * for. It stays through lock and quit, since that is how a value gets lost that was already
 * typed somewhere else; it goes with its hour, and with the account.
 */
import { randomUUID } from 'node:crypto';
import type { KeptValue } from '../../../contract/generator.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { openValue, sealValue } from '../../custody/index.ts';
import type { LockedBytes } from '../../custody/index.ts';
import { wipe } from '../../keychain/index.ts';
import type { Mirror, StoredMadeValue } from '../../mirror/index.ts';

/** How long a value is kept, in milliseconds. */
export const keptForMs = 60 * 60 * 1000;
/** A value that the next one follows sooner than this was never used by anybody: a slider moved. */
const passingMs = 700;
/** As many as are listed and kept. */
const mostKept = 100;

/** A value cannot be passed off as another one, as younger than it is, or as another sealed thing. */
const contextOf = (id: string, at: number): string => `made:${id}:${String(at)}`;

const kindCodes = { characters: 'c', phrase: 'p', spoken: 's' } as const;
type Kind = keyof typeof kindCodes;
const kinds = Object.keys(kindCodes) as Kind[];

export interface MadeValuesParts {
  readonly mirror: Pick<Mirror, 'madeValues' | 'transaction' | 'durable'>;
  /** The subkey that seals the values; owned by the account. */
  readonly sealKey: LockedBytes;
  /** Told when values whose hour is over could not be taken away. */
  readonly report: (failure: unknown) => void;
  readonly now?: () => number;
}

export class MadeValues {
  readonly #parts: MadeValuesParts;
  readonly #now: () => number;
  #last: { readonly id: string; readonly at: number } | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: MadeValuesParts) {
    this.#parts = parts;
    this.#now = parts.now ?? Date.now;
    this.#pruneQuietly();
  }

  /** Keeps a value; the id names it from now on. Throws disk codes. */
  keep(kind: Kind, text: string): string {
    const { mirror, sealKey } = this.#parts;
    const at = this.#now();
    const id = randomUUID();
    const plain = Buffer.from(`${kindCodes[kind]}${text}`, 'utf8');
    const passing = this.#last !== null && at - this.#last.at < passingMs ? this.#last.id : null;
    try {
      const sealed = sealValue(sealKey, plain, contextOf(id, at));
      mirror.transaction(() => {
        if (passing !== null) mirror.madeValues.remove(passing);
        mirror.madeValues.put({ id, at, sealed });
        this.#prune();
      });
    } finally {
      wipe(plain);
    }
    this.#last = { id, at };
    this.#pruneLater();
    return id;
  }

  /** Newest first, without the values. */
  list(): KeptValue[] {
    return this.#stored().map((stored) => {
      const plain = this.#opened(stored);
      const kind = kindOf(plain);
      const characters = [...plain.toString('utf8', 1)].length;
      wipe(plain);
      return { id: stored.id, at: stored.at, kind, characters };
    });
  }

  /** The value in UTF-8, for the caller to wipe. Throws `noSuchField` when its hour is over. */
  open(id: string): Buffer {
    const stored = this.#stored().find((one) => one.id === id);
    if (!stored) throw new StrongroomError('noSuchField');
    const plain = this.#opened(stored);
    const value = Buffer.from(plain.subarray(1));
    wipe(plain);
    return value;
  }

  /** Takes all of them away. Throws disk codes. */
  clear(): void {
    this.#last = null;
    this.#parts.mirror.durable(() => {
      this.#parts.mirror.madeValues.removeAll();
    });
  }

  /** At lock: nothing is written any more; what is kept stays sealed. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #stored(): StoredMadeValue[] {
    this.#pruneQuietly();
    return this.#parts.mirror.madeValues.since(this.#now() - keptForMs, mostKept);
  }

  #opened({ id, at, sealed }: StoredMadeValue): Buffer {
    return openValue(this.#parts.sealKey, sealed, contextOf(id, at));
  }

  /** A clock that was set back must not prolong the hour: what seems to come from the future goes too. */
  #prune(): void {
    const now = this.#now();
    this.#parts.mirror.madeValues.removeOutside(now - keptForMs, now);
  }

  #pruneQuietly(): void {
    try {
      this.#prune();
    } catch (failure) {
      this.#parts.report(failure);
    }
  }

  #pruneLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#pruneQuietly();
      if (this.#parts.mirror.madeValues.since(0, 1).length > 0) this.#pruneLater();
    }, keptForMs + 1000).unref();
  }
}

function kindOf(plain: Buffer): Kind {
  const code = plain.toString('latin1', 0, 1);
  return kinds.find((kind) => kindCodes[kind] === code) ?? 'characters';
}
