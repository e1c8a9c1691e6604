/**
 * What a person wants of a made-up value, and the value itself while the dialog is open. The wishes
 * are kept until the window closes; the value goes with the dialog.
 */
import { defineStore } from 'pinia';
import { computed, reactive, ref } from 'vue';
import type { Failure } from '../../../contract/errors.ts';
import type { GeneratedValue, GeneratorWishes } from '../../../contract/generator.ts';
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

  const value = ref<GeneratedValue | null>(null);
  const failure = ref<Failure | null>(null);
  let asked = 0;

  /** Another value; an answer that comes after a newer question is passed over. */
  async function draw(): Promise<void> {
    const mine = (asked += 1);
    const answer = await bridge().generator.generate(wishes.value);
    if (mine !== asked) return;
    failure.value = answer.ok ? null : answer.error;
    value.value = answer.ok ? answer.value : null;
  }

  /** The dialog has closed: nothing of the value stays. */
  function forget(): void {
    asked += 1;
    value.value = null;
    failure.value = null;
  }

  return { kind, sets, characters, phrase, spoken, extras, wishes, value, failure, draw, forget };
});
