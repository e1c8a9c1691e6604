/** Changing the tree: folders made, renamed, moved and deleted, as durable as records. */
import { StrongroomError } from '../../../contract/errors.ts';
import type { StoredFolder } from '../../mirror/index.ts';
import { binFolder } from '../../sync/index.ts';
import { commitFolder, newId } from './committing.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { vaultFor } from './rights.ts';
import type { Right } from './rights.ts';

export class FolderEditing {
  readonly #current: () => OpenAccount;
  readonly #now: () => number;

  constructor({ current, now = Date.now }: { current: () => OpenAccount; now?: () => number }) {
    this.#current = current;
    this.#now = now;
  }

  /** Throws `nameMissing`, `noSuchVault`, `noSuchFolder`, `forbidden`. */
  create(vaultId: string, parentId: string | null, name: string): { folderId: string } {
    const account = this.#current();
    vaultFor(account, vaultId, 'object:createAndImport');
    this.#refuseForeign(account, parentId, vaultId);
    const id = newId();
    const folder = { id, serverId: '', vaultId, parentId, name: named(name), color: 0, contentHash: '' };
    const change = { kind: 'createFolder', vaultId, parentId, name: folder.name } as const;
    commitFolder(account.mirror, null, folder, change, this.#now());
    account.edited(null);
    return { folderId: id };
  }

  /** Throws `nameMissing`, `noSuchFolder`, `forbidden`. */
  rename(folderId: string, name: string): void {
    const account = this.#current();
    const folder = folderFor(account, folderId, 'directory:edit');
    const next = { ...folder, name: named(name) };
    if (next.name === folder.name) return;
    const change = { kind: 'renameFolder', name: next.name } as const;
    commitFolder(account.mirror, folder, next, change, this.#now());
    account.edited(null);
  }

  /** Within its vault. Throws `folderIntoItself`, `noSuchFolder`, `forbidden`. */
  move(folderId: string, parentId: string | null): void {
    const account = this.#current();
    const folder = folderFor(account, folderId, 'directory:move');
    if (folder.parentId === parentId) return;
    this.#refuseForeign(account, parentId, folder.vaultId);
    if (parentId !== null && account.mirror.folders.subtreeIds(folderId).includes(parentId)) {
      throw new StrongroomError('folderIntoItself');
    }
    const change = { kind: 'moveFolder', parentId } as const;
    commitFolder(account.mirror, folder, { ...folder, parentId }, change, this.#now());
    account.edited(null);
  }

  /** To the bin, with everything in it. Throws `noSuchFolder`, `forbidden`. */
  remove(folderId: string): void {
    const account = this.#current();
    folderFor(account, folderId, 'directory:delete');
    account.mirror.durable(() => binFolder(account.mirror, folderId, this.#now()));
    account.edited(null);
  }

  #refuseForeign({ mirror }: OpenAccount, parentId: string | null, vaultId: string): void {
    if (parentId !== null && mirror.folders.get(parentId)?.vaultId !== vaultId) {
      throw new StrongroomError('noSuchFolder');
    }
  }
}

function folderFor(account: OpenAccount, folderId: string, right: Right): StoredFolder {
  const folder = account.mirror.folders.get(folderId);
  if (folder === null) throw new StrongroomError('noSuchFolder');
  vaultFor(account, folder.vaultId, right);
  return folder;
}

function named(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '') throw new StrongroomError('nameMissing');
  return trimmed;
}
