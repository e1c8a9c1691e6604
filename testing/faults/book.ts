/**
 * The book of everything that was typed: what a device said was safe, on which device, and what
 * may have become of it since.
 *
 * A value may be gone for three reasons only: its own device overwrote it before it was settled
 * with the server, a person dropped it by a decision, or the call that brought it never returned.
 * Everything else has to be found in the end. Of objects that were made it says how often they
 * may stand on the server: once, unless they were copied.
 *
 * A device notes what it is about to do before it does it, so that after a kill the book knows
 * the one act of which nobody can say whether it happened.
 */

/**
 * An object that goes to the bin, and the values of this device that are not sent yet and go with
 * it. If somebody else deletes the same object, or a folder in which it lies, it is gone before
 * they could arrive.
 */
export interface Removed {
  readonly object: string;
  readonly values: readonly string[];
  /** The folders in which it lies. */
  readonly within: readonly string[];
}

/** One thing a person does, in tokens. */
export interface Act {
  /** For the counts and for whoever reads a failure. */
  readonly kind: string;
  /** Values that come to stand here. */
  readonly typed?: readonly string[];
  /** Values that were shown and are not any more. */
  readonly replaced?: readonly string[];
  /** Values whose own history nobody keeps (names of folders) and that were shown to who replaced them. */
  readonly forgotten?: readonly string[];
  readonly removed?: readonly Removed[];
  /** Values that a person chose to let go. */
  readonly dropped?: readonly string[];
  /** Markers and folders that come to be. */
  readonly made?: readonly string[];
  /** Markers and folders that go without ever having been sent. */
  readonly unmade?: readonly string[];
  /** Markers of records that were copied, and stand once more until the copy has its own. */
  readonly copied?: readonly string[];
  /** Markers whose copies have got their own. */
  readonly parted?: readonly string[];
}

/** Who writes the book: the suite itself, or a process that tells the suite. */
export interface Diary {
  will(act: Act): void;
  did(act: Act): void;
  /** Refused for a foreseen reason: nothing has changed. */
  failed(act: Act, code: string): void;
}

type Fate = 'required' | 'perhaps' | 'replaced' | 'dropped';

interface Typed {
  readonly token: string;
  readonly device: string;
  readonly kind: string;
  /** The server has had it. */
  settled: boolean;
  fate: Fate;
  /** It went to the bin here, before it was sent, with this object, which lay in these folders. */
  wentWith: readonly string[];
}

/** How often an object may stand on the server. */
export interface Bounds {
  min: number;
  max: number;
}

export class Book {
  /** Acts that returned, by kind. */
  readonly counts = new Map<string, number>();
  /** Acts that were refused, by code. */
  readonly refusals = new Map<string, number>();
  readonly #typed = new Map<string, Typed>();
  readonly #objects = new Map<string, Bounds>();
  readonly #underWay = new Map<string, Act>();
  /** What is said of an object in a failure: the acts that named it, in order. */
  readonly #stories = new Map<string, string[]>();
  /** Who deleted an object. */
  readonly #removedBy = new Map<string, Set<string>>();

