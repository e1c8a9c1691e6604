/**
 * Walking a long listing page by page, the next page already on its way while one is worked in.
 *
 * Pages are kept small: parsing one of them blocks the thread that answers the window. A
 * server without paging gives everything at once, which is then one long page.
 */
import { StrongroomError } from '../../../contract/index.ts';
import type { Listing, PageWish } from '../../remote/index.ts';

/** Rows of one page: about 3 ms of parsing with ordinary records, and as much of reading by shape. */
export const pageRows = 100;

export interface Page<Row> {
  /** Rows that no earlier page had; a list that grows at its head while it is read repeats some. */
  readonly rows: readonly Row[];
  /** Rows up to and including this page. */
  readonly reached: number;
  readonly total: number | null;
}

/**
 * Pages of a listing from row `start` on.
 * @throws StrongroomError `badAnswer` if the server repeats itself instead of going on.
 */
export async function* listingPages<Row>(
  read: (page: PageWish | null) => Promise<Listing<Row>>,
  idOf: (row: Row) => string,
  options: { readonly paged: boolean; readonly start: number },
): AsyncGenerator<Page<Row>, void, undefined> {
  const seen = new Set<string>();
  let reached = options.start;
  let next = fetchPage(read, options.paged ? reached : null);
  for (;;) {
    const { rows, total } = await next;
    const fresh = rows.filter((row) => !seen.has(idOf(row)));
    for (const row of fresh) seen.add(idOf(row));
    if (rows.length > 0 && fresh.length === 0) throw new StrongroomError('badAnswer', { reason: 'repeated' });
    reached += rows.length;
    // Without a total, a page of any other length than asked for is the last, or was not cut at all.
    const more =
      options.paged && rows.length > 0 && (total === null ? rows.length === pageRows : reached < total);
    if (more) next = fetchPage(read, reached);
    yield { rows: fresh, reached, total };
    if (!more) return;
  }
}

function fetchPage<Row>(
  read: (page: PageWish | null) => Promise<Listing<Row>>,
  offset: number | null,
): Promise<Listing<Row>> {
  const page = read(offset === null ? null : { limit: pageRows, offset });
  // A page fetched ahead may fail while nobody waits for it yet; whoever awaits it gets the error.
  page.catch(() => undefined);
  return page;
}
