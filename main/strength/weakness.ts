/**
 * How soon a password would be guessed by somebody who knows how people make them up: the zxcvbn
 * estimator with its English lists, a Russian dictionary of our own, and the words of the record.
 */
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import type { MatchExtended } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as commonLists } from '@zxcvbn-ts/language-common';
import { dictionary as englishLists } from '@zxcvbn-ts/language-en';
import type { WeaknessReason } from '../../contract/health.ts';
import { leastScore, type Judgement } from './judging.ts';
import { LowerBound, substitutes } from './lowerbound.ts';
import { allForms, cyrillicKeyboard } from './russianforms.ts';
import { russianEveryday, russianNames, russianPasswords } from './russianhabits.ts';
import { russianWords } from './russianwords.ts';

/**
 * Only so much of a password is judged. The estimate grows with the square of the length, and
 * what is weak after forty characters is weak because of how they are made.
 */
const judgedCharacters = 40;
/** Class 4 begins at ten; the rest keeps rounding out of it. */
const surelyStrong = 10.3;
const mostOwnWords = 24;

/** Loads its dictionaries when it is made: some hundred milliseconds and some ten megabytes, once in a thread. */
export class PasswordJudge {
  readonly #estimator: ZxcvbnFactory;
  readonly #bound: LowerBound;

  constructor() {
    const dictionary = dictionaries();
    const graphs = { ...adjacencyGraphs, cyrillic: cyrillicKeyboard() };
    this.#estimator = new ZxcvbnFactory({
      ...{ dictionary, graphs, l33tTable: substitutes },
      ...{ maxLength: judgedCharacters, l33tMaxSubstitutions: 8 },
    });
    this.#bound = new LowerBound(Object.values(dictionary), Object.values(graphs));
  }

  /** `ownWords`: login, name, hosts and the like, which a guesser tries first. */
  judge(password: string, ownWords: readonly string[]): Judgement {
    const judged = password.slice(0, judgedCharacters);
    const own = tried(ownWords);
    const least = this.#bound.of(judged, own);
    if (least >= surelyStrong) return { score: 4, guessesLog10: least, reason: 'none' };
    return this.estimate(judged, own);
  }

  /** The estimator's own answer, without the short cut for what is surely strong. */
  estimate(password: string, ownWords: readonly string[]): Judgement {
    const judged = password.slice(0, judgedCharacters);
    const { score, guessesLog10, sequence } = this.#estimator.check(judged, tried(ownWords));
    return { score, guessesLog10, reason: score >= leastScore ? 'none' : reasonOf(sequence) };
  }
}

/** Without the lists of counted things (days, months), whose words are in the others. */
function dictionaries(): Record<string, (string | number)[]> {
  const listed = ['commonWords-en', 'firstnames-en', 'lastnames-en', 'wikipedia-en'];
  const english = Object.entries(englishLists).filter(([name]) => listed.includes(name));
  if (english.length !== listed.length) throw new Error('a word list of the estimator is missing');
  return {
    ...commonLists,
    ...Object.fromEntries(english),
    'passwords-ru': allForms(russianPasswords),
    'firstnames-ru': allForms(russianNames),
    'commonWords-ru': allForms([...russianEveryday, ...russianWords]),
  };
}

/** The words themselves and their parts, each once. */
function tried(ownWords: readonly string[]): string[] {
  const parts = ownWords.flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u)]);
  return [...new Set(parts.filter((part) => part.length > 2 && part.length <= 64))].slice(0, mostOwnWords);
}

const patternReasons: Readonly<Record<string, WeaknessReason>> = {
  spatial: 'keyboard',
  repeat: 'repeat',
  sequence: 'sequence',
  date: 'date',
  regex: 'date',
};

function reasonOf(sequence: readonly MatchExtended[]): WeaknessReason {
  const [longest] = sequence
    .filter(({ pattern }) => pattern !== 'bruteforce' && pattern !== 'separator')
    .sort((one, other) => other.token.length - one.token.length);
  if (longest === undefined) return 'short';
  if (longest.pattern !== 'dictionary') return patternReasons[longest.pattern] ?? 'word';
  const list: unknown = longest['dictionaryName'];
  if (list === 'userInputs') return 'own';
  if (typeof list !== 'string') return 'word';
  if (list.startsWith('passwords')) return 'common';
  return /^(?:first|last)names/.test(list) ? 'name' : 'word';
}
