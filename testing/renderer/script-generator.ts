/** The scripted generator: one value of each kind, always the same, so that pictures can be compared. */
import type { Handlers } from './scripted.ts';

export function scriptGenerator(): Pick<Handlers, 'generator'> {
  const made = {
    characters: { text: 'kR7#vTq2)mXw9;LbZe4u', bits: 129.6 },
    phrase: { text: 'Harbor-Unlit7-Cactus-Velvet-Sprout', bits: 70.2 },
    spoken: { text: 'Tavolemurisek4', bits: 52.9 },
  } as const;
  return {
    generator: {
      generate: (wishes) =>
        wishes.kind === 'characters' &&
        [wishes.lower, wishes.upper, wishes.digits, wishes.symbols].every((least) => least === null)
          ? { ok: false, reason: 'noCharacters' }
          : { ok: true, ...made[wishes.kind] },
    },
  };
}
