/**
 * Taking the last import back: what it made and nobody changed since goes to the bin, what it wrote
 * over gets its former fields. Each step is forgotten with what it undoes, so an undo that was cut
 * off by a lock or a crash can be gone on with.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { ImportStep, StoredRecord } from '../../mirror/index.ts';
import { binFolder, binRecord } from '../../sync/index.ts';
import { Pace } from '../../sync/pace.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { commitEdit, commitFile } from '../editing/committing.ts';
import { fingerprintOf } from './importedchange.ts';

const portion = 200;

/** Counts what went back and what was left because it was changed since. Throws `cancelled`. */
export async function undoImport(
  account: OpenAccount,
  signal: AbortSignal,
  now: number,
): Promise<{ removed: number; kept: number }> {
  const { mirror } = account;
  const pace = new Pace(mirror.upkeep);
  let removed = 0;
  let kept = 0;
  for (let last = 0; ;) {
    const steps = mirror.importSteps.recordsAfter(last, portion);
    last = steps.at(-1)?.step ?? last;
    if (steps.length === 0) break;
    await pace.work(steps, signal, (some) => {
      if (account.closed) throw new StrongroomError('cancelled');
      mirror.durable(() => {
        for (const step of some) {
          if (undone(account, step, now)) removed += 1;
          else kept += 1;
          mirror.importSteps.remove(step.step);
        }
      });
    });
    if (account.closed) throw new StrongroomError('cancelled');
  }
  removeEmptyFolders(account, now);
  return { removed, kept };
}

/** False where the record is another one by now. */
function undone(account: OpenAccount, step: ImportStep, now: number): boolean {
  const { mirror } = account;
  const record = mirror.records.get(step.recordId);
  if (record === null || fingerprintOf(record) !== step.fingerprint) return false;
  if (step.before === null) binRecord(mirror, record.id, now);
  else putBack(account, record, step.before, now);
  return true;
}

function putBack(account: OpenAccount, record: StoredRecord, before: StoredRecord, now: number): void {
  const { mirror } = account;
  const { name, login, urls, description, tags, color, passwordEncrypted, customs } = before;
  const fields = { name, login, urls, description, tags, color, passwordEncrypted, customs };
  commitEdit(mirror, record, { ...record, ...fields }, now);
  const there = new Set(before.attachments.map(({ name: file }) => file));
  for (const { id, serverId, name: file } of record.attachments) {
    if (there.has(file)) continue;
    const row = mirror.records.get(record.id);
    if (row === null) return;
    const next = { ...row, attachments: row.attachments.filter((other) => other.id !== id) };
    commitFile(mirror, row, next, { kind: 'detach', attachmentId: id, serverId }, now);
  }
}

/** Innermost first, and only where nothing was put into them. */
function removeEmptyFolders({ mirror }: OpenAccount, now: number): void {
  mirror.durable(() => {
    for (const id of mirror.importSteps.folders().toReversed()) {
      if (mirror.folders.get(id) === null || mirror.folders.subtreeIds(id).length > 1) continue;
      const scope = { kind: 'folder', folderId: id } as const;
      if (mirror.records.ids(scope, { by: 'name', descending: false }).length === 0)
        binFolder(mirror, id, now);
    }
    mirror.importSteps.clear();
  });
}
