/**
 * A folder of theirs with what waits here laid over it.
 *
 * Folders have no revisions, so what has arrived of one's own changes is told by their values: the
 * last change that asks for just what stands there has arrived, or somebody else has done the same,
 * and with it goes what was asked for before it. What was typed after it builds on it and goes on
 * waiting. Only where none of them is what stands there and the server's value is not the one that
 * was known has somebody else changed it meanwhile: then theirs stands and mine is held.
 */
import type { Mirror, OutboxOperation, StoredFolder } from '../../mirror/index.ts';
import { isPutBackThere } from '../outbox/pending.ts';

/** The folder as it was last told, as it is shown here, and as it is told now. */
export interface FolderStates {
  readonly base: StoredFolder;
  readonly mine: StoredFolder;
  readonly theirs: StoredFolder;
}

/** What the folder is to show; takes out what has arrived and holds what clashes. */
export function mergedFolder(mirror: Mirror, { base, mine, theirs }: FolderStates): StoredFolder {
  const { outbox } = mirror;
  const operations = outbox.ofObject('folder', theirs.id);
  for (const operation of operations) {
    if (operation.change.kind === 'createFolder' || isPutBackThere(mirror, operation)) {
      outbox.remove(operation.id);
    }
  }
  const name = mergedValue(mirror, operations, {
    asked: ({ change }) => (change.kind === 'renameFolder' ? { value: change.name } : null),
    ...{ base: base.name, mine: mine.name, theirs: theirs.name },
  });
  const parentId = mergedValue(mirror, operations, {
    asked: ({ change }) => (change.kind === 'moveFolder' ? { value: change.parentId } : null),
    ...{ base: base.parentId, mine: mine.parentId, theirs: theirs.parentId },
  });
  return { ...theirs, name, parentId };
}

interface ValueStates<Value> {
  /** What an operation asks for; null for one of another kind. */
  readonly asked: (operation: OutboxOperation) => { readonly value: Value } | null;
  readonly base: Value;
  readonly mine: Value;
  readonly theirs: Value;
}

function mergedValue<Value>(
  mirror: Mirror,
  all: readonly OutboxOperation[],
  { asked, base, mine, theirs }: ValueStates<Value>,
): Value {
  const asking = all.filter((operation) => asked(operation) !== null);
  const arrived = asking.findLastIndex((operation) => asked(operation)?.value === theirs);
  for (const operation of asking.slice(0, arrived + 1)) {
    // One that is held is a person's to give up, unless it is what stands there.
    const stays = operation.state === 'held' && asked(operation)?.value !== theirs;
    if (!stays) mirror.outbox.remove(operation.id);
  }
  const waiting = asking.slice(arrived + 1).filter(({ state }) => state !== 'held');
  if (waiting.length === 0) return theirs;
  if (arrived >= 0 || base === theirs) return mine;
  for (const operation of waiting) holdFolderChange(mirror, operation, 'changedMeanwhile');
  return theirs;
}

/** Refused by what happened there: it will not go out again by itself, and not as the same request. */
export function holdFolderChange(
  { outbox }: Mirror,
  operation: OutboxOperation,
  code: 'changedMeanwhile' | 'folderIntoItself',
): void {
  const id = operation.attempts > 0 ? outbox.renewId(operation.id) : operation.id;
  outbox.setState(id, 'held', { code, params: {} });
}
