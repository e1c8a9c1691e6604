/**
 * What stands here and hangs in the air: a place that is not known, or a thing made here of which
 * nothing waits to be sent.
 *
 * No way of the synchronisation is meant to leave such rows. But a row that neither the server
 * knows nor anything will tell it is a value that nobody else will ever see, so wherever listings
 * are compared it is looked for: what was made here is sent, and what is the server's is taken in
 * anew by the next comparison.
 */
import type { Mirror, StoredFolder, StoredRecord } from '../../mirror/index.ts';
import { raiseDoubt } from '../doubt.ts';
import { folderEntry, recordEntry, sendForgotten, sendUnsent } from './binning.ts';
import { isMadeHere } from './pending.ts';
import { replaceFolder, replaceRecord } from './relocation.ts';

/** Puts strays right, as one transaction; true if there were any. `at` in Unix milliseconds. */
export function settleStrays(mirror: Mirror, at: number): boolean {
  return mirror.transaction(() => {
    const folders = mirror.vaults.all().flatMap(({ id }) => mirror.folders.ofVault(id));
    const loose = folders.filter((folder) => isLoose(mirror, folder.vaultId, folder.parentId));
    for (const folder of loose) rehangFolder(mirror, folder, at);
    const unsent = folders.filter((folder) => isMadeHere(folder) && isForgotten(mirror, 'folder', folder.id));
    for (const folder of unsent) sendFolder(mirror, folder.id, at);
    const records = mirror.records.strays().flatMap((id) => mirror.records.get(id) ?? []);
    for (const record of records) settleRecord(mirror, record, at);
    if (loose.length > 0) raiseDoubt(mirror);
    return loose.length + unsent.length + records.length > 0;
  });
}

/** Asks for what is shown here, differs from what the server has, and of which nothing waits. */
export function settleForgotten(mirror: Mirror, at: number): void {
  const forgotten = mirror.bases.forgotten();
  if (forgotten.length === 0) return;
  mirror.transaction(() => {
    for (const { object, id } of forgotten) sendForgotten(mirror, { kind: object, id }, at);
  });
}

function isLoose(mirror: Mirror, vaultId: string | null, folderId: string | null): boolean {
  return folderId !== null && mirror.folders.get(folderId)?.vaultId !== vaultId;
}

function isForgotten(mirror: Mirror, object: 'record' | 'folder', id: string): boolean {
  return mirror.outbox.ofObject(object, id).length === 0;
}

/** Under the folder that is meant, where that one only goes by another id here; else under none. */
function placeMeant(mirror: Mirror, vaultId: string | null, folderId: string | null): string | null {
  const meant = folderId === null ? null : mirror.folders.byServerId(folderId);
  return meant !== null && meant.vaultId === vaultId ? meant.id : null;
}

function rehangFolder(mirror: Mirror, folder: StoredFolder, at: number): void {
  const parentId = placeMeant(mirror, folder.vaultId, folder.parentId);
  if (isMadeHere(folder)) replaceFolder(mirror, folder.id, parentId, at);
  else mirror.folders.upsert({ ...folder, parentId, contentHash: '' });
}

function sendFolder(mirror: Mirror, id: string, at: number): void {
  const folder = mirror.folders.get(id);
  if (folder !== null) sendUnsent(mirror, [folderEntry(mirror, folder, null, null)], at);
}

function settleRecord(mirror: Mirror, record: StoredRecord, at: number): void {
  if (isLoose(mirror, record.vaultId, record.folderId)) {
    const folderId = placeMeant(mirror, record.vaultId, record.folderId);
    if (isMadeHere(record)) replaceRecord(mirror, record.id, folderId, at);
    else mirror.records.upsertMany([{ ...record, folderId, contentHash: '' }]);
    raiseDoubt(mirror);
  }
  const now = mirror.records.get(record.id);
  const isOpen = mirror.conflicts.ofRecord(record.id) !== null || !isForgotten(mirror, 'record', record.id);
  if (now !== null && isMadeHere(now) && !isOpen)
    sendUnsent(mirror, [recordEntry(mirror, now, null, null)], at);
}
