import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { done, later } from '../../../testing/renderer/fake-bridge.ts';
import type { Result } from '../../../contract/errors.ts';
import type { RecordRow } from '../../../contract/records.ts';
import { createRowPages, pageSize, type RowPage } from './paging.ts';

function row(id: string): RecordRow {
  return {
    id,
    kind: 'record',
    name: `Record ${id}`,
    login: '',
    host: '',
    tags: [],
    color: 0,
    favourite: false,
    vaultId: null,
    place: [],
    hasTotp: null,
    attachmentCount: 0,
    flagged: false,
    unread: false,
    pending: false,
    conflict: false,
    updatedAt: null,
  };
}

/** A list of the given ids on the far side, counting what is asked of it. */
function source(ids: () => readonly string[]) {
  const asked: number[] = [];
  const fetchRows = async (offset: number, limit: number): Promise<Result<RowPage>> => {
    asked.push(offset);
    const all = ids();
    return done({ total: all.length, rows: all.slice(offset, offset + limit).map(row) });
  };
  return { asked, fetchRows };
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => `r${index}`);

describe('rows by the page', () => {
  it('fetches only the pages in sight, each once', async () => {
    const far = source(() => numbers(1000));
    const rows = createRowPages(far.fetchRows);
    await rows.want(0, 20);
    await rows.want(0, 40);
    await rows.want(480, 520);
    expect(far.asked).toEqual([0, 400, 500]);
    expect(rows.total).toBe(1000);
    expect(rows.rowAt(505)?.id).toBe('r505');
    expect(rows.rowAt(250)).toBeUndefined();
  });

  it('asks for a page that is on its way only once', async () => {
    const far = source(() => numbers(10));
    const rows = createRowPages(far.fetchRows);
    await Promise.all([rows.want(0, 5), rows.want(0, 9)]);
    expect(far.asked).toEqual([0]);
  });

  it('finds every row at its index, whatever is looked at', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 450 }),
        fc.array(fc.nat(500), { maxLength: 6 }),
        async (count, looks) => {
          const rows = createRowPages(source(() => numbers(count)).fetchRows);
          await rows.want(0, 0);
          for (const at of looks) await rows.want(at, at + 3);
          for (let index = 0; index < count; index += 1) {
            const here = rows.rowAt(index);
            if (here) expect(here.id).toBe(`r${index}`);
          }
          expect(rows.rowAt(count)).toBeUndefined();
          expect(rows.total).toBe(count);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('keeps the old rows while a refresh is on its way, and then takes the new order', async () => {
    let ids: readonly string[] = numbers(150);
    const far = source(() => ids);
    const rows = createRowPages(far.fetchRows);
    await rows.want(0, 149);
    ids = ['new', ...ids];
    const refreshed = rows.refresh(0, 20);
    expect(rows.rowAt(0)?.id).toBe('r0');
    await refreshed;
    expect(rows.rowAt(0)?.id).toBe('new');
    expect(rows.indexOf('r0')).toBe(1);
    expect(rows.total).toBe(151);
  });

  it('lets go of rows past a new end', async () => {
    let ids: readonly string[] = numbers(250);
    const rows = createRowPages(source(() => ids).fetchRows);
    await rows.want(0, 249);
    ids = numbers(3);
    await rows.refresh(0, 10);
    expect(rows.rowAt(120)).toBeUndefined();
    expect(rows.rowAt(2)?.id).toBe('r2');
  });

  it('drops an answer from before a refresh', async () => {
    const old = later<Result<RowPage>>();
    const answers = [old.promise, Promise.resolve(done({ total: 1, rows: [row('fresh')] }))];
    const rows = createRowPages(async () => (await answers.shift()) ?? done({ total: 0, rows: [] }));
    const first = rows.want(0, 10);
    await rows.refresh(0, 10);
    old.resolve(done({ total: 1, rows: [row('stale')] }));
    await first;
    expect(rows.rowAt(0)?.id).toBe('fresh');
  });

  it('keeps a failure until a page arrives', async () => {
    let broken = true;
    const rows = createRowPages(async () =>
      broken ? { ok: false, error: { code: 'mirrorDamaged', params: {} } } : done({ total: 0, rows: [] }),
    );
    await rows.want(0, pageSize);
    expect(rows.failure?.code).toBe('mirrorDamaged');
    broken = false;
    await rows.refresh(0, 10);
    expect(rows.failure).toBeNull();
    expect(rows.total).toBe(0);
  });
});
