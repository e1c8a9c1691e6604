/** Splits a secret into runs of letters, digits and symbols, so that each kind can be tinted. */
export type CharacterKind = 'letter' | 'digit' | 'symbol';

export interface CharacterRun {
  readonly kind: CharacterKind;
  readonly text: string;
}

function kindOf(character: string): CharacterKind {
  if (/\p{Nd}/u.test(character)) return 'digit';
  return /[\p{L}\p{M}\s]/u.test(character) ? 'letter' : 'symbol';
}

/** The runs in order; joined together they are the text again. */
export function characterRuns(text: string): CharacterRun[] {
  const runs: { kind: CharacterKind; text: string }[] = [];
  for (const character of text) {
    const kind = kindOf(character);
    const last = runs.at(-1);
    if (last?.kind === kind) last.text += character;
    else runs.push({ kind, text: character });
  }
  return runs;
}
