/** The conflicts that wait for a person, and the one that is being looked at. */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { ConflictRow, ConflictView } from '../../../contract/conflicts.ts';
import type { Place } from '../../../contract/editing.ts';
import type { Failure, Result } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

export type Pick = 'mine' | 'theirs' | 'both';

export const useConflicts = defineStore('conflicts', () => {
  const rows = shallowRef<readonly ConflictRow[]>([]);
  const openId = ref<string | null>(null);
  const view = shallowRef<ConflictView | null>(null);
  /** Of reading; a failed decision is in `refusal`. */
  const failure = shallowRef<Failure | null>(null);
  const refusal = shallowRef<Failure | null>(null);
  const busy = ref(false);
  let number = 0;

  async function load(): Promise<void> {
    const asked = number;
    const answer = await bridge().conflicts.list({});
    if (asked === number && answer.ok) rows.value = answer.value.rows;
  }

  async function read(): Promise<void> {
    const id = openId.value;
    const asked = number;
    if (id === null) return;
    const answer = await bridge().conflicts.read({ id });
    if (asked !== number || id !== openId.value) return;
    failure.value = answer.ok ? null : answer.error;
    view.value = answer.ok ? answer.value : null;
  }

  function open(id: string): void {
    openId.value = id;
    view.value = null;
    failure.value = null;
    refusal.value = null;
    void read();
  }

  function close(): void {
    openId.value = null;
    view.value = null;
    failure.value = null;
    refusal.value = null;
  }

  /** One at a time; on success the screen closes, on failure it stays and says why. */
  async function settle(call: () => Promise<Result<unknown>>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    const answer = await call();
    busy.value = false;
    refusal.value = answer.ok ? null : answer.error;
    if (!answer.ok) return false;
    close();
    await load();
    return true;
  }

  /** One choice for every field. */
  function resolve(picks: ReadonlyMap<string, Pick>): Promise<boolean> {
    const id = openId.value;
    if (id === null) return Promise.resolve(false);
    const all = [...picks].map(([key, pick]) => ({ key, pick }));
    return settle(() => bridge().conflicts.resolve({ id, picks: all }));
  }

  function decide(decision: 'keep' | 'drop', place: Place | null): Promise<boolean> {
    const id = openId.value;
    if (id === null) return Promise.resolve(false);
    return settle(() => bridge().conflicts.decide({ id, decision, place }));
  }

  async function mirrorChanged(): Promise<void> {
    await Promise.all([load(), read()]);
  }

  function forget(): void {
    number += 1;
    busy.value = false;
    rows.value = [];
    close();
  }

  return {
    rows,
    openId,
    view,
    failure,
    refusal,
    busy,
    load,
    open,
    close,
    resolve,
    decide,
    mirrorChanged,
    forget,
  };
});
