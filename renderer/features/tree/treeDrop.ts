/** The tree as a place to put things: which line takes what is carried, and opening lines on the way. */
import { onScopeDispose, ref } from 'vue';
import { useDragging, type DropPlace } from '../many/dragging.ts';
import { isPlace, type PlaceItem, type TreeItem } from './rows.ts';
import { useTree } from './tree.ts';

/** A closed line that something is held over for this long opens. */
const openAfterMs = 600;

export function useTreeDrop() {
  const dragging = useDragging();
  const tree = useTree();
  /** The line that would take what is carried, or null. */
  const targetKey = ref<string | null>(null);
  let overKey: string | null = null;
  let opening: ReturnType<typeof setTimeout> | undefined;

  function placeOf(item: PlaceItem): DropPlace | null {
    if (item.kind === 'vault') return { vault: item.vault, folder: null };
    const vault = tree.overview?.vaults.find(({ id }) => id === item.vaultId);
    return vault ? { vault, folder: item.folder } : null;
  }

  function fits(item: TreeItem): DropPlace | null {
    const place = isPlace(item) ? placeOf(item) : null;
    return place !== null && dragging.fits(place) ? place : null;
  }

  /** Only folders can be carried away from the tree. */
  function carry(item: TreeItem, event: DragEvent): void {
    if (item.kind === 'folder') {
      dragging.begin(event, { kind: 'folder', folder: item.folder, vaultId: item.vaultId });
    }
  }

  function over(item: TreeItem, event: DragEvent): void {
    if (dragging.carried === null) return;
    const allowed = fits(item) !== null;
    targetKey.value = allowed ? item.key : null;
    if (allowed) event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = allowed ? 'move' : 'none';
    if (overKey === item.key) return;
    overKey = item.key;
    clearTimeout(opening);
    if (isPlace(item) && item.expandable && !item.expanded) {
      opening = setTimeout(() => tree.expand(item.key), openAfterMs);
    }
  }

  function settle(): void {
    clearTimeout(opening);
    overKey = null;
    targetKey.value = null;
  }

  function leave(item: TreeItem): void {
    if (overKey === item.key) settle();
  }

  function drop(item: TreeItem, event: DragEvent): void {
    const place = fits(item);
    settle();
    if (place === null) return;
    event.preventDefault();
    event.stopPropagation();
    void dragging.drop(place);
  }

  function end(): void {
    settle();
    dragging.end();
  }

  onScopeDispose(settle);
  return { targetKey, carry, over, leave, drop, end };
}
