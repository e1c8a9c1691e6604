/**
 * The list in the middle: a place of the tree, or the results of a search. Views are kept as
 * they were left, so that going back costs nothing and loses nothing.
 */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Failure } from '../../../contract/index.ts';
import type { RecordScope, RecordSort } from '../../../contract/records.ts';
import { bridge } from '../../app/bridge.ts';
import { pageSize } from './paging.ts';
import { createListView, keyOf, type ListView, type ViewSource } from './view.ts';

/** How many left views are kept with their rows. */
const keptViews = 12;

const byName: RecordSort = { by: 'name', descending: false };
const newestFirst: RecordSort = { by: 'updated', descending: true };

export const useList = defineStore('list', () => {
  // Shallow, since they cross the bridge as they are and a reactive proxy cannot.
  const scope = shallowRef<RecordScope>({ kind: 'all' });
  const sort = shallowRef<RecordSort>(byName);
  const query = ref('');
  const searchFailure = ref<Failure | null>(null);
  const view = shallowRef<ListView | null>(null);
  const kept = new Map<string, ListView>();
  let searchNumber = 0;
  let frame: number | null = null;

  /** The middle pane shows the bin; a search still shows its results. */
  const binChosen = ref(false);

  const searching = computed(() => view.value?.source.kind === 'search');
  const binShown = computed(() => binChosen.value && !searching.value);
  const selectedId = computed(() => (binShown.value ? null : (view.value?.selectedId ?? null)));

  function placeSource(): ViewSource {
    const order = scope.value.kind === 'recent' ? newestFirst : sort.value;
    return { kind: 'place', scope: scope.value, sort: order };
  }

  function keep(made: ListView): void {
    kept.delete(made.key);
    kept.set(made.key, made);
    const [oldest] = kept.keys();
    if (kept.size > keptViews && oldest !== undefined) {
      kept.get(oldest)?.rows.drop();
      kept.delete(oldest);
    }
  }

  function showPlace(): void {
    const source = placeSource();
    const made = kept.get(keyOf(source)) ?? createListView(source);
    keep(made);
    view.value = made;
    if (made.outOfDate) void made.refresh();
    else void made.rows.want(...made.inSight);
  }

  function goTo(next: RecordScope): void {
    binChosen.value = false;
    scope.value = next;
    query.value = '';
    stopSearch();
    showPlace();
  }

  function showBin(): void {
    binChosen.value = true;
    clearSearch();
  }

  function sortBy(next: RecordSort): void {
    sort.value = next;
    showPlace();
  }

  function stopSearch(): void {
    searchNumber += 1;
    searchFailure.value = null;
    if (frame !== null) cancelAnimationFrame(frame);
    frame = null;
  }

  /** Takes what was typed; the search itself starts with the next frame, never blocking the input. */
  function setQuery(typed: string): void {
    query.value = typed;
    frame ??= requestAnimationFrame(() => {
      frame = null;
      if (query.value.trim() === '') {
        stopSearch();
        showPlace();
      } else void search(query.value);
    });
  }

  async function search(text: string): Promise<void> {
    const number = ++searchNumber;
    const answer = await bridge().records.search({ query: text, scope: null, offset: 0, limit: pageSize });
    if (number !== searchNumber) return;
    searchFailure.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    const results = createListView({ kind: 'search', query: text }, answer.value);
    const picked = searching.value && (view.value?.selectedIndex ?? 0) > 0 ? selectedId.value : null;
    if (searching.value) view.value?.rows.drop();
    view.value = results;
    // Whoever has moved down the results keeps their record while it is still among them.
    const at = picked === null ? 0 : Math.max(0, results.rows.indexOf(picked));
    if (answer.value.rows.length > 0) void results.select(at);
  }

  /** Back to the place, its selection and its scroll position as they were before the search. */
  function clearSearch(): void {
    query.value = '';
    stopSearch();
    showPlace();
  }

  /** The mirror changed: what is shown is read again, the rest when it is shown next. */
  async function mirrorChanged(): Promise<void> {
    for (const other of kept.values()) other.outOfDate = true;
    await view.value?.refresh();
  }

  /** Who takes the place of a selected record that is about to go: the next line, else the one before. */
  function neighbour(id: string): string | null {
    const shown = view.value;
    if (!shown || shown.selectedId !== id) return null;
    const { rows, selectedIndex } = shown;
    return (rows.rowAt(selectedIndex + 1) ?? rows.rowAt(selectedIndex - 1))?.id ?? null;
  }

  /** After a failure: the same question once more. */
  async function retry(): Promise<void> {
    if (query.value.trim() === '') await view.value?.refresh();
    else await search(query.value);
  }

  function forget(): void {
    stopSearch();
    for (const known of kept.values()) known.rows.drop();
    view.value?.rows.drop();
    kept.clear();
    binChosen.value = false;
    view.value = null;
    scope.value = { kind: 'all' };
    sort.value = byName;
    query.value = '';
  }

  return {
    scope,
    sort,
    query,
    searchFailure,
    view,
    searching,
    binShown,
    selectedId,
    showPlace,
    goTo,
    showBin,
    neighbour,
    sortBy,
    setQuery,
    clearSearch,
    mirrorChanged,
    retry,
    forget,
  };
});
