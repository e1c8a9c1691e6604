/**
 * Which custom field is which: matching the fields of two sides with those of their ancestor.
 *
 * A field goes by its label, and by its value where several carry the same label or where the
 * label was changed. A label that does not open goes by its ciphertext. Whatever is not found
 * counts as deleted and added, which at worst keeps more than was meant.
 */
import type { StoredCustomField } from '../../mirror/model.ts';

/** What only a holder of the keys can say. The same ciphertext always holds the same plaintext. */
export interface Sameness {
  /** Whether two wire values hold the same plaintext; null is no value at all. */
  secret(a: string | null, b: string | null): boolean;
  /** The same for all fields of one label and no other, e.g. a keyed digest; null if it does not open. */
  customIdentity(field: StoredCustomField): string | null;
}

/** One field on its three sides; undefined where it does not exist. */
export interface FieldSides {
  /** Tells its label from others, in at most 48 characters. */
  readonly label: string;
  readonly base: StoredCustomField | undefined;
  readonly mine: StoredCustomField | undefined;
  readonly theirs: StoredCustomField | undefined;
}

type Fields = readonly StoredCustomField[];
type Pairs = Map<StoredCustomField, StoredCustomField>;

/** Every field of the three lists exactly once. Each list must hold each of its objects once. */
export function matchFields(base: Fields, mine: Fields, theirs: Fields, same: Sameness): FieldSides[] {
  const matching = new Matching(same);
  const mineOf = matching.pairs(base, mine, true);
  const theirsOf = matching.pairs(base, theirs, true);
  const [addedMine, addedTheirs] = [unpaired(mine, mineOf), unpaired(theirs, theirsOf)];
  const twins = matching.pairs(addedMine, addedTheirs, false);
  const lines = [
    ...base.map((field) => ({ base: field, mine: mineOf.get(field), theirs: theirsOf.get(field) })),
    ...addedMine.map((field) => ({ base: undefined, mine: field, theirs: twins.get(field) })),
    ...unpaired(addedTheirs, twins).map((field) => ({ base: undefined, mine: undefined, theirs: field })),
  ];
  return lines.map((line) => ({ ...line, label: matching.shortName(line.base ?? line.mine ?? line.theirs) }));
}

function unpaired(fields: Fields, pairs: Pairs): StoredCustomField[] {
  const paired = new Set(pairs.values());
  return fields.filter((field) => !paired.has(field));
}

/** The end of a ciphertext tells it from others well enough for a name, which has to stay short. */
const tailLength = 48;

/**
 * Values compared in one matching of two lists. A record that needs more was made to keep this
 * device busy; its fields then go by label and order alone.
 */
const mostCompared = 10_000;

class Matching {
  readonly #same: Sameness;
  readonly #identities = new Map<StoredCustomField, string>();

  constructor(same: Sameness) {
    this.#same = same;
  }

  /**
   * Pairs fields of one list with fields of another: same label and value, then same label in
   * order; with `renamed` also same value under another label.
   */
  pairs(from: Fields, to: Fields, renamed: boolean): Pairs {
    const pairs: Pairs = new Map();
    const free = new Set(to);
    const byLabel = Map.groupBy(to, (field) => this.#identity(field));
    let comparisons = mostCompared;
    const isSameValue = (a: StoredCustomField, b: StoredCustomField): boolean =>
      comparisons-- > 0 && this.#same.secret(a.value, b.value);
    const pair = (
      among: (field: StoredCustomField) => Iterable<StoredCustomField>,
      isPair: (a: StoredCustomField, b: StoredCustomField) => boolean,
    ): void => {
      for (const field of from) {
        if (pairs.has(field)) continue;
        for (const other of among(field)) {
          if (!free.has(other) || !isPair(field, other)) continue;
          pairs.set(field, other);
          free.delete(other);
          break;
        }
      }
    };
    const ofLabel = (field: StoredCustomField): Fields => byLabel.get(this.#identity(field)) ?? [];
    pair(ofLabel, isSameValue);
    pair(ofLabel, () => true);
    if (renamed) pair(() => free, isSameValue);
    return pairs;
  }

  shortName(field: StoredCustomField | undefined): string {
    return field === undefined ? '' : this.#identity(field).slice(-tailLength);
  }

  #identity(field: StoredCustomField): string {
    const known = this.#identities.get(field);
    if (known !== undefined) return known;
    const opened = this.#same.customIdentity(field);
    const identity = opened === null ? `unopened ${field.name}` : `label ${opened}`;
    this.#identities.set(field, identity);
    return identity;
  }
}
