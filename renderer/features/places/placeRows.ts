/** The places that something can be put in, as the flat lines of the dialog that picks one. */
import type { Place } from '../../../contract/editing.ts';
import type { FolderNode, VaultNode } from '../../../contract/tree.ts';

/** Why a place cannot be picked. */
export type PlaceBar = 'readOnly' | 'keyMissing' | 'keyChanged' | 'itself' | 'here';

export interface PlaceRow {
  readonly key: string;
  readonly place: Place;
  readonly name: string;
  /** Names above it, outermost first; empty for a vault. */
  readonly above: readonly string[];
  readonly level: number;
  readonly bar: PlaceBar | null;
}

export interface PlaceQuestion {
  /** What is put there: records, or a folder with everything in it. */
  readonly what: 'records' | 'folder';
  /** The folder that is moved; neither it nor what is in it can take it. */
  readonly folderId: string | null;
  /** Only places of this vault; null for all. */
  readonly vaultId: string | null;
  /** Where it lies now. */
  readonly from: Place | null;
}

export function samePlace(one: Place | null, other: Place | null): boolean {
  return one !== null && one.vaultId === other?.vaultId && one.folderId === other.folderId;
}

function barOfVault(vault: VaultNode, question: PlaceQuestion): PlaceBar | null {
  if (vault.trust === 'keyMissing' || vault.trust === 'keyChanged') return vault.trust;
  const allowed = question.what === 'folder' ? vault.can.editFolders : vault.can.addRecords;
  return allowed ? null : 'readOnly';
}

function rowsOfVault(vault: VaultNode, folders: readonly FolderNode[], question: PlaceQuestion): PlaceRow[] {
  const vaultBar = barOfVault(vault, question);
  const row = (folder: FolderNode | null, above: readonly string[], bar: PlaceBar | null): PlaceRow => {
    const place = { vaultId: vault.id, folderId: folder?.id ?? null };
    const here = samePlace(question.from, place) ? 'here' : null;
    return {
      key: folder?.id ?? vault.id,
      place,
      name: folder?.name ?? vault.name,
      above,
      level: above.length,
      bar: vaultBar ?? bar ?? here,
    };
  };
  const rows = [row(null, [], null)];
  const children = Map.groupBy(folders, ({ parentId }) => parentId);
  const visit = (parentId: string | null, above: readonly string[], inside: boolean): void => {
    for (const folder of children.get(parentId) ?? []) {
      const itself = inside || folder.id === question.folderId;
      rows.push(row(folder, above, itself ? 'itself' : null));
      visit(folder.id, [...above, folder.name], itself);
    }
  };
  visit(null, [vault.name], false);
  return rows;
}

/** Every place in the order of the tree. */
export function placeRows(
  vaults: readonly VaultNode[],
  folders: ReadonlyMap<string, readonly FolderNode[]>,
  question: PlaceQuestion,
): PlaceRow[] {
  return vaults
    .filter(({ id }) => question.vaultId === null || question.vaultId === id)
    .flatMap((vault) => rowsOfVault(vault, folders.get(vault.id) ?? [], question));
}

/** The places whose name, with the names above it, holds every word that was typed. */
export function narrow(rows: readonly PlaceRow[], typed: string): PlaceRow[] {
  const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...rows];
  return rows.filter(({ name, above }) => {
    const text = [...above, name].join(' ').toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  });
}
