/**
 * Passwords of characters.
 *
 * Demands such as "at least two digits" make passwords weaker than their length suggests, and the
 * usual way to meet them (draw the demanded ones first, shuffle) makes some passwords likelier
 * than others. Here all passwords that meet the demands are counted first; one of them is drawn,
 * each as likely as every other, and the entropy told is the logarithm of exactly that count.
 */
import { bitsOf, pick, randomBelow } from './chance.ts';

export const characterSets = {
  lower: 'abcdefghijklmnopqrstuvwxyz',
  upper: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  digits: '0123456789',
  symbols: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
} as const;

export type CharacterSet = keyof typeof characterSets;
export const setNames = Object.keys(characterSets) as readonly CharacterSet[];

/** Characters that are taken for each other on paper and on a screen. */
export const lookAlikes = 'Il1|O0oS5B8Z2`\'"';

export interface CharacterWishes {
  readonly length: number;
  /** How many of each set there have to be at least; a set that is missing is not used. */
  readonly minimums: Partial<Record<CharacterSet, number>>;
  /** Characters that are never used. */
  readonly without: string;
}

export interface Generated {
  readonly text: string;
  /** Binary logarithm of the number of texts that were as likely as this one. */
  readonly bits: number;
}

/** Why wishes cannot be met. */
export class CannotGenerate extends Error {
  readonly reason: 'noCharacters' | 'tooManyDemanded';

  constructor(reason: 'noCharacters' | 'tooManyDemanded') {
    super(reason);
    this.reason = reason;
  }
}

interface Used {
  readonly characters: readonly string[];
  readonly minimum: number;
}

/** @throws CannotGenerate */
export function generateCharacters(wishes: CharacterWishes): Generated {
  const sets = usedSets(wishes);
  const counting = new Counting(sets.map(({ characters }) => BigInt(characters.length)));
  let needs = sets.map(({ minimum }) => minimum);
  const total = counting.texts(wishes.length, needs);
  if (total === 0n) throw new CannotGenerate('tooManyDemanded');
  let text = '';
  for (let left = wishes.length; left > 0; left -= 1) {
    const at = counting.draw(left, needs);
    text += pick(sets[at]?.characters ?? []);
    needs = without(needs, at);
  }
  return { text, bits: bitsOf(total) };
}

function usedSets({ minimums, without: excluded }: CharacterWishes): Used[] {
  const never = new Set(excluded);
  const sets = setNames.flatMap((name) => {
    const minimum = minimums[name];
    if (minimum === undefined) return [];
    const characters = [...characterSets[name]].filter((character) => !never.has(character));
    return [{ characters, minimum }];
  });
  if (sets.every(({ characters }) => characters.length === 0)) throw new CannotGenerate('noCharacters');
  if (sets.some(({ characters, minimum }) => characters.length === 0 && minimum > 0)) {
    throw new CannotGenerate('noCharacters');
  }
  return sets;
}

const without = (needs: readonly number[], at: number): number[] =>
  needs.map((need, index) => (index === at ? Math.max(need - 1, 0) : need));

/** How many texts there are, by what is left to be placed and what is still demanded of each set. */
class Counting {
  readonly #sizes: readonly bigint[];
  readonly #known = new Map<string, bigint>();

  constructor(sizes: readonly bigint[]) {
    this.#sizes = sizes;
  }

  texts(left: number, needs: readonly number[]): bigint {
    const demanded = needs.reduce((sum, need) => sum + need, 0);
    if (demanded > left) return 0n;
    if (demanded === 0) return this.#sizes.reduce((sum, size) => sum + size, 0n) ** BigInt(left);
    const key = `${left}:${needs.join(',')}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const count = this.#sizes.reduce((sum, _, at) => sum + this.#startingWith(at, left, needs), 0n);
    this.#known.set(key, count);
    return count;
  }

  #startingWith(at: number, left: number, needs: readonly number[]): bigint {
    return (this.#sizes[at] ?? 0n) * this.texts(left - 1, without(needs, at));
  }

  /** The set of the next character, by how many texts go on from it. */
  draw(left: number, needs: readonly number[]): number {
    let rest = randomBelow(this.texts(left, needs));
    for (let at = 0; at < this.#sizes.length; at += 1) {
      const texts = this.#startingWith(at, left, needs);
      if (rest < texts) return at;
      rest -= texts;
    }
    throw new RangeError('a draw beyond everything there is');
  }
}
