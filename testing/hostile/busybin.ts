/**
 * The part of a busy organisation in which things go to the bin, come back and go for good, and
 * folders change places.
 */
import type { BusyRecord, BusyVault } from './busyplaces.ts';
import { BusyPlaces } from './busyplaces.ts';

/** Something in the bin, with all that comes back with it. */
interface Binned {
  readonly binItemId: string;
  readonly vault: BusyVault;
  readonly records: readonly BusyRecord[];
  /** Folders by id with their parents, the deleted one first; none of a record. */
  readonly folders: ReadonlyMap<string, string | null>;
}

export class BusyBin extends BusyPlaces {
  #binned: Binned[] = [];

  /** A folder and those below it, with their parents. */
  #subtree(vault: BusyVault, id: string): Map<string, string | null> {
    const found = new Map([[id, vault.folders.get(id) ?? null]]);
    for (const above of found.keys())
      for (const [folder, parent] of vault.folders) if (parent === above) found.set(folder, parent);
    return found;
  }

  async #drop(vault: BusyVault, path: string): Promise<string> {
    return (await vault.owner.http.send<{ binItemId: string }>('DELETE', path)).binItemId;
  }

  protected async deleteRecord(): Promise<boolean> {
    const record = this.any(this.records);
    if (record === null) return false;
    const { vault } = record;
    const binItemId = await this.#drop(vault, `/items/${record.id}`);
    this.#binned.push({ binItemId, vault, records: [record], folders: new Map() });
    this.forget((each) => each === record);
    return true;
  }

  protected async deleteFolder(): Promise<boolean> {
    const vault = this.choices.pick(this.vaults);
    const id = this.any([...vault.folders.keys()]);
    if (id === null || this.choices.oneIn(2)) return false;
    const binItemId = await this.#drop(vault, `/folders/${id}`);
    const folders = this.#subtree(vault, id);
    const isInside = (folderId: string | null) => folderId !== null && folders.has(folderId);
    const records = this.records.filter(({ folderId }) => isInside(folderId));
    this.#binned.push({ binItemId, vault, records, folders });
    for (const folder of folders.keys()) vault.folders.delete(folder);
    this.shortcuts = this.shortcuts.filter(({ folderId }) => !isInside(folderId));
    this.forget(({ folderId }) => isInside(folderId));
    return true;
  }

  /** Something of the bin whose vault still stands, taken from the book of it. */
  #takeBinned(): Binned | null {
    this.#binned = this.#binned.filter(({ vault }) => this.vaults.includes(vault));
    const binned = this.any(this.#binned);
    this.#binned = this.#binned.filter((each) => each !== binned);
    return binned;
  }

  protected async restoreFromBin(): Promise<boolean> {
    const binned = this.#takeBinned();
    if (binned === null) return false;
    const { binItemId, vault, records, folders } = binned;
    const to = this.choices.oneIn(3) ? { folderId: this.place(vault) } : {};
    const { id, folderId } = await vault.owner.http.send<{ id: string; folderId: string | null }>(
      'POST',
      `/bin/${binItemId}/restore`,
      to,
    );
    for (const [folder, parent] of folders) vault.folders.set(folder, folder === id ? folderId : parent);
    for (const record of records) if (record.id === id) record.folderId = folderId;
    this.records.push(...records);
    return true;
  }

  protected async deleteForGood(): Promise<boolean> {
    const binned = this.choices.oneIn(2) ? this.#takeBinned() : null;
    if (binned === null) return false;
    await binned.vault.owner.http.send('DELETE', `/bin/${binned.binItemId}`);
    return true;
  }

  protected async moveFolder(): Promise<boolean> {
    const vault = this.choices.pick(this.vaults);
    const id = this.any([...vault.folders.keys()]);
    if (id === null) return false;
    const inside = this.#subtree(vault, id);
    const parentFolderId = this.choices.pick([
      null,
      ...[...vault.folders.keys()].filter((folder) => !inside.has(folder)),
    ]);
    if (parentFolderId === vault.folders.get(id)) return false;
    await vault.owner.http.send('POST', `/folders/${id}/move`, { parentFolderId });
    vault.folders.set(id, parentFolderId);
    return true;
  }
}
