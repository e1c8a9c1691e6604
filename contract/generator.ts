/**
 * Making passwords up: by wishes, under the rules of server and vault. What was made stays sealed
 * on this device for an hour, for whoever used a value somewhere and lost it before it was saved.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';
import { copied } from './records.ts';

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

/** Kinds of characters that a rule may demand. */
export const demandedSets = ['lower', 'upper', 'digits', 'symbols'] as const;
const demandedSet = z.enum(demandedSets);
export type DemandedSet = z.infer<typeof demandedSet>;

/** Who made a rule: the organisation on its server, or the administrators of the vault. */
export const ruleSource = z.enum(['server', 'vault']);
export type RuleSource = z.infer<typeof ruleSource>;

/** One rule that passwords have to keep; where several say the same, the strictest and its source. */
export const passwordRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('length'), least: z.number().int().positive(), from: ruleSource }),
  z.strictObject({ kind: z.literal('set'), set: demandedSet, from: ruleSource }),
  z.strictObject({ kind: z.literal('bits'), least: z.number().positive(), from: ruleSource }),
]);
export type PasswordRule = z.infer<typeof passwordRule>;

const rules = z.array(passwordRule).max(6);

/** Why nothing can be made of the wishes. */
export const generatorRefusals = ['noCharacters', 'tooManyDemanded'] as const;

export const generated = z.union([
  z.strictObject({
    ok: z.literal(true),
    /** Names the value among the kept ones. */
    id: idText,
    text: z.string(),
    /** Binary logarithm of how many values were as likely. */
    bits: z.number().nonnegative(),
  }),
  z.strictObject({ ok: z.literal(false), reason: z.enum(generatorRefusals) }),
  /** What the wishes would make breaks these rules. */
  z.strictObject({ ok: z.literal(false), reason: z.literal('rules'), broken: rules }),
]);
export type GeneratedValue = z.infer<typeof generated>;

/** A value of the last hour, without the value. */
export const keptValue = z.strictObject({
  id: idText,
  at: instant,
  kind: z.enum(['characters', 'phrase', 'spoken']),
  characters: z.number().int().positive(),
});
export type KeptValue = z.infer<typeof keptValue>;

/** The vault the value is meant for, whose rules hold beside the server's; null for no particular one. */
const forVault = z.nullable(idText);

/** As long as what a field may hold, and then refused by the field itself. */
const checkedBytes = z.instanceof(Uint8Array).refine((bytes) => bytes.length <= 100_000);

export const generator = {
  rules: channel(z.strictObject({ vaultId: forVault }), z.strictObject({ rules })),
  generate: channel(z.strictObject({ vaultId: forVault, wishes: generatorWishes }), generated),
  /** The rules that a typed value (UTF-8, wiped) breaks; nothing is kept of it. */
  check: channel(
    z.strictObject({ vaultId: forVault, value: checkedBytes }),
    z.strictObject({ broken: rules }),
    { maxSize: 110_000 },
  ),
  /** What was made within the last hour, newest first. */
  kept: channel(nothing, z.strictObject({ values: z.array(keptValue) })),
  copyKept: channel(z.strictObject({ id: idText }), copied, { reveals: 'secret' }),
  forgetKept: channel(nothing, nothing),
};
