/**
 * Which records of the list are marked for doing the same with all of them. Marks belong to the
 * list that is shown and go when another one is.
 */
import { defineStore } from 'pinia';
import { computed, shallowReactive, watch } from 'vue';
import { bridge } from '../../app/bridge.ts';
import { useList } from '../list/list.ts';

export const useMarking = defineStore('marking', () => {
  const list = useList();
  const ids = shallowReactive(new Set<string>());
  /** Where a range begins: the line that was marked or clicked last on its own. */
  let anchor = -1;
  let number = 0;
  /** Ends when the marks that were asked for last are there; null while none are on their way. */
  let onTheWay: Promise<void> | null = null;

  const count = computed(() => ids.size);

  function clear(): void {
    number += 1;
    anchor = -1;
    if (ids.size > 0) ids.clear();
  }

  // At once: what is marked next belongs to the next list.
  watch(() => list.view?.key, clear, { flush: 'sync' });

  /** A line was picked on its own: marks go, ranges begin there. */
  function restart(index: number): void {
    clear();
    anchor = index;
  }

  /** The record of the line in the pane counts as marked once a second one is. */
  function withSelected(): void {
    const selected = list.view?.selectedId ?? null;
    if (ids.size === 0 && selected !== null) ids.add(selected);
  }

  /** Keys can be quicker than the answer: whoever acts on marks right after waits for them. */
  function arriving(marks: Promise<void>): Promise<void> {
    const arrived = marks.finally(() => {
      if (onTheWay === arrived) onTheWay = null;
    });
    onTheWay = arrived;
    return arrived;
  }

  /** Does something with the marks, at once or as soon as those that were asked for are there. */
  function whenMarked(deed: () => boolean): boolean {
    if (onTheWay === null) return deed();
    void onTheWay.then(deed);
    return true;
  }

  /** Puts the mark on a line or takes it off. */
  async function toggleOne(index: number): Promise<void> {
    const asked = ++number;
    const [id] = await idsBetween(index, index);
    if (id === undefined || asked !== number) return;
    if (ids.size === 0 && list.view?.selectedId !== id) withSelected();
    if (!ids.delete(id)) ids.add(id);
    anchor = index;
  }

  /** Marks everything from where the range began to a line, and nothing else. */
  async function extendOver(index: number): Promise<void> {
    if (anchor < 0) anchor = Math.max(0, list.view?.selectedIndex ?? 0);
    const asked = ++number;
    const between = await idsBetween(Math.min(anchor, index), Math.max(anchor, index));
    if (asked === number) replace(between);
  }

  /** Marks the whole list, or of a search everything that was found. */
  async function markAll(): Promise<void> {
    const asked = ++number;
    const found = await allIds();
    if (asked === number) replace(found);
  }

  function replace(next: readonly string[]): void {
    const wanted = new Set(next);
    for (const id of ids) if (!wanted.has(id)) ids.delete(id);
    for (const id of wanted) ids.add(id);
  }

  async function allIds(): Promise<readonly string[]> {
    const source = list.view?.source;
    if (!source) return [];
    const answer = await bridge().records.ids(
      source.kind === 'search'
        ? { query: source.query, scope: null, sort: list.sort }
        : { query: null, scope: source.scope, sort: source.sort },
    );
    return answer.ok ? answer.value.ids : [];
  }

  /** Those of the given records that the list still holds. */
  async function stillHere(some: readonly string[]): Promise<string[]> {
    const here = new Set(await allIds());
    return some.filter((id) => here.has(id));
  }

  /** Lines in sight are known; for a range that goes beyond them the whole order is asked for. */
  async function idsBetween(first: number, last: number): Promise<readonly string[]> {
    const known: string[] = [];
    for (let index = first; index <= last; index += 1) {
      const id = list.view?.rows.rowAt(index)?.id;
      if (id === undefined) return (await allIds()).slice(first, last + 1);
      known.push(id);
    }
    return known;
  }

  const toggle = (index: number): Promise<void> => arriving(toggleOne(index));
  const extendTo = (index: number): Promise<void> => arriving(extendOver(index));
  const all = (): Promise<void> => arriving(markAll());

  return { ids, count, clear, restart, toggle, extendTo, all, whenMarked, stillHere, forget: clear };
});
