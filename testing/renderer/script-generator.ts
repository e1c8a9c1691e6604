/** The scripted generator: one value of each kind, always the same, so that pictures can be compared. */
import type { PasswordRule } from '../../contract/generator.ts';
import type { Handlers, Stage } from './scripted.ts';

const made = {
  characters: { text: 'kR7#vTq2)mXw9;LbZe4u', bits: 129.6 },
  phrase: { text: 'Harbor-Unlit7-Cactus-Velvet-Sprout', bits: 70.2 },
  spoken: { text: 'Tavolemurisek4', bits: 52.9 },
} as const;

const rules: readonly PasswordRule[] = [
  { kind: 'length', least: 16, from: 'server' },
  { kind: 'set', set: 'digits', from: 'server' },
  { kind: 'set', set: 'symbols', from: 'vault' },
  { kind: 'bits', least: 80, from: 'vault' },
];

export function scriptGenerator({ scenario }: Stage): Pick<Handlers, 'generator'> {
  const now = Date.now();
  const holding = scenario.ruled ? [...rules] : [];
  const broken = holding.filter(({ kind }) => kind === 'bits');
  return {
    generator: {
      rules: () => ({ rules: holding }),
      generate: ({ wishes }) => {
        const isEmpty =
          wishes.kind === 'characters' &&
          [wishes.lower, wishes.upper, wishes.digits, wishes.symbols].every((least) => least === null);
        if (isEmpty) return { ok: false, reason: 'noCharacters' };
        if (wishes.kind !== 'characters' && broken.length > 0) return { ok: false, reason: 'rules', broken };
        return { ok: true, id: 'made-1', ...made[wishes.kind] };
      },
      check: ({ value }) => ({ broken: value.length < 16 ? holding : [] }),
      kept: () => ({
        values: [
          { id: 'made-1', at: now - 60_000, kind: 'characters', characters: 20 },
          { id: 'made-0', at: now - 1_500_000, kind: 'phrase', characters: 34 },
        ],
      }),
      copyKept: () => ({ clearsAt: now + 30_000, totalMs: 30_000 }),
      forgetKept: () => ({}),
    },
  };
}
