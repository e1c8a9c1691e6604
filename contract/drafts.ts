/**
 * Forms that are not saved yet. The page hands over what is in an open form whenever it changes;
 * it is kept sealed on this device, through lock, crash and quit, until it is saved or dropped.
 * A draft is never sent anywhere.
 */
import { z } from 'zod';
import { channel, idText, instant, nothing } from './channel.ts';
import { place, recordLimits } from './editing.ts';
import { fieldView } from './records.ts';

/** What is being typed may be longer than what can be saved; the form says so, and loses nothing. */
const draftLimit = 1_000_000;
const text = z.string().max(draftLimit);

export const draftTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('create'), place: z.nullable(place) }),
  z.strictObject({ kind: z.literal('edit'), recordId: idText }),
]);
export type DraftTarget = z.infer<typeof draftTarget>;

/** A secret of the form: what is stored stays, goes, or is replaced by what was typed (UTF-8). */
const draftSecret = z.strictObject({
  mode: z.enum(['kept', 'typed', 'cleared']),
  value: z.instanceof(Uint8Array).refine((bytes) => bytes.length <= draftLimit),
});
export type DraftSecret = z.infer<typeof draftSecret>;

const draftCustom = z.strictObject({
  /** Place in the record that the form began with; null for a new field. */
  from: z.nullable(z.number().int().min(0).max(999)),
  label: text,
  type: z.enum(['text', 'password', 'totp']),
  value: draftSecret,
});

/** The record as the form began with it, without any secret: what was left alone follows the record. */
const draftBase = z.strictObject({
  name: text,
  login: text,
  urls: z.array(text).max(1000),
  description: text,
  tags: z.array(text).max(1000),
  color: z.number().int(),
  fields: z.array(fieldView).max(1001),
});

export const draftForm = z.strictObject({
  base: z.nullable(draftBase),
  name: text,
  login: text,
  urls: z.array(text).max(recordLimits.urls + 1),
  description: text,
  tags: z.array(text).max(1000),
  color: z.number().int(),
  password: draftSecret,
  customs: z.array(draftCustom).max(1000),
});
export type DraftForm = z.infer<typeof draftForm>;

export const draftContent = z.strictObject({ target: draftTarget, form: draftForm });
export type DraftContent = z.infer<typeof draftContent>;

/** What is said of a draft before anybody asked for it. */
export const draftRow = z.strictObject({
  id: idText,
  target: draftTarget,
  /** The name in the form; may be empty. */
  name: z.string(),
  at: instant,
  /** The record it belongs to is no longer here: going on makes a new one. */
  gone: z.boolean(),
});
export type DraftRow = z.infer<typeof draftRow>;

export const drafts = {
  /**
   * Keeps a form as it is now; the last call for an id counts. The page names the form by a random
   * id, and the account it belongs to: nothing of one account is kept in another's copy.
   */
  keep: channel(
    z.strictObject({ id: idText, accountId: idText, ...draftContent.shape }),
    z.strictObject({ at: instant }),
    {
      maxSize: 8_000_000,
    },
  ),
  /** Newest first. */
  list: channel(nothing, z.strictObject({ drafts: z.array(draftRow) })),
  /** The whole form with what was typed into it. */
  open: channel(z.strictObject({ id: idText }), draftContent, { reveals: 'secret' }),
  drop: channel(z.strictObject({ id: idText }), nothing),
};
