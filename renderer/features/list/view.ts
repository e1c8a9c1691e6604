/** One list as a person left it: its rows, what was selected and how far it was scrolled. */
import { ref } from 'vue';
import type { RecordRow, RecordScope, RecordSort } from '../../../contract/records.ts';
import { bridge } from '../../app/bridge.ts';
import { createRowPages, type RowPage, type RowPages } from './paging.ts';

export type ViewSource =
  | { readonly kind: 'place'; readonly scope: RecordScope; readonly sort: RecordSort }
  | { readonly kind: 'search'; readonly query: string };

export interface ListView {
  readonly key: string;
  readonly source: ViewSource;
  readonly rows: RowPages;
  /** The selected row; -1 when nothing is selected. */
  readonly selectedIndex: number;
  readonly selectedId: string | null;
  readonly selectedRow: RecordRow | null;
  /** Pixels from the top, kept for the return to this view. */
  readonly scrollTop: number;
  /** Indices of the first and last row in sight. */
  readonly inSight: readonly [number, number];
  /** The mirror has changed since this view was last shown. */
  outOfDate: boolean;
  select(index: number): Promise<void>;
  /** Selects a record by its id, whether or not it is in this list; null for none. Its line is found when it comes. */
  choose(id: string | null): void;
  /** Remembers how far the view is scrolled. */
  scrolledTo(top: number): void;
  /** The rows between two indices came into sight: what is missing of them is fetched. */
  look(first: number, last: number): void;
  /** Reads again what is in sight; the selection stays with its record wherever it moves. */
  refresh(): Promise<void>;
}

export function keyOf(source: ViewSource): string {
  return JSON.stringify(source);
}

function fetchFor(source: ViewSource) {
  if (source.kind === 'search') {
    return (offset: number, limit: number) =>
      bridge().records.search({ query: source.query, scope: null, offset, limit });
  }
  return (offset: number, limit: number) =>
    bridge().records.page({ scope: source.scope, sort: source.sort, offset, limit });
}

export function createListView(source: ViewSource, first?: RowPage): ListView {
  const rows = createRowPages(fetchFor(source), first);
  const selectedIndex = ref(-1);
  const selectedId = ref<string | null>(null);

  function settleSelection(): void {
    if (selectedId.value === null) return;
    const at = rows.indexOf(selectedId.value);
    if (at >= 0) selectedIndex.value = at;
    else if (rows.total !== null && selectedIndex.value >= rows.total) selectedIndex.value = rows.total - 1;
  }

  let scrollTop = 0;
  let inSight: readonly [number, number] = [0, 40];

  async function select(index: number): Promise<void> {
    selectedIndex.value = index;
    if (!rows.rowAt(index)) await rows.want(index, index);
    if (selectedIndex.value === index) selectedId.value = rows.rowAt(index)?.id ?? null;
  }

  const view: ListView = {
    key: keyOf(source),
    source,
    rows,
    get selectedIndex() {
      return selectedIndex.value;
    },
    get selectedId() {
      return selectedId.value;
    },
    get selectedRow() {
      return rows.rowAt(selectedIndex.value) ?? null;
    },
    get scrollTop() {
      return scrollTop;
    },
    get inSight() {
      return inSight;
    },
    scrolledTo(top) {
      scrollTop = top;
    },
    look(firstRow, lastRow) {
      inSight = [firstRow, lastRow];
      void rows.want(firstRow, lastRow);
    },
    outOfDate: false,
    choose(id) {
      selectedId.value = id;
      selectedIndex.value = id === null ? -1 : rows.indexOf(id);
    },
    select,
    async refresh() {
      view.outOfDate = false;
      await rows.refresh(...inSight);
      settleSelection();
    },
  };
  return view;
}
