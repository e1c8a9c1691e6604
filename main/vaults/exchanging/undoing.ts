/** Taking an import back: what it made and nobody changed since goes to the bin. */
import { StrongroomError } from '../../../contract/errors.ts';
import { binFolder, binRecord } from '../../sync/index.ts';
import { Pace } from '../../sync/pace.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { commitEdit } from '../editing/committing.ts';
import { fingerprintOf } from './importedchange.ts';
import type { Undoable } from './importing.ts';

/** Counts what went back and what was left because it was changed since. Throws `cancelled`. */
export async function undoImport(
  account: OpenAccount,
  { made, updated, folders }: Undoable,
  signal: AbortSignal,
  now: number,
): Promise<{ removed: number; kept: number }> {
  const { mirror } = account;
  const pace = new Pace(mirror.upkeep);
  let removed = 0;
  let kept = 0;
  const each = async <T>(all: readonly T[], undo: (one: T) => boolean): Promise<void> =>
    pace.work(all, signal, (some) => {
      if (account.closed) throw new StrongroomError('cancelled');
      mirror.durable(() => {
        for (const one of some) {
          if (undo(one)) removed += 1;
          else kept += 1;
        }
      });
    });
  await each(made, ({ id, fingerprint }) => {
    const record = mirror.records.get(id);
    if (record === null || fingerprintOf(record) !== fingerprint) return false;
    binRecord(mirror, id, now);
    return true;
  });
  await each(updated, ({ before, fingerprint }) => {
    const record = mirror.records.get(before.id);
    if (record === null || fingerprintOf(record) !== fingerprint) return false;
    const { name, login, urls, description, tags, color, passwordEncrypted, customs } = before;
    const fields = { name, login, urls, description, tags, color, passwordEncrypted, customs };
    return commitEdit(mirror, record, { ...record, ...fields }, now);
  });
  removeEmptyFolders(account, folders, now);
  return { removed, kept };
}

/** Innermost first, and only where nothing was put into them. */
function removeEmptyFolders({ mirror }: OpenAccount, folders: readonly string[], now: number): void {
  mirror.durable(() => {
    for (const id of folders.toReversed()) {
      if (mirror.folders.get(id) === null || mirror.folders.subtreeIds(id).length > 1) continue;
      const scope = { kind: 'folder', folderId: id } as const;
      if (mirror.records.ids(scope, { by: 'name', descending: false }).length === 0)
        binFolder(mirror, id, now);
    }
  });
}
