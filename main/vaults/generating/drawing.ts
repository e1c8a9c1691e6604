/** Drawing a value by the wishes of the contract, within the rules that hold. */
import type { GeneratorWishes, PasswordRule } from '../../../contract/generator.ts';
import {
  CannotGenerate,
  generateCharacters,
  generatePhrase,
  generateSpoken,
  keepsRule,
  lookAlikes,
  setNames,
  type CharacterSet,
  type Generated,
} from '../../strength/index.ts';

/** A value, or why there is none. */
export type Drawn =
  | ({ readonly ok: true } & Generated)
  | { readonly ok: false; readonly reason: CannotGenerate['reason'] }
  | { readonly ok: false; readonly reason: 'rules'; readonly broken: PasswordRule[] };

/** One value, drawn anew; a value that breaks a rule is never given. */
export function drawValue(wishes: GeneratorWishes, rules: readonly PasswordRule[]): Drawn {
  try {
    const made = drawn(wishes, rules);
    const broken = rules.filter((rule) => !keepsRule(made.text, made.bits, rule));
    return broken.length > 0 ? { ok: false, reason: 'rules', broken } : { ok: true, ...made };
  } catch (error) {
    if (error instanceof CannotGenerate) return { ok: false, reason: error.reason };
    throw error;
  }
}

/** The rules that a value breaks which somebody typed. */
export function brokenBy(text: string, rules: readonly PasswordRule[]): PasswordRule[] {
  return rules.filter((rule) => !keepsRule(text, null, rule));
}

function drawn(wishes: GeneratorWishes, rules: readonly PasswordRule[]): Generated {
  switch (wishes.kind) {
    case 'characters': {
      const used = setNames.flatMap((name): [CharacterSet, number][] => {
        const minimum = wishes[name];
        if (minimum === null) return [];
        // A demanded set that may be used is there for certain, not by chance.
        const isDemanded = rules.some((rule) => rule.kind === 'set' && rule.set === name);
        return [[name, isDemanded ? Math.max(minimum, 1) : minimum]];
      });
      const without = `${wishes.without}${wishes.clear ? lookAlikes : ''}`;
      return generateCharacters({ length: wishes.length, minimums: Object.fromEntries(used), without });
    }
    case 'phrase':
      return generatePhrase(wishes);
    case 'spoken':
      return generateSpoken(wishes);
  }
}
