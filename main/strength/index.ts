export {
  CannotGenerate,
  characterSets,
  generateCharacters,
  lookAlikes,
  setNames,
  type CharacterSet,
  type CharacterWishes,
  type Generated,
} from './characters.ts';
export {
  generatePhrase,
  generateSpoken,
  wordsOf,
  type PhraseWishes,
  type SpokenWishes,
  type WordList,
} from './phrases.ts';
export { keepsRule, ruleSets, rulesOf, type PasswordPolicy, type Rule, type RuleSet } from './rules.ts';
