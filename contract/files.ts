/**
 * What a person does with files that are on a record: looking at them, renaming them, taking them
 * out. Only a preview crosses to the page, and it counts as a secret that was shown.
 */
import { z } from 'zod';
import { channel, idText, nothing } from './channel.ts';
import { fileOfRecord } from './filequeue.ts';

/** Largest file that is shown, in bytes. */
export const previewLimit = 20 * 1024 * 1024;

const bytes = z.instanceof(Uint8Array).refine((content) => content.length <= previewLimit);

/**
 * What a file turned out to be by its contents; its name says nothing. SVG and HTML are text, so
 * that nothing in them is ever carried out.
 */
export const filePreview = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('image'),
    name: z.string(),
    type: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp', 'image/avif']),
    bytes,
  }),
  /** UTF-8, whatever the file was written in. */
  z.strictObject({ kind: z.literal('text'), name: z.string(), bytes }),
  z.strictObject({ kind: z.literal('pdf'), name: z.string(), bytes }),
  z.strictObject({
    kind: z.literal('none'),
    name: z.string(),
    why: z.enum(['tooLarge', 'unknownType']),
    /** Bytes of the file, if known. */
    size: z.nullable(z.number().int().nonnegative()),
  }),
]);
export type FilePreview = z.infer<typeof filePreview>;

export const files = {
  /** Throws `attachmentNotHere`, `attachmentHashMismatch`, `undecipherable`. */
  preview: channel(fileOfRecord, filePreview, { reveals: 'secret' }),
  /** Whether files of this record can be renamed; false where the server or the rights forbid it. */
  canRename: channel(z.strictObject({ recordId: idText }), z.strictObject({ offered: z.boolean() })),
  /** Works offline. Throws `notOffered`, `forbidden`, `nameMissing`, `noSuchField`. */
  rename: channel(fileOfRecord.extend({ name: z.string().max(255) }), z.strictObject({ name: z.string() }), {
    maxSize: 1024,
  }),
  /**
   * Decrypts every file of a record into a folder that the person picks in the system's dialog;
   * files that stand there already are never replaced. `failed` names those that could not be had.
   */
  saveAll: channel(
    z.strictObject({ recordId: idText }),
    z.strictObject({
      chosen: z.boolean(),
      saved: z.number().int().nonnegative(),
      failed: z.array(z.string()),
    }),
    { reveals: 'secret' },
  ),
  /**
   * Begins dragging files out of the window, on `dragstart`. They are decrypted into a private
   * folder which is wiped at lock, at quit and at the next start. The first time nothing is
   * decrypted: `toldFirst` asks the page to say so and to set `dragOutTold` in the settings.
   */
  dragOut: channel(
    z.strictObject({ recordId: idText, attachmentIds: z.array(idText).min(1).max(100) }),
    z.strictObject({ started: z.boolean(), toldFirst: z.boolean() }),
    { maxSize: 10_000, reveals: 'secret' },
  ),
  /** Wipes what was dragged out so far. */
  wipeDragged: channel(nothing, nothing),
};
