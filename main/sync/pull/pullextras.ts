/**
 * Shortcuts, inbox entries and the contents of attachments.
 *
 * The lists of shortcuts and of the inbox are not in the public part of the protocol; a
 * server that does not announce them is not asked.
 */
import { StrongroomError } from '../../../contract/index.ts';
import { PROTOCOL_ATTACHMENT_LIMIT } from '../../keychain/index.ts';
import type { MissingFile, StoredRecord, StoredVault } from '../../mirror/model.ts';
import { listInbox, listShortcuts, readAttachment } from '../../remote/index.ts';
import type { Listing, PageWish } from '../../remote/index.ts';
import type { RecordIntake } from './intake.ts';
import type { KnownRecords } from './known.ts';
import { listingPages } from './listing.ts';
import { hasRoomFor, isWantedHere, offlineRules, type StoredOfflineRules } from '../offlinefiles.ts';
import { breathe, sideBySide } from '../pace.ts';
import type { PullContext } from '../pullcontext.ts';
import { inboxRow, shortcutRow } from './rows.ts';

/** Files fetched at the same time; each is a large answer. */
const filesAtOnce = 2;

/** Brings the shortcuts of one vault up to date; gives the ids of those listed no longer. */
export function pullShortcuts(
  context: PullContext,
  intake: RecordIntake,
  known: KnownRecords,
  vault: StoredVault,
): Promise<string[]> {
  const { client, signal, mode } = context;
  if (!context.features.has('shortcutList')) return Promise.resolve([]);
  return pullList(context, intake, known, {
    vaultId: vault.id,
    kind: 'shortcut',
    read: (page) => listShortcuts(client, vault.serverId, page, signal),
    idOf: ({ shortcut }) => shortcut.id,
    rowOf: (item) => shortcutRow(item, vault.id, mode),
  });
}

/** Brings the inbox up to date; gives the ids of entries listed no longer. */
export function pullInbox(
  context: PullContext,
  intake: RecordIntake,
  known: KnownRecords,
): Promise<string[]> {
  const { client, signal, mode } = context;
  if (!context.features.has('inboxList')) return Promise.resolve([]);
  return pullList(context, intake, known, {
    vaultId: null,
    kind: 'inbox',
    read: (page) => listInbox(client, page, signal),
    idOf: ({ inbox }) => inbox.id,
    rowOf: (item) => inboxRow(item, mode),
  });
}

interface PersonalList<Row> {
  readonly vaultId: string | null;
  readonly kind: StoredRecord['kind'];
  readonly read: (page: PageWish | null) => Promise<Listing<Row>>;
  readonly idOf: (row: Row) => string;
  readonly rowOf: (row: Row) => StoredRecord;
}

async function pullList<Row extends { readonly isDeleted: boolean }>(
  context: PullContext,
  intake: RecordIntake,
  known: KnownRecords,
  { vaultId, kind, read, idOf, rowOf }: PersonalList<Row>,
): Promise<string[]> {
  const listed = new Set<string>();
  const paged = context.features.has('itemPaging');
  for await (const { rows } of listingPages(read, idOf, { paged, start: 0 })) {
    const present = rows.filter(({ isDeleted }) => !isDeleted);
    for (const row of present) listed.add(idOf(row));
    await intake.take(present, rowOf);
  }
  return known.unlisted(vaultId, kind, listed);
}

/**
 * Fetches the contents of attachments that the rules want on this device and that are not here yet, as
 * long as the disk keeps its reserve.
 */
export async function pullFiles(context: PullContext): Promise<void> {
  const { files, givenUpFiles, mirror, progress, signal } = context;
  if (files === null) return;
  const rules = offlineRules(mirror);
  const missing = mirror.records
    .missingFiles(PROTOCOL_ATTACHMENT_LIMIT)
    .filter((file) => !givenUpFiles.has(file.attachmentId) && isWantedHere(rules, file));
  let done = 0;
  if (missing.length > 0) progress('files', 0, missing.length);
  await sideBySide(missing, filesAtOnce, async (file) => {
    if (hasRoomFor(await files.free(), file.size)) await pullFile(context, rules, file);
    progress('files', ++done, missing.length);
    await breathe(signal);
  });
}

async function pullFile(
  context: PullContext,
  rules: StoredOfflineRules,
  missing: MissingFile,
): Promise<void> {
  const { client, files, mirror, signal, changed } = context;
  const { recordId, attachmentId } = missing;
  const listed = mirror.records.get(recordId)?.attachments.find(({ id }) => id === attachmentId);
  if (files === null || listed === undefined) return;
  try {
    const { encryptedKey, encryptedData, hash, parts } = await readAttachment(
      client,
      missing.itemServerId,
      missing.attachmentServerId,
      signal,
    );
    // The key that was listed is in the manifest; contents under another one are not this file.
    if ((encryptedKey ?? '') !== listed.encryptedKey)
      throw new StrongroomError('badAnswer', { reason: 'fileKey' });
    if (parts !== null) {
      // Large, and fetched when somebody wants it. What encryption added to its parts is negligible.
      mirror.records.setAttachmentLocal(recordId, attachmentId, { localFile: null, size: parts.size });
      context.givenUpFiles.add(attachmentId);
      return changed([recordId]);
    }
    const wire = { recordId, attachmentId, encryptedKey: listed.encryptedKey, encryptedData, hash };
    const kept = await files.store(wire);
    if (isWantedHere(rules, { ...missing, size: kept.size })) {
      mirror.records.setAttachmentLocal(recordId, attachmentId, kept);
    } else {
      // The listings do not tell sizes: now that it is known, it is not asked for again.
      mirror.records.setAttachmentLocal(recordId, attachmentId, { localFile: null, size: kept.size });
      await files.remove(kept.localFile);
    }
    changed([recordId]);
  } catch (failure) {
    // One file that cannot be had, or is too large, does not hold up the others.
    const single = ['notFound', 'forbidden', 'badAnswer'];
    if (!(failure instanceof StrongroomError) || !single.includes(failure.code)) throw failure;
    context.givenUpFiles.add(attachmentId);
  }
}
