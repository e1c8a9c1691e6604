/** The tree at the left: counts, vaults, folders fetched vault by vault, and what stands open. */
import { defineStore } from 'pinia';
import { computed, ref, shallowReactive, shallowRef } from 'vue';
import type { Failure } from '../../../contract/index.ts';
import type { Place } from '../../../contract/editing.ts';
import type { FolderNode, TreeOverview } from '../../../contract/tree.ts';
import { useSearches } from '../finding/searches.ts';
import { bridge } from '../../app/bridge.ts';
import { type Folders, treeRows } from './rows.ts';

export const useTree = defineStore('tree', () => {
  const overview = shallowRef<TreeOverview | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const folders = shallowReactive(new Map<string, Folders>());
  const expanded = shallowReactive(new Set<string>());
  /** The line that keys act on: a key of `rows`. */
  const activeKey = ref<string>('all');
  let generation = 0;

  const rows = computed(() =>
    overview.value ? treeRows(overview.value, folders, expanded, useSearches().all) : [],
  );

  async function load(): Promise<void> {
    const asked = generation;
    const answer = await bridge().tree.overview({});
    if (asked !== generation) return;
    failure.value = answer.ok ? null : answer.error;
    if (answer.ok) overview.value = answer.value;
  }

  async function loadFolders(vaultId: string): Promise<void> {
    const asked = generation;
    if (folders.get(vaultId)?.status !== 'here') folders.set(vaultId, { status: 'waiting' });
    const answer = await bridge().tree.folders({ vaultId });
    if (asked !== generation) return;
    folders.set(
      vaultId,
      answer.ok ? { status: 'here', folders: answer.value.folders } : { status: 'failed' },
    );
  }

  /** Opens a vault or folder; a vault's folders are fetched the first time. */
  function expand(key: string): void {
    expanded.add(key);
    const isVault = overview.value?.vaults.some((vault) => vault.id === key) ?? false;
    if (isVault && folders.get(key)?.status !== 'here') void loadFolders(key);
  }

  /** Closes it; what stood open below is remembered for the next opening. */
  function collapse(key: string): void {
    expanded.delete(key);
  }

  async function mirrorChanged(): Promise<void> {
    await load();
    const vaults = new Set(overview.value?.vaults.map((vault) => vault.id));
    for (const vaultId of folders.keys()) if (!vaults.has(vaultId)) folders.delete(vaultId);
    await Promise.all([...folders.keys()].map(loadFolders));
  }

  /** The folder with this id, among those that have been fetched. */
  function folder(folderId: string): FolderNode | null {
    for (const known of folders.values()) {
      const found = known.status === 'here' ? known.folders.find(({ id }) => id === folderId) : undefined;
      if (found) return found;
    }
    return null;
  }

  /** How many folders lie in a folder, at any depth, as far as they have been fetched. */
  function countBelow(folderId: string): number {
    const vaultId = vaultOf(folderId);
    const known = vaultId === null ? undefined : folders.get(vaultId);
    if (known?.status !== 'here') return 0;
    const inside = new Set([folderId]);
    // Parents stand before their children.
    for (const { id, parentId } of known.folders)
      if (parentId !== null && inside.has(parentId)) inside.add(id);
    return inside.size - 1;
  }

  /** The vault of a folder that has been fetched. */
  function vaultOf(folderId: string): string | null {
    for (const [vaultId, known] of folders) {
      if (known.status === 'here' && known.folders.some(({ id }) => id === folderId)) return vaultId;
    }
    return null;
  }

  /** Opens everything above and at a place, so that what is in it is in sight. */
  async function show(place: Place): Promise<void> {
    expanded.add(place.vaultId);
    await Promise.all([load(), loadFolders(place.vaultId)]);
    for (let id = place.folderId; id !== null; id = folder(id)?.parentId ?? null) expanded.add(id);
  }

  /** Names of a place, outermost first, as far as they have been fetched. */
  function namesOf(place: Place): string[] {
    const names: string[] = [];
    for (let id = place.folderId; id !== null;) {
      const found = folder(id);
      if (found) names.unshift(found.name);
      id = found?.parentId ?? null;
    }
    const vault = overview.value?.vaults.find(({ id }) => id === place.vaultId);
    return [vault?.name ?? '', ...names];
  }

  function forget(): void {
    generation += 1;
    overview.value = null;
    failure.value = null;
    folders.clear();
    expanded.clear();
    activeKey.value = 'all';
  }

  return {
    overview,
    failure,
    folders,
    expanded,
    activeKey,
    rows,
    load,
    loadFolders,
    folder,
    vaultOf,
    countBelow,
    show,
    namesOf,
    expand,
    collapse,
    mirrorChanged,
    forget,
  };
});
