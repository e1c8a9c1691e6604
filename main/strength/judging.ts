/**
 * What the thread that judges passwords is asked and answers. Apart from the estimator, whose
 * dictionaries only that thread shall load.
 */
import type { WeaknessReason } from '../../contract/health.ts';

export interface Judgement {
  /** 0: guessed at once, 4: out of reach, in the classes of zxcvbn. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** Logarithm (base ten) of the guesses it takes; for the highest class at least so many. */
  readonly guessesLog10: number;
  readonly reason: WeaknessReason;
}

/** Below this class a password counts as weak: it falls to somebody who has the stolen hashes. */
export const leastScore = 3;

/** Passwords of one portion, one behind the other, with the words a guesser would try for each. */
export interface JudgingJob {
  /** UTF-8; its memory moves to the thread and is wiped there. */
  readonly passwords: Uint8Array<ArrayBuffer>;
  /** Where each password ends. */
  readonly ends: readonly number[];
  readonly ownWords: readonly (readonly string[])[];
}

export type JudgingAnswer =
  { readonly ok: true; readonly judged: readonly Judgement[] } | { readonly ok: false };

type Judge = (password: string, ownWords: readonly string[]) => Judgement;

/** Judges a portion and wipes its bytes. The estimator takes strings, which live as long as it looks at them. */
export function judgeAll(judge: Judge, { passwords, ends, ownWords }: JudgingJob): Judgement[] {
  const bytes = Buffer.from(passwords.buffer, passwords.byteOffset, passwords.length);
  try {
    return ends.map((end, at) => {
      const start = at === 0 ? 0 : (ends[at - 1] ?? 0);
      return judge(bytes.toString('utf8', start, end), ownWords[at] ?? []);
    });
  } finally {
    bytes.fill(0);
  }
}
