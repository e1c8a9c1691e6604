/** Pulling the tree: vaults with their keys, then the folders of each. */
import { StrongroomError } from '../../../contract/index.ts';
import type { StoredFolder, StoredVault } from '../../mirror/model.ts';
import { listFolders, listVaults, listVaultTypes } from '../../remote/index.ts';
import { removeIdleFiles } from './idlefiles.ts';
import { takeFolders } from './foldertake.ts';
import { breathe, sideBySide } from '../pace.ts';
import type { PullContext } from '../pullcontext.ts';
import { erasable } from './rollback.ts';
import { folderRow, vaultRow } from './rows.ts';
import { eraseVault } from './vaultloss.ts';

/** Brings the vaults up to date and gives them; copies of vaults that are closed to us now are erased. */
export async function pullVaults(context: PullContext): Promise<StoredVault[]> {
  const { client, signal, progress, changed } = context;
  progress('vaults', 0, 0);
  const [vaults, types] = await Promise.all([listVaults(client, signal), listVaultTypes(client, signal)]);
  refuseRepeats(vaults, 'vaultRepeated');
  let touched = await eraseMissingVaults(context, new Set(vaults.map(({ id }) => id)));
  const rows: StoredVault[] = [];
  for (const [index, vault] of vaults.entries()) {
    const taken = takeVault(context, vaultRow(vault, types));
    touched ||= taken.isNews;
    rows.push(taken.row);
    progress('vaults', index + 1, vaults.length);
    await breathe(signal);
  }
  if (touched) changed(null);
  return rows;
}

/** Judges the key of a delivered vault and writes the vault, if anything of it is new. */
export function takeVault(
  { mirror, mode, vaultKeys }: PullContext,
  row: StoredVault,
): { readonly row: StoredVault; readonly isNews: boolean } {
  return mirror.transaction(() => {
    const delivered = withoutKeys(row, mode);
    const accepted = vaultKeys === null ? delivered : vaultKeys.accept(delivered);
    const stored = mirror.vaults.get(accepted.id);
    const isNews = stored?.contentHash !== accepted.contentHash || stored.keyWrapped !== accepted.keyWrapped;
    if (isNews) mirror.vaults.upsert(accepted);
    return { row: accepted, isNews };
  });
}

/** Without client-side encryption a vault has no key, whatever a server delivers. */
function withoutKeys(row: StoredVault, mode: PullContext['mode']): StoredVault {
  return mode === 'client' ? row : { ...row, keyWrapped: null, keySalt: null, keyHash: null };
}

function refuseRepeats(objects: readonly { readonly id: string }[], reason: string): void {
  if (new Set(objects.map(({ id }) => id)).size !== objects.length) {
    throw new StrongroomError('badAnswer', { reason });
  }
}

async function eraseMissingVaults(context: PullContext, listed: ReadonlySet<string>): Promise<boolean> {
  const { mirror, files } = context;
  const missing = mirror.vaults.all().filter(({ serverId }) => !listed.has(serverId));
  const going = new Set(
    erasable(
      mirror,
      missing.map(({ id }) => id),
    ),
  );
  const gone = missing.filter(({ id }) => going.has(id));
  for (const vault of gone) {
    await removeIdleFiles(mirror, files, eraseVault(context, vault));
  }
  return gone.length > 0;
}

/** Brings the folders of every vault up to date, once all of them have been listed. */
export async function pullFolders(context: PullContext, vaults: readonly StoredVault[]): Promise<void> {
  const { client, signal, progress, changed } = context;
  progress('folders', 0, vaults.length);
  const listed = new Map<string, StoredFolder[]>();
  await sideBySide(vaults, 4, async (vault) => {
    const folders = await listFolders(client, vault.serverId, signal);
    if (folders.some(({ vaultId }) => vaultId !== vault.serverId)) {
      throw new StrongroomError('badAnswer', { reason: 'folderVault' });
    }
    listed.set(vault.id, folders.map(folderRow));
    progress('folders', listed.size, vaults.length);
  });
  refuseRepeats([...listed.values()].flat(), 'folderRepeated');
  let touched = false;
  for (const [vaultId, folders] of listed) {
    if (!takeFolders(context, vaultId, folders)) continue;
    touched = true;
    await breathe(signal);
  }
  if (touched) changed(null);
}
