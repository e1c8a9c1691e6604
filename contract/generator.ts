/** Making passwords up. Nothing of it is stored; the page gets one value for each time it asks. */
import { z } from 'zod';
import { channel } from './channel.ts';

export const passwordLengths = { least: 4, most: 128 } as const;
export const phraseLengths = { least: 3, most: 12 } as const;

const length = z.number().int().min(passwordLengths.least).max(passwordLengths.most);
/** How many there have to be at least; null leaves the whole set out. */
const minimum = z.number().int().min(0).max(32).nullable();

export const generatorWishes = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('characters'),
    length,
    lower: minimum,
    upper: minimum,
    digits: minimum,
    symbols: minimum,
    /** Characters that are taken for each other are left out. */
    clear: z.boolean(),
    without: z.string().max(64),
  }),
  z.strictObject({
    kind: z.literal('phrase'),
    list: z.enum(['english', 'russian']),
    words: z.number().int().min(phraseLengths.least).max(phraseLengths.most),
    /** Never empty: run together, other words might make the same phrase, and fewer would be as likely. */
    separator: z.string().min(1).max(3),
    capitals: z.boolean(),
    digit: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('spoken'), length, capitals: z.boolean(), digit: z.boolean() }),
]);
export type GeneratorWishes = z.infer<typeof generatorWishes>;

/** Why nothing can be made of the wishes. */
export const generatorRefusals = ['noCharacters', 'tooManyDemanded'] as const;

export const generated = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true),
    text: z.string(),
    /** Binary logarithm of how many values were as likely. */
    bits: z.number().nonnegative(),
  }),
  z.strictObject({ ok: z.literal(false), reason: z.enum(generatorRefusals) }),
]);
export type GeneratedValue = z.infer<typeof generated>;

export const generator = {
  generate: channel(generatorWishes, generated),
};
