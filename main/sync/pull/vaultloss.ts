/**
 * A vault that is closed to this user now: every copy of what lay in it goes, keys included. What
 * was typed here and had not been sent is the user's own; it is taken out first and kept under a
 * seal, as a conflict that a person decides.
 */
import type { StoredRecord, StoredVault } from '../../mirror/index.ts';
import { dropOperations, recordHere } from '../outbox/pending.ts';
import type { PullContext } from '../pullcontext.ts';
import { keepTyped } from './typedkeeping.ts';

/** Erases a vault that is closed to this user now, and says so; gives the stored files to be removed. */
export function eraseVault(context: PullContext, vault: StoredVault): string[] {
  const { mirror, vaultKeys, now } = context;
  return mirror.transaction(() => {
    const affected = recordsWaiting(context, vault.id);
    const kept = new Set(affected.flatMap((record) => keepTyped(context, record, vault.name)));
    const localFiles = filesOfVault(context, vault.id);
    // Moved out of this vault here, which the server has not carried out and will not any more.
    const movedOut = affected.filter(({ vaultId }) => vaultId !== vault.id);
    for (const { id, attachments } of movedOut) {
      dropOperations(mirror, 'record', id);
      mirror.bases.remove('record', id);
      mirror.bin.remove(id);
      localFiles.push(...namesOf(attachments));
    }
    mirror.records.removeMany(movedOut.map(({ id }) => id));
    vaultKeys?.forget(vault);
    mirror.vaults.remove(vault.id);
    mirror.notices.add({ at: now(), kind: 'vaultRemoved', subject: vault.name, recordId: null });
    return localFiles.filter((localFile) => !kept.has(localFile));
  });
}

/** Records of a vault, here or at the server, for which something waits. */
function recordsWaiting({ mirror }: PullContext, vaultId: string): StoredRecord[] {
  const ids = new Set(
    mirror.outbox.all().flatMap(({ object, objectId }) => (object === 'record' ? [objectId] : [])),
  );
  for (const { recordId, sealed } of mirror.conflicts.all()) if (sealed === null) ids.add(recordId);
  return [...ids]
    .flatMap((id) => recordHere(mirror, id) ?? [])
    .filter(({ id, vaultId: lies }) => lies === vaultId || mirror.bases.record(id)?.vaultId === vaultId);
}

function filesOfVault({ mirror }: PullContext, vaultId: string): string[] {
  const kinds = ['record', 'shortcut'] as const;
  const ids = kinds.flatMap((kind) => [...mirror.records.contentHashes(vaultId, kind).values()]);
  const listed = ids.flatMap(({ id }) => namesOf(mirror.records.get(id)?.attachments ?? []));
  const binned = mirror.bin.ofVault(vaultId).flatMap(({ record }) => namesOf(record?.attachments ?? []));
  return [...listed, ...binned];
}

function namesOf(attachments: StoredRecord['attachments']): string[] {
  return attachments.flatMap(({ localFile }) => localFile ?? []);
}
