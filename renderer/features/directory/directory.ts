/** The directory as the administration shows it: settings, the last sync, and a plan to look at. */
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { DirectorySettings } from '../../../contract/directory.ts';
import type { Failure, Output } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

const pollMs = 1500;

export const useDirectory = defineStore('directory', () => {
  const state = shallowRef<Output<'directory', 'read'> | null>(null);
  const plan = shallowRef<Output<'directory', 'preview'> | null>(null);
  const failure = shallowRef<Failure | null>(null);
  let number = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks how things stand, and goes on asking while a sync is under way. */
  async function load(): Promise<void> {
    const asked = ++number;
    clearTimeout(timer);
    const answer = await bridge().directory.read({});
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    state.value = answer.value;
    if (answer.value.progress !== null) timer = setTimeout(() => void load(), pollMs);
  }

  async function save(
    settings: DirectorySettings,
    password: Uint8Array<ArrayBuffer> | null,
  ): Promise<Failure | null> {
    const answer = await bridge().directory.save({ settings, password });
    plan.value = null;
    if (answer.ok) await load();
    return answer.ok ? null : answer.error;
  }

  async function preview(): Promise<Failure | null> {
    const answer = await bridge().directory.preview({});
    plan.value = answer.ok ? answer.value : null;
    return answer.ok ? null : answer.error;
  }

  /** Begins a sync: of the plan that is shown, if one is. */
  async function sync(): Promise<Failure | null> {
    const answer = await bridge().directory.sync({ digest: plan.value?.digest ?? null });
    plan.value = null;
    await load();
    return answer.ok ? null : answer.error;
  }

  async function remove(): Promise<Failure | null> {
    const answer = await bridge().directory.remove({});
    plan.value = null;
    if (answer.ok) await load();
    return answer.ok ? null : answer.error;
  }

  function forget(): void {
    number += 1;
    clearTimeout(timer);
    plan.value = null;
  }

  return { state, plan, failure, load, save, preview, sync, remove, forget };
});
