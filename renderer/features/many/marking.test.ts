// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { nextTick } from 'vue';
import { done, type FakeBridge, fakeBridge } from '../../../testing/renderer/fake-bridge.ts';
import type { RecordRow } from '../../../contract/records.ts';
import { useToasts } from '../../ui/toasts.ts';
import { useExporting } from '../exchange/exporting.ts';
import { useList } from '../list/list.ts';
import { useManyActions } from './manyActions.ts';
import { useMarking } from './marking.ts';
import { useTagging } from './tagging.ts';

const total = 2500;
const row = (index: number): RecordRow => ({
  ...{ id: `r${index}`, kind: 'record', name: `R${index}`, login: '', host: '', tags: [], color: 0 },
  ...{ favourite: false, vaultId: null, place: [], hasTotp: null, attachmentCount: 0, flagged: false },
  ...{ unread: false, pending: false, conflict: false, updatedAt: null },
});
const between = (first: number, last: number): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `r${first + index}`);

let bridge: FakeBridge;
/** The portion of a deletion that the far side refuses. */
let refused: number | null;
/** A record that another device has deleted. */
let gone: string | null;

beforeEach(async () => {
  setActivePinia(createPinia());
  refused = null;
  gone = null;
  let portions = 0;
  bridge = fakeBridge({
    records: {
      page: ({ offset, limit }) =>
        done({
          total,
          rows: Array.from({ length: Math.min(limit, total - offset) }, (_, at) => row(offset + at)),
        }),
      ids: () => done({ ids: between(0, total - 1).filter((id) => id !== gone) }),
    },
    editing: {
      remove: ({ recordIds }) => {
        if (gone !== null && recordIds.includes(gone)) {
          return { ok: false, error: { code: 'noSuchRecord', params: {} } };
        }
        portions += 1;
        return portions === refused ? { ok: false, error: { code: 'forbidden', params: {} } } : done({});
      },
      changeTags: () => done({}),
    },
    bin: { restore: () => done({}) },
  });
  vi.stubGlobal('strongroom', bridge.api);
  const list = useList();
  list.showPlace();
  await vi.waitFor(() => expect(list.view?.rows.rowAt(0)?.id).toBe('r0'));
});

const marked = (): string[] => [...useMarking().ids];
const sent = (name: string): string[][] =>
  bridge.calls
    .filter((call) => call.name === name)
    .map(
      ({ input }) =>
        (input as { recordIds?: string[]; ids?: string[] }).recordIds ?? (input as { ids: string[] }).ids,
    );

describe('marking', () => {
  it('begins with the record in the pane and one more', async () => {
    await useList().view?.select(3);
    await useMarking().toggle(5);
    expect(marked()).toEqual(['r3', 'r5']);
    await useMarking().toggle(3);
    expect(marked()).toEqual(['r5']);
  });

  it('takes a range from the line that was picked last, either way, again and again', async () => {
    const marking = useMarking();
    marking.restart(10);
    await marking.extendTo(13);
    expect(marked()).toEqual(between(10, 13));
    await marking.extendTo(8);
    expect(marked().sort()).toEqual(['r10', 'r8', 'r9']);
  });

  it('takes a range beyond the lines that were read, and everything', async () => {
    const marking = useMarking();
    marking.restart(90);
    await marking.extendTo(1200);
    expect(marked()).toEqual(between(90, 1200));
    await marking.all();
    expect(marking.count).toBe(total);
  });

  it('goes with its list', async () => {
    await useMarking().all();
    useList().goTo({ kind: 'favourites' });
    await nextTick();
    expect(marked()).toEqual([]);
  });

  it('drops an answer that came after the marks were taken off', async () => {
    const marking = useMarking();
    const late = marking.all();
    marking.clear();
    await late;
    expect(marked()).toEqual([]);
  });
});

describe('doing the same with all', () => {
  it('goes in portions that the bridge takes, and leads back', async () => {
    await useMarking().all();
    await useManyActions().remove();
    expect(sent('editing.remove').map((ids) => ids.length)).toEqual([1000, 1000, 500]);
    expect(sent('editing.remove').flat()).toEqual(between(0, total - 1));
    expect(marked()).toEqual([]);
    useToasts().toasts[0]?.action?.run();
    await vi.waitFor(() => expect(sent('bin.restore').flat()).toEqual(between(0, total - 1)));
  });

  it('ends where the far side refuses, and offers back what was done', async () => {
    refused = 2;
    await useMarking().all();
    await useManyActions().remove();
    expect(sent('editing.remove')).toHaveLength(2);
    expect(useToasts().toasts.map(({ kind }) => kind)).toEqual(['bad', 'info']);
    useToasts().toasts[1]?.action?.run();
    await vi.waitFor(() => expect(sent('bin.restore').flat()).toEqual(between(0, 999)));
  });

  it('leaves out what a sync has taken away meanwhile', async () => {
    await useMarking().all();
    gone = 'r7';
    await useManyActions().remove();
    const [first, again] = sent('editing.remove');
    expect([first?.length, again?.length]).toEqual([1000, 999]);
    expect(again).not.toContain('r7');
    expect(useToasts().toasts.map(({ kind }) => kind)).toEqual(['info']);
  });

  it('changes tags of what was marked when it was asked, though another list is shown meanwhile', async () => {
    useMarking().restart(0);
    await useMarking().extendTo(1);
    expect(useManyActions().askTags()).toBe(true);
    useMarking().clear();
    useTagging().settle({ add: ['x'], remove: [] });
    await vi.waitFor(() => expect(sent('editing.changeTags')).toEqual([['r0', 'r1']]));
  });

  it('hands the marked records over to the export, as many as it takes', async () => {
    await useMarking().extendTo(2);
    useManyActions().exportThem();
    expect(useExporting().request?.scope).toEqual({ kind: 'records', recordIds: ['r0', 'r1', 'r2'] });
  });

  it('has nothing to do where nothing is marked and nothing is selected', () => {
    expect(useManyActions().askTags()).toBe(false);
    expect(useTagging().count).toBeNull();
  });
});
