/**
 * What a person wants of a made-up value, and the value itself while the dialog is open. The wishes
 * are kept until the window closes; the value goes with the dialog. Rules of server and vault
 * raise the wishes when the dialog opens, so that what it shows first already keeps them.
 */
import { defineStore } from 'pinia';
import { computed, reactive, ref, shallowRef } from 'vue';
import type { Failure } from '../../../contract/errors.ts';
import type { GeneratedValue, GeneratorWishes, PasswordRule } from '../../../contract/generator.ts';
import { bridge } from '../../app/bridge.ts';

export type Kind = GeneratorWishes['kind'];
export const setNames = ['lower', 'upper', 'digits', 'symbols'] as const;
export type SetName = (typeof setNames)[number];

/** Bits below which a value counts as weak, fair, good; strong from the last on. */
const steps = [45, 65, 90] as const;
export const strengths = ['weak', 'fair', 'good', 'strong'] as const;
export type Strength = (typeof strengths)[number];

export function strengthOf(bits: number): Strength {
  const at = steps.findIndex((step) => bits < step);
  return strengths[at < 0 ? strengths.length - 1 : at] ?? 'strong';
}

export const useGenerator = defineStore('generator', () => {
  const kind = ref<Kind>('characters');
  const sets = reactive<Record<SetName, { used: boolean; least: number }>>({
    lower: { used: true, least: 1 },
    upper: { used: true, least: 1 },
    digits: { used: true, least: 1 },
    symbols: { used: true, least: 1 },
  });
  const characters = reactive({ length: 20, clear: false, without: '' });
  const phrase = reactive({ list: 'english' as 'english' | 'russian', words: 5, separator: '-' });
  const spoken = reactive({ length: 14 });
  const extras = reactive({ capitals: true, digit: true });

  const least = (name: SetName): number | null => (sets[name].used ? sets[name].least : null);
  const characterWishes = (): GeneratorWishes => ({
    kind: 'characters',
    ...characters,
    ...{ lower: least('lower'), upper: least('upper') },
    ...{ digits: least('digits'), symbols: least('symbols') },
  });
  const makers: Record<Kind, () => GeneratorWishes> = {
    characters: characterWishes,
    // Words that run together could be told apart in more than one way.
    phrase: () => ({ kind: 'phrase', ...phrase, separator: phrase.separator || '-', ...extras }),
    spoken: () => ({ kind: 'spoken', ...spoken, ...extras }),
  };
  const wishes = computed((): GeneratorWishes => makers[kind.value]());

  /** The dialog by itself, without a field that takes the value. */
  const open = ref(false);
  const vaultId = ref<string | null>(null);
  const rules = shallowRef<readonly PasswordRule[]>([]);
  const value = ref<GeneratedValue | null>(null);
  const failure = ref<Failure | null>(null);
  let asked = 0;

  const demanded = (name: SetName): boolean =>
    rules.value.some((one) => one.kind === 'set' && one.set === name);
  const leastLength = computed(() =>
    rules.value.reduce((least, rule) => (rule.kind === 'length' ? rule.least : least), 0),
  );

  /** Learns the rules for a vault (null: for none in particular) and draws a first value. */
  async function begin(forVault: string | null): Promise<void> {
    const mine = (asked += 1);
    vaultId.value = forVault;
    const answer = await bridge().generator.rules({ vaultId: forVault });
    if (mine !== asked) return;
    failure.value = answer.ok ? null : answer.error;
    rules.value = answer.ok ? answer.value.rules : [];
    raise();
    if (answer.ok) await draw();
  }

  function raise(): void {
    characters.length = Math.max(characters.length, leastLength.value);
    spoken.length = Math.max(spoken.length, leastLength.value);
    for (const name of setNames) if (demanded(name)) sets[name].used = true;
    extras.capitals ||= demanded('upper');
    extras.digit ||= demanded('digits');
  }

  /** Another value; an answer that comes after a newer question is passed over. */
  async function draw(): Promise<void> {
    const mine = (asked += 1);
    const answer = await bridge().generator.generate({ vaultId: vaultId.value, wishes: wishes.value });
    if (mine !== asked) return;
    failure.value = answer.ok ? null : answer.error;
    value.value = answer.ok ? answer.value : null;
  }

  /** The dialog has closed, or the vaults lock: nothing of the value stays. */
  function forget(): void {
    asked += 1;
    open.value = false;
    value.value = null;
    failure.value = null;
    rules.value = [];
    vaultId.value = null;
  }

  return {
    ...{ kind, sets, characters, phrase, spoken, extras, wishes },
    ...{ open, rules, leastLength, demanded, value, failure, begin, draw, forget },
  };
});
