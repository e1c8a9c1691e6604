/** Pulling the tree: vaults with their keys, then the folders of each. */
import { StrongroomError } from '../../contract/index.ts';
import type { StoredFolder, StoredVault } from '../mirror/model.ts';
import { listFolders, listVaults, listVaultTypes } from '../remote/index.ts';
import { breathe, sideBySide } from './pace.ts';
import type { PullContext } from './pullcontext.ts';
import { folderRow, vaultRow } from './rows.ts';

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
  const gone = mirror.vaults.all().filter(({ serverId }) => !listed.has(serverId));
  for (const vault of gone) {
    for (const localFile of eraseVault(context, vault)) await files?.remove(localFile);
  }
  return gone.length > 0;
}

/** Erases a vault that is closed to this user now, and says so; gives the stored files to be removed. */
export function eraseVault(context: PullContext, vault: StoredVault): string[] {
  const { mirror, vaultKeys, now } = context;
  return mirror.transaction(() => {
    const localFiles = filesOfVault(context, vault.id);
    vaultKeys?.forget(vault);
    mirror.vaults.remove(vault.id);
    mirror.notices.add({ at: now(), kind: 'vaultRemoved', subject: vault.name, recordId: null });
    return localFiles;
  });
}

function filesOfVault({ mirror }: PullContext, vaultId: string): string[] {
  const kinds = ['record', 'shortcut'] as const;
  const ids = kinds.flatMap((kind) => [...mirror.records.contentHashes(vaultId, kind).values()]);
  return ids
    .flatMap(({ id }) => mirror.records.get(id)?.attachments ?? [])
    .map(({ localFile }) => localFile)
    .filter((localFile) => localFile !== null);
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

/** Makes `folders` the whole tree of a vault; false if it was so already. */
export function takeFolders(
  context: PullContext,
  vaultId: string,
  folders: readonly StoredFolder[],
): boolean {
  const { mirror } = context;
  if (sameFolders(mirror.folders.ofVault(vaultId), folders)) return false;
  mirror.transaction(() => {
    releaseMoved(context, vaultId, folders);
    mirror.folders.replaceForVault(vaultId, folders);
  });
  return true;
}

function sameFolders(before: readonly StoredFolder[], now: readonly StoredFolder[]): boolean {
  const known = new Map(before.map(({ id, contentHash }) => [id, contentHash]));
  return known.size === now.length && now.every(({ id, contentHash }) => known.get(id) === contentHash);
}

/** A folder that came from another vault is taken out there first: its id can stand in one place only. */
function releaseMoved({ mirror }: PullContext, vaultId: string, folders: readonly StoredFolder[]): void {
  const incoming = new Set(folders.map(({ id }) => id));
  for (const id of incoming) {
    const from = mirror.folders.get(id)?.vaultId ?? vaultId;
    if (from === vaultId) continue;
    const staying = mirror.folders.ofVault(from).filter((folder) => !incoming.has(folder.id));
    mirror.folders.replaceForVault(from, staying);
  }
}
