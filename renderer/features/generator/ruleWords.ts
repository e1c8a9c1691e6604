/** A rule about passwords in words, and whether two are the same one. */
import type { PasswordRule } from '../../../contract/generator.ts';

type Translate = (key: string, values: Record<string, unknown>) => string;

export function ruleWords(t: Translate, rule: PasswordRule): string {
  switch (rule.kind) {
    case 'length':
      return t('generator.rules.length', { least: rule.least });
    case 'set':
      return t(`generator.rules.set.${rule.set}`, {});
    case 'bits':
      return t('generator.rules.bits', { least: Math.ceil(rule.least) });
  }
}

export function sameRule(one: PasswordRule, other: PasswordRule): boolean {
  if (one.kind === 'set' || other.kind === 'set') {
    return one.kind === 'set' && other.kind === 'set' && one.set === other.set;
  }
  return one.kind === other.kind;
}
