/**
 * Creating, changing and deleting records: files first, then one transaction in which
 * the record is read again, its former state becomes a snapshot and the new one is
 * written. A crash in between leaves at most a file that nothing names.
 */
import type { Caller, ItemAccess } from '../access/rights.ts';
import { newId } from '../storage/ids.ts';
import type { AttachmentEntry, Item } from '../storage/items.ts';
import { itemContent } from '../storage/items.ts';
import type { Repositories } from '../storage/storage.ts';
import type { z } from 'zod';
import { attachmentEntries } from './answers.ts';
import type { Context } from './context.ts';
import { unixSeconds } from './context.ts';
import { ApiError, forbidden, invalid, notFound } from './errors.ts';
import type { changeItemBody, createItemBody, SentAttachment } from './itembody.ts';
import type { Attaching, Files } from './itemfiles.ts';
import { asEntry, register, replacing, withFiles } from './itemfiles.ts';
import { checkForm, emptyContent, mergedContent, mostAttachments, sameContent } from './itembody.ts';

type CreateBody = z.output<typeof createItemBody>;
type ChangeBody = z.output<typeof changeItemBody>;

/** The record that a body describes, not yet stored. The caller's rights have been decided. */
export function draftItem(context: Context, caller: Caller, body: CreateBody): Item {
  const content = mergedContent(emptyContent, body);
  checkForm(caller.clientSideEncryption, body, content);
  const now = unixSeconds(context);
  return {
    ...content,
    id: newId(context.clock()),
    vaultId: body.vaultId,
    folderId: body.folderId ?? null,
    revision: 1,
    createdAt: now,
    updatedAt: now,
    editorId: caller.userId,
  };
}

/** A record after a write, as its writer is told. */
export interface WrittenItem {
  id: string;
  revision: number;
  updatedAt: number;
  attachments: { id: string; name: string; encryptedKey: string }[];
}

function written(item: Item): WrittenItem {
  const { id, revision, updatedAt } = item;
  return { id, revision, updatedAt, attachments: attachmentEntries(item) };
}

/** Stores a new record. */
export async function createItem(context: Context, caller: Caller, body: CreateBody): Promise<WrittenItem> {
  const sent = body.attachments ?? [];
  if (sent.some((entry) => entry.id !== undefined)) {
    throw invalid('notFound', 'attachments', 'A new record has no stored attachments.');
  }
  const draft = draftItem(context, caller, body);
  return withFiles(context, sent, async (files) => {
    const item = { ...draft, attachments: [...files.values()].map(asEntry) };
    await context.storage.transaction(async (storage) => {
      await storage.items.insert([item]);
      await register(storage, item.id, files.values(), item.createdAt);
      if (body.isFavorite) await storage.items.setFavorite(caller.userId, item.id, true);
    });
    return written(item);
  });
}

/** The record after a change, checked for form. */
function changedItem(caller: Caller, former: Item, body: ChangeBody, attachments: AttachmentEntry[]): Item {
  const content = mergedContent(former, body);
  checkForm(caller.clientSideEncryption, body, content);
  const vaultId = body.vaultId ?? former.vaultId;
  const moves = vaultId !== former.vaultId;
  if (moves && former.keyEncrypted && (!body.keyEncrypted || body.keyEncrypted === former.keyEncrypted)) {
    throw invalid('keyRequired', 'keyEncrypted', 'Another vault needs the record key under its own key.');
  }
  const staying = moves ? null : former.folderId;
  const folderId = body.folderId === undefined ? staying : body.folderId;
  return { ...former, ...content, attachments, vaultId, folderId };
}

/** Snapshots that shared the record key follow it under the key of the new vault. */
async function rewrapSnapshots(storage: Repositories, former: Item, changed: Item): Promise<void> {
  if (former.keyEncrypted === changed.keyEncrypted) return;
  for (const snapshot of await storage.snapshots.list(former.id)) {
    if (snapshot.keyEncrypted !== former.keyEncrypted) continue;
    await storage.snapshots.replaceContent({ ...snapshot, keyEncrypted: changed.keyEncrypted });
  }
}

async function keepFormerState(storage: Repositories, context: Context, former: Item): Promise<void> {
  await storage.snapshots.insert({
    ...itemContent(former),
    id: newId(context.clock()),
    itemId: former.id,
    creatorId: former.editorId,
    createdAt: former.updatedAt,
    revision: former.revision,
  });
}

/**
 * Whoever edits through an inbox entry or a shortcut holds no vault key, so a record key
 * from them could only lock the vault's members out.
 */
function refuseForeignKey(caller: Caller, access: ItemAccess, former: Item, body: ChangeBody): void {
  if (!caller.clientSideEncryption || access.wrappedKey !== null) return;
  if (body.keyEncrypted && body.keyEncrypted !== former.keyEncrypted) throw forbidden('item:move');
}

