/**
 * Rows of a long list of the server's, fetched by the page as they come into view. Every wish ends
 * what was asked before it, so that an answer to an older filter never shows.
 */
import { ref, shallowReactive, shallowRef } from 'vue';
import type { Failure, Result } from '../../../contract/index.ts';

export const rowPageSize = 100;

export interface FetchedRows<Row> {
  readonly total: number;
  readonly rows: readonly Row[];
}

export type FetchRowPage<Row> = (offset: number, limit: number) => Promise<Result<FetchedRows<Row>>>;

export function createRemoteRows<Row>(fetchRows: FetchRowPage<Row>) {
  const pages = shallowReactive(new Map<number, readonly Row[]>());
  const underway = new Set<number>();
  /** Null until the first answer. */
  const total = ref<number | null>(null);
  const failure = shallowRef<Failure | null>(null);
  let generation = 0;

  async function fetchPage(page: number): Promise<void> {
    const asked = generation;
    underway.add(page);
    const answer = await fetchRows(page * rowPageSize, rowPageSize);
    if (asked !== generation) return;
    underway.delete(page);
    failure.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    pages.set(page, answer.value.rows);
    total.value = answer.value.total;
  }

  /** Fetches what is missing between two indices, inclusive. */
  async function want(first: number, last: number): Promise<void> {
    const end = Math.max(0, (total.value ?? 1) - 1);
    const from = Math.floor(Math.max(0, first) / rowPageSize);
    const to = Math.floor(Math.min(Math.max(0, last), end) / rowPageSize);
    const missing: Promise<void>[] = [];
    for (let page = from; page <= to; page += 1) {
      if (!pages.has(page) && !underway.has(page)) missing.push(fetchPage(page));
    }
    await Promise.all(missing);
  }

  /** Everything may be different now: begins at the first page again. */
  async function restart(): Promise<void> {
    drop();
    pages.clear();
    total.value = null;
    failure.value = null;
    await fetchPage(0);
  }

  /** Answers still on their way are dropped from now on. */
  function drop(): void {
    generation += 1;
    underway.clear();
  }

  const rowAt = (index: number): Row | undefined =>
    pages.get(Math.floor(index / rowPageSize))?.[index % rowPageSize];

  return {
    /** Null until the first answer. */
    get total() {
      return total.value;
    },
    get failure() {
      return failure.value;
    },
    ...{ rowAt, want, restart, drop },
  };
}
export type RemoteRows<Row> = ReturnType<typeof createRemoteRows<Row>>;
