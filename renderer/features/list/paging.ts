/**
 * Rows of a list, fetched by the page as they come into view. Rows never wait for each other:
 * what is not here yet is a gap that fills later, and a refresh keeps the old rows in place
 * until the new ones have come, so that the list never flickers.
 */
import { ref, shallowReactive } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';
import type { RecordRow } from '../../../contract/records.ts';

export const pageSize = 100;

export interface RowPage {
  readonly total: number;
  readonly rows: readonly RecordRow[];
  readonly capped?: boolean;
}

export type FetchRows = (offset: number, limit: number) => Promise<Result<RowPage>>;

export interface RowPages {
  /** Null until the first answer. */
  readonly total: number | null;
  readonly capped: boolean;
  readonly failure: Failure | null;
  rowAt(index: number): RecordRow | undefined;
  /** Index of a row among the pages that are here, or -1. */
  indexOf(id: string): number;
  /** Fetches what is missing or out of date between two indices, inclusive. */
  want(first: number, last: number): Promise<void>;
  /** Everything may have changed: fetches the given rows again and the others when wanted. */
  refresh(first: number, last: number): Promise<void>;
  /** Answers still on their way are dropped from now on. */
  drop(): void;
}

/** `first` is a first page that is already at hand (a search brings its own). */
export function createRowPages(fetchRows: FetchRows, first?: RowPage): RowPages {
  const pages = shallowReactive(new Map<number, readonly RecordRow[]>());
  const fresh = new Set<number>();
  const underway = new Map<number, Promise<void>>();
  const total = ref<number | null>(null);
  const capped = ref(false);
  const failure = ref<Failure | null>(null);
  let generation = 0;

  function accept(page: number, answer: RowPage): void {
    pages.set(page, answer.rows);
    fresh.add(page);
    total.value = answer.total;
    capped.value = answer.capped ?? false;
    failure.value = null;
    for (const known of pages.keys()) if (known * pageSize >= Math.max(1, answer.total)) pages.delete(known);
  }

  function fetchPage(page: number): Promise<void> {
    const running = underway.get(page);
    if (running) return running;
    const asked = generation;
    const work = fetchRows(page * pageSize, pageSize).then((answer) => {
      if (asked !== generation) return;
      underway.delete(page);
      if (answer.ok) accept(page, answer.value);
      else failure.value = answer.error;
    });
    underway.set(page, work);
    return work;
  }

  async function want(from: number, to: number): Promise<void> {
    const end = total.value === null ? 0 : Math.max(0, total.value - 1);
    const lastPage = Math.floor(Math.min(Math.max(to, 0), end) / pageSize);
    const missing: Promise<void>[] = [];
    for (let page = Math.floor(Math.max(0, from) / pageSize); page <= lastPage; page += 1) {
      if (!fresh.has(page)) missing.push(fetchPage(page));
    }
    await Promise.all(missing);
  }

  async function refresh(from: number, to: number): Promise<void> {
    generation += 1;
    underway.clear();
    fresh.clear();
    await want(from, to);
  }

  function indexOf(id: string): number {
    for (const [page, rows] of pages) {
      const at = rows.findIndex((row) => row.id === id);
      if (at >= 0) return page * pageSize + at;
    }
    return -1;
  }

  if (first) accept(0, first);
  return {
    get total() {
      return total.value;
    },
    get capped() {
      return capped.value;
    },
    get failure() {
      return failure.value;
    },
    rowAt: (index) => pages.get(Math.floor(index / pageSize))?.[index % pageSize],
    indexOf,
    want,
    refresh,
    drop() {
      generation += 1;
      underway.clear();
    },
  };
}
