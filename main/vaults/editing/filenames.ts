/** Committing new names of files: the row and the operation that tells the server, in one step. */
import type { Mirror, OutboxOperation, StoredRecord } from '../../mirror/index.ts';

function attachingOf(mirror: Mirror, recordId: string, attachmentId: string): OutboxOperation | undefined {
  return mirror.outbox
    .ofObject('record', recordId)
    .find(({ change }) => change.kind === 'attach' && change.attachmentId === attachmentId);
}

/** Whether the server never heard of a file: its name goes out with it. */
export function isUnsentFile(mirror: Mirror, record: StoredRecord, attachmentId: string): boolean {
  const attaching = attachingOf(mirror, record.id, attachmentId);
  return attaching?.state === 'waiting' && attaching.attempts === 0;
}

/** Gives a file of a record another name and lets the server know, if it knows the file. */
export function commitFileName(
  mirror: Mirror,
  record: StoredRecord,
  attachmentId: string,
  name: string,
  at: number,
): void {
  const attachments = record.attachments.map((file) => (file.id === attachmentId ? { ...file, name } : file));
  const isUnsent = isUnsentFile(mirror, record, attachmentId);
  mirror.durable(() => {
    if (mirror.bases.record(record.id) === undefined) mirror.bases.putRecord(record.id, record);
    mirror.records.upsertMany([{ ...record, attachments }]);
    if (isUnsent || mirror.conflicts.ofRecord(record.id)?.kind === 'deletedThere') return;
    const waiting = mirror.outbox
      .ofObject('record', record.id)
      .find(({ change }) => change.kind === 'renameFile' && change.attachmentId === attachmentId);
    const change = { kind: 'renameFile', attachmentId, name } as const;
    if (waiting?.state === 'waiting' && waiting.attempts === 0) mirror.outbox.rewrite(waiting.id, change);
    else mirror.outbox.add({ object: 'record', objectId: record.id, name: record.name, change, at });
  });
}
