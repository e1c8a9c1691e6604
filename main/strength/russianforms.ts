/**
 * The forms in which a Russian word ends up in a password: in Cyrillic, in Latin letters by sound,
 * and as the Latin keys that lie under the Cyrillic ones (ЙЦУКЕН typed while QWERTY is on).
 * The Cyrillic keyboard is made here as well, for runs of neighbouring keys.
 */

const cyrillicRows = ['ё1234567890-=', 'йцукенгшщзхъ\\', 'фывапролджэ', 'ячсмитьбю.'] as const;
const cyrillicShifted = ['Ё!"№;%:?*()_+', 'ЙЦУКЕНГШЩЗХЪ/', 'ФЫВАПРОЛДЖЭ', 'ЯЧСМИТЬБЮ,'] as const;
const latinRows = ['`1234567890-=', 'qwertyuiop[]\\', "asdfghjkl;'", 'zxcvbnm,./'] as const;
/** Column of the grid at which a row begins, as on a staggered keyboard. */
const rowStarts = [0, 1, 1, 1] as const;

const latinKeys = new Map(
  cyrillicRows.flatMap((row, at) =>
    [...row].map((letter, column): [string, string] => [letter, latinRows[at]?.[column] ?? letter]),
  ),
);

/** The usual way to write a sound; the second is how people write who save letters. */
const sounds: Readonly<Record<string, readonly [string, string]>> = {
  ...{ а: ['a', 'a'], б: ['b', 'b'], в: ['v', 'v'], г: ['g', 'g'], д: ['d', 'd'], е: ['e', 'e'] },
  ...{ ё: ['yo', 'e'], ж: ['zh', 'j'], з: ['z', 'z'], и: ['i', 'i'], й: ['y', 'i'], к: ['k', 'k'] },
  ...{ л: ['l', 'l'], м: ['m', 'm'], н: ['n', 'n'], о: ['o', 'o'], п: ['p', 'p'], р: ['r', 'r'] },
  ...{ с: ['s', 's'], т: ['t', 't'], у: ['u', 'u'], ф: ['f', 'f'], х: ['kh', 'h'], ц: ['ts', 'c'] },
  ...{ ч: ['ch', 'ch'], ш: ['sh', 'sh'], щ: ['shch', 'sch'], ъ: ['', ''], ы: ['y', 'i'], ь: ['', ''] },
  ...{ э: ['e', 'e'], ю: ['yu', 'u'], я: ['ya', 'a'] },
};

/** As the keys under the Cyrillic letters give it: "пароль" becomes "gfhjkm". */
export function inWrongLayout(word: string): string {
  return [...word].map((letter) => latinKeys.get(letter) ?? letter).join('');
}

/** In Latin letters by sound, in one or two spellings. */
export function transliterated(word: string): string[] {
  const spelled = ([0, 1] as const).map((which) =>
    [...word].map((letter) => sounds[letter]?.[which] ?? letter).join(''),
  );
  return [...new Set(spelled)];
}

/** Every form of every word, each once, in the order of the words: an earlier one is likelier. */
export function allForms(words: readonly string[]): string[] {
  return [
    ...new Set(
      words.flatMap((word) => [
        word,
        ...(word.includes('ё') ? [word.replaceAll('ё', 'е')] : []),
        ...transliterated(word),
        inWrongLayout(word),
      ]),
    ),
  ];
}

/** Directions in the order in which the estimator tells turns: left, two up, right, two down. */
const neighbourSteps = [
  [0, -1],
  [-1, 0],
  [-1, 1],
  [0, 1],
  [1, 0],
  [1, -1],
] as const;

/** Which keys of the ЙЦУКЕН keyboard touch, in the estimator's form: by character, six directions each. */
export function cyrillicKeyboard(): Record<string, (string | null)[]> {
  const keyAt = (row: number, column: number): string | null => {
    const at = column - (rowStarts[row] ?? 0);
    const plain = cyrillicRows[row]?.[at];
    return plain === undefined || at < 0 ? null : `${plain}${cyrillicShifted[row]?.[at] ?? ''}`;
  };
  const graph: Record<string, (string | null)[]> = {};
  cyrillicRows.forEach((letters, row) => {
    [...letters].forEach((_, index) => {
      const column = index + (rowStarts[row] ?? 0);
      const neighbours = neighbourSteps.map(([down, right]) => keyAt(row + down, column + right));
      for (const character of keyAt(row, column) ?? '') graph[character] = neighbours;
    });
  });
  return graph;
}
