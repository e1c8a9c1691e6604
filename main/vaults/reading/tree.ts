/** The tree at the left of the window, read from the mirror. */
import type { FolderNode, TreeOverview, VaultNode, VaultTrust } from '../../../contract/tree.ts';
import type { Mirror, StoredVault } from '../../mirror/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

/** Wire codes of rights without which nothing can be changed in a vault (Passwork 7, vault permissions). */
const writeRight = 'item:edit';

export class VaultTree {
  readonly #current: () => OpenAccount;

  constructor(current: () => OpenAccount) {
    this.#current = current;
  }

  /** Vaults by kind and name with their counts, and the counts of the gathered lists. */
  overview(): TreeOverview {
    const { mirror } = this.#current();
    const perVault = mirror.vaults.counts();
    const counts = mirror.records.counts();
    const vaults = mirror.vaults.all().map((vault): VaultNode => {
      const trust = trustOf(mirror, vault);
      const open = this.#current().profile.mode === 'none';
      const usable = open || trust === 'verified' || trust === 'unverified';
      const has = (right: string): boolean => vault.permissions.includes(right);
      const may = (right: string): boolean => usable && has(right);
      return {
        id: vault.id,
        name: vault.name,
        kind: vault.kind,
        recordCount: perVault.get(vault.id)?.records ?? 0,
        folderCount: perVault.get(vault.id)?.folders ?? 0,
        trust: open ? 'verified' : trust,
        writable: may(writeRight),
        hidden: vault.hidden,
        can: {
          addRecords: may('object:createAndImport'),
          editFolders: may('directory:edit'),
          export: may('directory:export'),
          // No secret is read or written for these, so a key in doubt stands in the way of none.
          seeAccess: has('directory:access:read'),
          manageAccess: has('directory:access:manage'),
          remove: has('vault:delete'),
          leave: has('vault:leave'),
        },
      };
    });
    return {
      vaults,
      totalCount: counts.total,
      favouriteCount: counts.favourites,
      recentCount: counts.recent,
      inboxCount: counts.inbox,
      inboxUnread: counts.inboxUnread,
      shortcutCount: counts.shortcuts,
      binCount: mirror.bin.count(),
      conflictCount: mirror.conflicts.count(),
    };
  }

  /** Every folder of a vault, parents before children, siblings by name. */
  folders(vaultId: string): FolderNode[] {
    const { mirror } = this.#current();
    const counts = mirror.folders.countsOfVault(vaultId);
    const folders = mirror.folders.ofVault(vaultId);
    const placed = new Set<string>();
    // Parents come first; one that has not come yet is out of reach or closes a ring.
    const children = Map.groupBy(folders, ({ id, parentId }) => {
      placed.add(id);
      return parentId !== null && placed.has(parentId) && parentId !== id ? parentId : null;
    });
    const ordered: FolderNode[] = [];
    const visit = (parentId: string | null): void => {
      for (const folder of children.get(parentId) ?? []) {
        ordered.push({
          id: folder.id,
          parentId,
          name: folder.name,
          recordCount: counts.get(folder.id)?.records ?? 0,
          childCount: children.get(folder.id)?.length ?? 0,
          pending: counts.get(folder.id)?.pending ?? false,
        });
        visit(folder.id);
      }
    };
    visit(null);
    return ordered;
  }
}

/** How far a vault's key is trusted in an account with client-side encryption. */
export function trustOf(mirror: Mirror, vault: StoredVault): VaultTrust {
  return mirror.pins.vaultKey(vault.id)?.trust ?? (vault.keyWrapped === null ? 'keyMissing' : 'unverified');
}
