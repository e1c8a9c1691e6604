/**
 * Copies of files on this device, by the rules that a person made: bringing one here, and taking away
 * those that nobody wants any more.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { FileCopy, MissingFile, StoredAttachment, StoredRecord } from '../../mirror/index.ts';
import { readAttachment } from '../../remote/index.ts';
import type { RemoteAttachment } from '../../remote/index.ts';
import { hasRoomFor, isWantedHere, offlineRules, removeIdleFiles } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { refuseEnded } from './contents.ts';
import { fetchParts } from './fetchingparts.ts';

/** Files that the rules want here and that are not. */
export function wantedFiles({ mirror }: OpenAccount): MissingFile[] {
  const rules = offlineRules(mirror);
  return mirror.records.missingFiles().filter((file) => isWantedHere(rules, file));
}

/**
 * Takes away the copies that the rules do not want, and gives the ids of their records. What still has
 * to be sent stays, since it may exist nowhere else. Throws disk codes.
 */
export async function dropUnwanted({ mirror, files }: OpenAccount): Promise<string[]> {
  const rules = offlineRules(mirror);
  const sending = new Set(
    mirror.outbox
      .ofKinds(['attach'])
      .flatMap(({ change }) => (change.kind === 'attach' ? [change.attachmentId] : [])),
  );
  const isUnwanted = (copy: FileCopy): boolean =>
    copy.serverId !== null && !sending.has(copy.attachmentId) && !isWantedHere(rules, copy);
  const names: string[] = [];
  const recordIds = new Set<string>();
  mirror.transaction(() => {
    for (const copy of mirror.records.fileCopies()) {
      if (copy.localFile === null || !isUnwanted(copy)) continue;
      const { recordId, attachmentId, size } = copy;
      mirror.records.setAttachmentLocal(recordId, attachmentId, { localFile: null, size });
      names.push(copy.localFile);
      recordIds.add(recordId);
    }
  });
  await removeIdleFiles(mirror, files, names);
  return [...recordIds];
}

/**
 * Brings one file here; false where the disk would have too little left. Throws `notFound`,
 * `forbidden`, `badAnswer`, `attachmentHashMismatch`, `undecipherable` for this file alone, and network and disk codes.
 */
export async function bringHere(
  account: OpenAccount,
  missing: MissingFile,
  signal: AbortSignal,
): Promise<boolean> {
  const { client, files, mirror } = account;
  if (!hasRoomFor(await files.free(), missing.size)) return false;
  const { itemServerId, attachmentServerId, recordId, attachmentId } = missing;
  const remote = await readAttachment(client, itemServerId, attachmentServerId, signal);
  refuseEnded(account, signal);
  const record = mirror.records.get(recordId);
  const listed = record?.attachments.find(({ id }) => id === attachmentId);
  if (!record || listed?.localFile !== null) return true;
  // The key that was listed is in the manifest; contents under another one are not this file.
  if ((remote.encryptedKey ?? '') !== listed.encryptedKey) {
    throw new StrongroomError('badAnswer', { reason: 'fileKey' });
  }
  const size = remote.parts?.size ?? missing.size;
  // Only the contents tell how large it is, and with that whether it is wanted at all.
  if (!isWantedHere(offlineRules(mirror), { ...missing, size })) {
    mirror.records.setAttachmentLocal(recordId, attachmentId, { localFile: null, size });
    return true;
  }
  if (!hasRoomFor(await files.free(), size)) return false;
  const kept = await stored(account, record, listed, remote, signal);
  await nameOrRemove(account, missing, { ...kept, size: kept.size ?? size });
  return true;
}

interface StoredCopy {
  readonly localFile: string;
  readonly size: number | null;
}

/** A sync may have brought the file meanwhile, or taken it from its record; and it may be too large. */
async function nameOrRemove(
  account: OpenAccount,
  missing: MissingFile,
  { localFile, size }: StoredCopy,
): Promise<void> {
  const { recordId, attachmentId } = missing;
  const record = account.closed ? null : account.mirror.records.get(recordId);
  const listed = record?.attachments.find(({ id }) => id === attachmentId);
  if (listed?.localFile !== null) return account.files.remove(localFile);
  const isWanted = isWantedHere(offlineRules(account.mirror), { ...missing, size });
  const kept = { localFile: isWanted ? localFile : null, size };
  account.mirror.records.setAttachmentLocal(recordId, attachmentId, kept);
  if (!isWanted) await account.files.remove(localFile);
}

async function stored(
  account: OpenAccount,
  record: StoredRecord,
  file: StoredAttachment,
  { encryptedData, hash, parts }: RemoteAttachment,
  signal: AbortSignal,
): Promise<StoredCopy> {
  if (parts !== null) {
    const progress = { signal, onProgress: () => undefined };
    return { localFile: await fetchParts(account, record, file, progress), size: parts.size };
  }
  const { id: attachmentId, encryptedKey } = file;
  const wire = { recordId: record.id, attachmentId, encryptedKey, encryptedData, hash };
  return account.files.store(wire);
}