function refuseOutdated(former: Item, revision: number | undefined): void {
  if (revision === undefined || revision === former.revision) return;
  throw new ApiError(409, 'revisionConflict', 'The record was changed since that revision.', 'revision');
}

async function storeChange(
  context: Context,
  caller: Caller,
  access: ItemAccess,
  body: ChangeBody,
  { files, attaching }: { files: Files; attaching: Attaching },
): Promise<WrittenItem> {
  return context.storage.transaction(async (storage) => {
    const former = await storage.items.find(access.item.id);
    if (!former || former.vaultId !== access.item.vaultId) throw notFound();
    refuseForeignKey(caller, access, former, body);
    refuseOutdated(former, body.revision);
    const merged = changedItem(caller, former, body, [...attaching(former.attachments, files)]);
    if (body.isFavorite !== undefined && body.isFavorite !== null) {
      await storage.items.setFavorite(caller.userId, former.id, body.isFavorite);
    }
    const moved = merged.vaultId !== former.vaultId || merged.folderId !== former.folderId;
    if (!moved && sameContent(itemContent(former), itemContent(merged))) return written(former);
    const now = unixSeconds(context);
    const changed = { ...merged, revision: former.revision + 1, updatedAt: now, editorId: caller.userId };
    await keepFormerState(storage, context, former);
    await storage.items.update(changed, former.revision);
    await register(storage, changed.id, files.values(), now);
    if (changed.vaultId !== former.vaultId) await rewrapSnapshots(storage, former, changed);
    return written(changed);
  });
}

/** Changes a record. The caller's rights have been decided. */
export async function changeItem(
  context: Context,
  caller: Caller,
  access: ItemAccess,
  body: ChangeBody,
): Promise<WrittenItem> {
  const attaching = replacing(body.attachments);
  return withFiles(context, body.attachments ?? [], (files) =>
    storeChange(context, caller, access, body, { files, attaching }),
  );
}

/** Adds one file to a record and leaves the others as they are; `id` is the attachment's. */
export async function attachFile(
  context: Context,
  caller: Caller,
  access: ItemAccess,
  sent: SentAttachment,
): Promise<Omit<WrittenItem, 'attachments'>> {
  checkForm(caller.clientSideEncryption, { attachments: [sent] }, access.item);
  return withFiles(context, [sent], async (files) => {
    const file = files.get(sent);
    if (!file) throw invalid('attachmentIncomplete', '', 'A new attachment brings its data.');
    const attaching: Attaching = (former) => {
      if (former.length >= mostAttachments) {
        throw invalid('tooManyAttachments', '', `A record has ${mostAttachments} attachments at most.`);
      }
      return [...former, asEntry(file)];
    };
    const { revision, updatedAt } = await storeChange(context, caller, access, {}, { files, attaching });
    return { id: file.id, revision, updatedAt };
  });
}

/** Gives one file of a record another name; snapshots keep the one it had. */
export async function renameFile(
  context: Context,
  caller: Caller,
  access: ItemAccess,
  attachmentId: string,
  name: string,
): Promise<Omit<WrittenItem, 'id' | 'attachments'>> {
  const attaching: Attaching = (former) => {
    if (!former.some(({ id }) => id === attachmentId)) throw notFound();
    return former.map((entry) => (entry.id === attachmentId ? { ...entry, name } : entry));
  };
  const change = { files: new Map(), attaching };
  const { revision, updatedAt } = await storeChange(context, caller, access, {}, change);
  return { revision, updatedAt };
}

/** Takes one file from a record; snapshots still have it. */
export async function detachFile(
  context: Context,
  caller: Caller,
  access: ItemAccess,
  attachmentId: string,
): Promise<Omit<WrittenItem, 'id' | 'attachments'>> {
  const attaching: Attaching = (former) => {
    if (!former.some(({ id }) => id === attachmentId)) throw notFound();
    return former.filter(({ id }) => id !== attachmentId);
  };
  const change = { files: new Map(), attaching };
  const { revision, updatedAt } = await storeChange(context, caller, access, {}, change);
  return { revision, updatedAt };
}

/** Moves a record to the bin and answers the id of its entry there. */
export async function binItem(
  context: Context,
  caller: Caller,
  access: ItemAccess,
  revision: number | undefined,
): Promise<string> {
  const binItemId = newId(context.clock());
  const { id, vaultId } = access.item;
  await context.storage.transaction(async (storage) => {
    const item = await storage.items.find(id);
    if (!item) throw notFound();
    refuseOutdated(item, revision);
    await storage.bin.insert({
      ...{ id: binItemId, vaultId, kind: 'item', objectId: id },
      ...{ deleterId: caller.userId, deletedAt: unixSeconds(context) },
    });
    await storage.items.moveToBin(id, binItemId);
  });
  return binItemId;
}
