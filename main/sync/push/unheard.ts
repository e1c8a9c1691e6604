/**
 * What was made here, arrived without an answer, and was deleted there with its folder since.
 *
 * Of what lies in a deleted folder a server says only that it is gone, and that means nothing to a
 * device which has never heard its id. But a creation keeps its idempotency key while it looks for
 * another place (relocation.ts), and under that key the server says that it has carried out another
 * request. If a pull later it still says so, what was made does not stand there any more: sent under
 * another key it would come to be twice.
 */
import type { StrongroomError } from '../../../contract/errors.ts';
import type { OutboxOperation } from '../../mirror/index.ts';
import { dropOperations, renewed } from '../outbox/pending.ts';
import { emptyInto } from '../outbox/relocation.ts';
import { departUnheard } from '../pull/departures.ts';
import { removeIdleFiles } from '../pull/idlefiles.ts';
import type { PullContext } from '../pullcontext.ts';

/**
 * Under its key the server has carried out another body: the next pull shows what it was. If what was
 * made by it is not told then, it is gone there; anything else goes out under a new key. Throws disk
 * codes.
 */
export async function settleReused(
  context: PullContext,
  operation: OutboxOperation,
  { code, params }: StrongroomError,
): Promise<void> {
  const { mirror, files } = context;
  if (operation.problem?.code !== code) {
    return mirror.outbox.setState(operation.id, 'unanswered', { code, params: { ...params } });
  }
  const idle = mirror.transaction(() => {
    const left = settleUnheard(context, operation);
    if (left === null) renewed(mirror, operation);
    return left ?? [];
  });
  await removeIdleFiles(mirror, files, idle);
}

/**
 * Takes a creation for one that was carried out and undone there; inside a transaction. A person
 * decides about the record; a folder goes, and what lies in it moves to the place above. Gives the
 * names of stored files that nothing refers to any more, or null where this is no such creation.
 */
export function settleUnheard(context: PullContext, operation: OutboxOperation): string[] | null {
  const { change, objectId } = operation;
  if (change.kind === 'create') return departUnheard(context, objectId);
  return change.kind === 'createFolder' && goFolder(context, objectId) ? [] : null;
}

/** False where it lies in the bin here. */
function goFolder({ mirror, now }: PullContext, id: string): boolean {
  const folder = mirror.folders.get(id);
  if (folder === null) return false;
  emptyInto(mirror, id, folder.parentId, now());
  mirror.notices.add({ at: now(), kind: 'placeGone', subject: folder.name, recordId: null });
  dropOperations(mirror, 'folder', id);
  mirror.bases.remove('folder', id);
  mirror.folders.remove([id]);
  return true;
}
