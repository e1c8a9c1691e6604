/** Pulling the tree: vaults with their keys, then the folders of each. */
import { StrongroomError } from '../../contract/index.ts';
import type { StoredFolder, StoredVault } from '../mirror/model.ts';
import { listFolders, listVaults, listVaultTypes } from '../remote/index.ts';
import { breathe, sideBySide } from './pace.ts';
import type { PullContext } from './pullcontext.ts';
import { folderRow, vaultRow } from './rows.ts';

/** Brings the vaults up to date and gives them; copies of vaults that are closed to us now are erased. */
export async function pullVaults(context: PullContext): Promise<StoredVault[]> {
  const { client, mirror, vaultKeys, mode, signal, progress, changed } = context;
  progress('vaults', 0, 0);
  const [vaults, types] = await Promise.all([listVaults(client, signal), listVaultTypes(client, signal)]);
  refuseRepeats(vaults, 'vaultRepeated');
  let touched = await eraseMissingVaults(context, new Set(vaults.map(({ id }) => id)));
  const rows: StoredVault[] = [];
  for (const [index, vault] of vaults.entries()) {
    const delivered = withoutKeys(vaultRow(vault, types), mode);
    const row = vaultKeys === null ? delivered : mirror.transaction(() => vaultKeys.accept(delivered));
    const stored = mirror.vaults.get(row.id);
    if (stored?.contentHash !== row.contentHash || stored.keyWrapped !== row.keyWrapped) {
      mirror.vaults.upsert(row);
      touched = true;
    }
    rows.push(row);
    progress('vaults', index + 1, vaults.length);
    await breathe(signal);
  }
  if (touched) changed(null);
  return rows;
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
  const { mirror, vaultKeys, files, now } = context;
  const gone = mirror.vaults.all().filter(({ serverId }) => !listed.has(serverId));
  for (const vault of gone) {
    const localFiles = filesOfVault(context, vault.id);
    mirror.transaction(() => {
      vaultKeys?.forget(vault);
      mirror.vaults.remove(vault.id);
      mirror.notices.add({ at: now(), kind: 'vaultRemoved', subject: vault.name, recordId: null });
    });
    for (const localFile of localFiles) await files?.remove(localFile);
  }
  return gone.length > 0;
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
  const { client, signal, progress, mirror, changed } = context;
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
    if (sameFolders(mirror.folders.ofVault(vaultId), folders)) continue;
    mirror.transaction(() => {
      releaseMoved(context, vaultId, folders);
      mirror.folders.replaceForVault(vaultId, folders);
    });
    touched = true;
    await breathe(signal);
  }
  if (touched) changed(null);
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
