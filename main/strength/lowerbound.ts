/**
 * A fast bound from below for how many guesses the estimator can come to.
 *
 * The estimator covers a password with matches and takes the cheapest cover. It never counts less
 * than 50 guesses for a match of several characters, and ten for every character outside of
 * matches. So it is enough to find every stretch that might be a match, and to take the cheapest
 * cover under those two floors: what comes out is never more than the estimator's own figure.
 * Made-up passwords, whose estimate is dear (it grows with the square of their length), are told
 * to be of the highest class that way in a fraction of the time.
 */

/** Logarithms to the base of ten. */
const perCharacter = 1;
const perMatch = Math.log10(50);

/** Characters that may stand for a letter; only single ones, so that lengths stay what they are. */
export const substitutes: Readonly<Record<string, string[]>> = {
  a: ['4', '@'],
  b: ['8'],
  c: ['('],
  e: ['3'],
  g: ['6', '9'],
  i: ['1', '!', '|'],
  l: ['1', '|'],
  o: ['0'],
  s: ['$', '5'],
  t: ['7', '+'],
  x: ['%'],
  z: ['2'],
};

/** Letters that share a substitute count as one; `l` goes with `i`. */
const faces = new Map(
  Object.entries(substitutes).flatMap(([letter, signs]) => {
    const face = letter === 'l' ? 'i' : letter;
    return [letter, ...signs].map((sign): [string, string] => [sign, face]);
  }),
);

function faceOf(text: string): string {
  let face = '';
  for (const sign of text.toLowerCase()) face += faces.get(sign) ?? sign;
  return face;
}

type Keyboard = Readonly<Record<string, readonly (string | null)[]>>;

const datePattern = /[\d\s/\\_.-]/;

export class LowerBound {
  readonly #words = new Set<string>();
  #longest = 0;
  readonly #touching = new Set<string>();

  /** Takes the very words and keyboards that the estimator has. */
  constructor(dictionaries: Iterable<readonly (string | number)[]>, keyboards: Iterable<Keyboard>) {
    for (const words of dictionaries) {
      for (const word of words) this.#add(this.#words, String(word));
    }
    for (const keyboard of keyboards) {
      for (const [key, neighbours] of Object.entries(keyboard)) {
        for (const neighbour of neighbours) {
          for (const sign of neighbour ?? '') this.#touching.add(key + sign);
        }
      }
    }
  }

  /** Logarithm (base ten) of a number of guesses that the estimate is not below. */
  of(password: string, ownWords: readonly string[]): number {
    const own = new Set<string>();
    for (const word of ownWords) this.#add(own, word);
    const longestRun = this.#runs(password);
    const isWord = this.#wordTest(password, own);
    const best = [0];
    for (let end = 1; end <= password.length; end += 1) {
      let least = (best[end - 1] ?? 0) + perCharacter;
      for (let start = end - 2; start >= 0; start -= 1) {
        const cost = (best[start] ?? 0) + perMatch;
        if (cost < least && (end - start <= (longestRun[end - 1] ?? 0) || isWord(start, end))) least = cost;
      }
      best.push(least);
    }
    return best.at(-1) ?? 0;
  }

  #add(to: Set<string>, word: string): void {
    if (word.length < 2) return;
    to.add(faceOf(word));
    this.#longest = Math.max(this.#longest, word.length);
  }

  #wordTest(password: string, own: ReadonlySet<string>): (start: number, end: number) => boolean {
    const face = faceOf(password);
    const mirrored = [...face].reverse().join('');
    // A letter whose lower case has another length moves what stands behind it; then all may be words.
    if (face.length !== password.length || mirrored.length !== password.length) return () => true;
    return (start, end) => {
      if (end - start > this.#longest) return false;
      const piece = face.slice(start, end);
      const turned = mirrored.slice(face.length - end, face.length - start);
      return [piece, turned].some((text) => this.#words.has(text) || own.has(text));
    };
  }

  /**
   * For every place, how long the longest stretch is that ends there and might be a run: of
   * neighbouring keys, of equal steps, of a repetition, or of what dates are written with.
   */
  #runs(password: string): number[] {
    const runs = new Array<number>(password.length).fill(0);
    const note = (end: number, length: number): void => {
      runs[end] = Math.max(runs[end] ?? 0, length);
    };
    let [keys, steps, dates] = [1, 1, 0];
    for (let at = 0; at < password.length; at += 1) {
      const sign = password.charAt(at);
      dates = datePattern.test(sign) ? dates + 1 : 0;
      note(at, dates);
      if (at === 0) continue;
      const step = password.charCodeAt(at) - password.charCodeAt(at - 1);
      const before = at > 1 ? password.charCodeAt(at - 1) - password.charCodeAt(at - 2) : NaN;
      keys = this.#touching.has(password.charAt(at - 1) + sign) ? keys + 1 : 1;
      steps = step === before ? steps + 1 : 2;
      note(at, keys > 2 ? keys : 0);
      note(at, steps > 2 || Math.abs(step) === 1 ? steps : 0);
    }
    noteRepetitions(password, note);
    return runs;
  }
}

function noteRepetitions(password: string, note: (end: number, length: number) => void): void {
  for (let period = 1; period * 2 <= password.length; period += 1) {
    let same = 0;
    for (let at = period; at < password.length; at += 1) {
      same = password.charAt(at) === password.charAt(at - period) ? same + 1 : 0;
      if (same >= period) note(at, same + period);
    }
  }
}
