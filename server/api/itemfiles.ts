/**
 * The files that come with a change of a record: written before the record that names them (see
 * `filesahead.ts`), taken back when that fails. A crash in between leaves at most a file that nothing
 * names.
 */
import { newId } from '../storage/ids.ts';
import type { AttachmentEntry } from '../storage/items.ts';
import type { Repositories } from '../storage/storage.ts';
import type { Context } from './context.ts';
import { invalid } from './errors.ts';
import { takeFileAhead } from './filesahead.ts';
import type { SentAttachment } from './itembody.ts';
import { checkNewAttachment } from './itembody.ts';

/** A file that has been written and that no record names yet. */
export interface WrittenFile extends AttachmentEntry {
  fileName: string;
}

/** The files of new attachments, in the order of what was sent. */
function filesOf(context: Context, sent: readonly SentAttachment[]): Map<SentAttachment, WrittenFile> {
  const written = new Map<SentAttachment, WrittenFile>();
  for (const entry of sent) {
    if (entry.id !== undefined) continue;
    checkNewAttachment(entry);
    const { name, encryptedKey, hash } = entry;
    const fileName = takeFileAhead(entry);
    if (fileName === undefined) throw new Error('An endpoint that takes files does not say so.');
    written.set(entry, { id: newId(context.clock()), name, encryptedKey, hash, fileName });
  }
  return written;
}

/** Runs a change with its files; they are taken back when the request is refused. */
export async function withFiles<Result>(
  context: Context,
  sent: readonly SentAttachment[],
  change: (files: Map<SentAttachment, WrittenFile>) => Promise<Result>,
): Promise<Result> {
  return change(filesOf(context, sent));
}

/** What a record keeps of a file. */
export const asEntry = ({ id, name, encryptedKey, hash }: AttachmentEntry): AttachmentEntry => ({
  ...{ id, name, encryptedKey, hash },
});

/** Ties written files to a record. */
export async function register(
  storage: Repositories,
  itemId: string,
  files: Iterable<WrittenFile>,
  createdAt: number,
): Promise<void> {
  for (const file of files) await storage.attachments.register(file.id, itemId, file.fileName, createdAt);
}

/** Written files by what was sent of them. */
export type Files = ReadonlyMap<SentAttachment, WrittenFile>;

/** Decides the attachments after a change from those before it and the files that came with it. */
export type Attaching = (former: readonly AttachmentEntry[], files: Files) => readonly AttachmentEntry[];

/**
 * The whole list as it was sent: entries with an id keep the stored file, entries with data are
 * new, and whatever is not in the list is detached. Snapshots still have it.
 */
export function replacing(sent: readonly SentAttachment[] | null | undefined): Attaching {
  return (former, files) => {
    if (sent === undefined) return former;
    return (sent ?? []).map((entry) => {
      const file = files.get(entry);
      if (file) return asEntry(file);
      const kept = former.find((each) => each.id === entry.id);
      if (!kept) throw invalid('notFound', 'attachments', 'The record has no such attachment.');
      return { ...kept, name: entry.name, encryptedKey: entry.encryptedKey };
    });
  };
}