  /** The diary of one device. */
  diaryOf(device: string): Diary {
    return {
      will: (act) => void this.#underWay.set(device, act),
      did: (act) => this.#did(device, act),
      failed: (act, code) => {
        this.#underWay.delete(device);
        this.#tell(act, `refused (${code}) on ${device}`);
        this.refusals.set(`${act.kind}: ${code}`, (this.refusals.get(`${act.kind}: ${code}`) ?? 0) + 1);
        for (const token of act.typed ?? []) this.#type(device, act.kind, token, 'perhaps');
        for (const token of act.made ?? []) {
          if (!this.#objects.has(token)) this.#objects.set(token, { min: 0, max: 0 });
        }
      },
    };
  }

  /** The device was killed: whether the act that had not returned has happened, nobody knows. */
  cutOff(device: string): void {
    const act = this.#underWay.get(device);
    this.#underWay.delete(device);
    if (act === undefined) return;
    this.#tell(act, `cut off on ${device}`);
    for (const token of act.typed ?? []) this.#type(device, act.kind, token, 'perhaps');
    for (const token of act.replaced ?? []) this.#replace(device, token, 'perhaps');
    for (const token of [...(act.forgotten ?? []), ...(act.dropped ?? [])]) this.#end(token, 'perhaps');
    for (const token of act.made ?? []) {
      // What was to be put back may have been copied before it went, and its copies stand.
      const { min, max } = this.#objects.get(token) ?? { min: 0, max: 1 };
      this.#objects.set(token, { min, max: Math.max(max, 1) });
    }
    for (const token of act.unmade ?? []) this.#bounds(token).min = 0;
    for (const token of act.copied ?? []) this.#bounds(token).max += 1;
    this.#remove(device, act);
  }

  /** The device has synced to the end: nothing waits there, and nothing is undecided. */
  settled(device: string): void {
    for (const typed of this.#typed.values()) {
      if (typed.device === device && typed.fate === 'required') typed.settled = true;
    }
  }

  /** Values that have to be somewhere; of one device, of those that its server may not have. */
  required(unsettledOf?: string): string[] {
    return [...this.#typed.values()]
      .filter(({ fate, wentWith, device }) => fate === 'required' && !this.#wasDeletedTwice(wentWith, device))
      .filter(({ device, settled }) => unsettledOf === undefined || (device === unsettledOf && !settled))
      .map(({ token }) => token);
  }

  /** What has to be known of a value to understand where it was lost. */
  describe(token: string): string {
    const typed = this.#typed.get(token);
    if (typed === undefined) return `${token} (nobody typed it)`;
    return `${token} (${typed.kind} on ${typed.device}, ${typed.settled ? 'settled' : 'unsettled'}, ${typed.fate})`;
  }

  /** What has to be known of an object that stands too often or not at all. */
  story(token: string): string {
    return (this.#stories.get(token) ?? []).join(', ');
  }

  objects(): ReadonlyMap<string, Readonly<Bounds>> {
    return this.#objects;
  }

  get acts(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  get typedCount(): number {
    return this.#typed.size;
  }

  #did(device: string, act: Act): void {
    this.#underWay.delete(device);
    this.counts.set(act.kind, (this.counts.get(act.kind) ?? 0) + 1);
    this.#tell(act, `on ${device}`);
    for (const token of act.replaced ?? []) this.#replace(device, token, 'replaced');
    for (const token of act.forgotten ?? []) this.#end(token, 'replaced');
    for (const token of act.dropped ?? []) this.#replace(device, token, 'dropped');
    for (const token of act.typed ?? []) this.#type(device, act.kind, token, 'required');
    for (const token of act.made ?? []) {
      // What is put back may have been copied before it went.
      const max = Math.max(this.#objects.get(token)?.max ?? 1, 1);
      this.#objects.set(token, { min: 1, max });
    }
    for (const token of act.unmade ?? []) this.#bounds(token).min = 0;
    for (const token of act.copied ?? []) this.#bounds(token).max += 1;
    for (const token of act.parted ?? []) this.#bounds(token).max -= 1;
    this.#remove(device, act);
  }

  #tell({ kind, made = [], unmade = [], copied = [], parted = [] }: Act, how: string): void {
    for (const token of new Set([...made, ...unmade, ...copied, ...parted])) {
      const story = this.#stories.get(token) ?? [];
      this.#stories.set(token, [...story, `${kind} ${how}`]);
    }
  }

  #remove(device: string, { removed = [] }: Act): void {
    for (const { object, values, within } of removed) {
      const by = this.#removedBy.get(object) ?? new Set();
      this.#removedBy.set(object, by.add(device));
      for (const token of values) {
        const typed = this.#typed.get(token);
        if (typed?.device === device && !typed.settled) typed.wentWith = [object, ...within];
      }
    }
  }

  /** Somebody else deleted it as well, or what it lay in. */
  #wasDeletedTwice(objects: readonly string[], device: string): boolean {
    return objects.some((object) => [...(this.#removedBy.get(object) ?? [])].some((by) => by !== device));
  }

  #type(device: string, kind: string, token: string, fate: Fate): void {
    const known = this.#typed.get(token);
    if (known?.fate === 'required') return;
    this.#typed.set(token, { token, device, kind, settled: known?.settled ?? false, fate, wentWith: [] });
  }

  /** What the server has had stays in its history; only what its own device never sent may go. */
  #replace(device: string, token: string, fate: Fate): void {
    const typed = this.#typed.get(token);
    if (typed?.device === device && !typed.settled) this.#end(token, fate);
  }

  #end(token: string, fate: Fate): void {
    const typed = this.#typed.get(token);
    if (typed?.fate === 'required') typed.fate = fate;
  }

  #bounds(token: string): Bounds {
    const found = this.#objects.get(token);
    if (found) return found;
    const bounds = { min: 0, max: 1 };
    this.#objects.set(token, bounds);
    return bounds;
  }
}
