import { describe, expect, it } from 'vitest';
import type { Listing, PageWish } from '../../remote/index.ts';
import { listingPages, pageRows } from './listing.ts';

const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `id${index}`);

async function gather(read: (page: PageWish | null) => Promise<Listing<string>>, paged: boolean, start = 0) {
  const rows: string[] = [];
  for await (const page of listingPages(read, (id) => id, { paged, start })) rows.push(...page.rows);
  return rows;
}

describe('a long listing', () => {
  it.each([0, 1, pageRows - 1, pageRows, pageRows + 1, 3 * pageRows])(
    'of %i rows is read to its end',
    async (count) => {
      const all = ids(count);
      for (const total of [count, null]) {
        const rows = await gather(
          async (page) => ({
            rows: all.slice(page?.offset, (page?.offset ?? 0) + (page?.limit ?? 0)),
            total,
          }),
          true,
        );
        expect(rows).toEqual(all);
      }
    },
  );

  it('is asked for at once from a server without pages', async () => {
    const wishes: (PageWish | null)[] = [];
    const rows = await gather(async (page) => {
      wishes.push(page);
      return { rows: ids(1000), total: null };
    }, false);
    expect([wishes, rows.length]).toEqual([[null], 1000]);
  });

  it('from a server that ignores the limit is taken as it comes', async () => {
    expect(await gather(async () => ({ rows: ids(1000), total: null }), true)).toHaveLength(1000);
  });

  it('that repeats itself for ever is refused', async () => {
    const same = { rows: ids(pageRows), total: null };
    await expect(gather(async () => same, true)).rejects.toMatchObject({
      code: 'badAnswer',
      params: { reason: 'repeated' },
    });
  });

  it('that grows at its head gives no row twice', async () => {
    let all = ids(pageRows + 50);
    const rows = await gather(async (page) => {
      const slice = all.slice(page?.offset, (page?.offset ?? 0) + pageRows);
      all = ['new', ...all];
      return { rows: slice, total: null };
    }, true);
    expect(new Set(rows).size).toBe(rows.length);
  });

  it('goes on where it is told to', async () => {
    const all = ids(500);
    const rows = await gather(
      async (page) => ({ rows: all.slice(page?.offset, (page?.offset ?? 0) + pageRows), total: 500 }),
      true,
      400,
    );
    expect(rows).toEqual(all.slice(400));
  });

  it('fails where a page fails, once and for whoever reads', async () => {
    let asked = 0;
    const read = async (): Promise<Listing<string>> => {
      if (++asked === 2) throw new Error('line is down');
      return { rows: ids(pageRows), total: 900 };
    };
    await expect(gather(read, true)).rejects.toThrow('line is down');
    expect(asked).toBe(2);
  });
});
