/**
 * The rules of an organisation or a vault about passwords, held against wishes and values.
 *
 * Sets are told by Unicode's categories, so that a Russian phrase has small letters too. How hard
 * a typed value is to guess cannot be known from the value; a rule in bits is held against the most
 * that any value of its length and sets can have, which wrongs nobody and still catches what is
 * too short for the rule whatever it was made by.
 */

export const ruleSets = ['lower', 'upper', 'digits', 'symbols'] as const;
export type RuleSet = (typeof ruleSets)[number];

/** What one side demands; 0 and an empty list demand nothing. */
export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly requiredSets: readonly RuleSet[];
  readonly minimumBits: number;
}

/** One demand of a policy. */
export type Rule =
  | { readonly kind: 'length'; readonly least: number }
  | { readonly kind: 'set'; readonly set: RuleSet }
  | { readonly kind: 'bits'; readonly least: number };

const members: Readonly<Record<RuleSet, RegExp>> = {
  lower: /[\p{Ll}\p{Lo}]/u,
  upper: /[\p{Lu}\p{Lt}]/u,
  digits: /\p{Nd}/u,
  symbols: /[^\p{L}\p{N}\p{M}\s]/u,
};

/** Characters of each set that anyone would choose from; letters of all alphabets count as one of them. */
const sizes: Readonly<Record<RuleSet, number>> = { lower: 33, upper: 33, digits: 10, symbols: 33 };

/** Everything a policy demands, in the order in which it is told. */
export function rulesOf({ minimumLength, requiredSets, minimumBits }: PasswordPolicy): Rule[] {
  const sets = ruleSets.filter((set) => requiredSets.includes(set));
  return [
    ...(minimumLength > 0 ? [{ kind: 'length', least: minimumLength } as const] : []),
    ...sets.map((set) => ({ kind: 'set', set }) as const),
    ...(minimumBits > 0 ? [{ kind: 'bits', least: minimumBits } as const] : []),
  ];
}

/** Whether a value keeps a rule. `bits` is how it was made; null for one that somebody typed. */
export function keepsRule(text: string, bits: number | null, rule: Rule): boolean {
  switch (rule.kind) {
    case 'length':
      return [...text].length >= rule.least;
    case 'set':
      return members[rule.set].test(text);
    case 'bits':
      return (bits ?? mostBits(text)) >= rule.least;
  }
}

/** Binary logarithm of the number of texts of this length and these sets. */
function mostBits(text: string): number {
  const used = ruleSets.filter((set) => members[set].test(text));
  const alphabet = used.reduce((sum, set) => sum + sizes[set], 0) + (/\s/u.test(text) ? 1 : 0);
  return [...text].length * Math.log2(Math.max(alphabet, 1));
}
