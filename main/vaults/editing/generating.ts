/** Making values up for the editor, as the contract names the wishes. */
import type { GeneratedValue, GeneratorWishes } from '../../../contract/generator.ts';
import {
  CannotGenerate,
  generateCharacters,
  generatePhrase,
  generateSpoken,
  lookAlikes,
  setNames,
  type CharacterSet,
  type Generated,
} from '../../strength/index.ts';

/** One value, drawn anew; or why there is none. */
export function generateValue(wishes: GeneratorWishes): GeneratedValue {
  try {
    return { ok: true, ...drawn(wishes) };
  } catch (error) {
    if (error instanceof CannotGenerate) return { ok: false, reason: error.reason };
    throw error;
  }
}

function drawn(wishes: GeneratorWishes): Generated {
  switch (wishes.kind) {
    case 'characters': {
      const used = setNames.flatMap((name): [CharacterSet, number][] => {
        const minimum = wishes[name];
        return minimum === null ? [] : [[name, minimum]];
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
