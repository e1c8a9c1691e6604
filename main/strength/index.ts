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
export { leastScore, type JudgingAnswer, type JudgingJob, type Judgement } from './judging.ts';
export { spells } from './spelling.ts';
export { totpSiteOf } from './totphosts.ts';
