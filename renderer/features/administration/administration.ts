/** The administration screen: whether it is open, which section shows, and what there is to show. */
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { AdministrationOverview, AdministrationPart } from '../../../contract/administration.ts';
import type { Failure } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';
import { sections } from './sections.ts';

export const useAdministration = defineStore('administration', () => {
  const open = ref(false);
  const wanted = ref<AdministrationPart | null>(null);
  const overview = shallowRef<AdministrationOverview | null>(null);
  const failure = shallowRef<Failure | null>(null);
  let number = 0;

  /** What can be shown of what the server offers. */
  const parts = computed(() => (overview.value?.parts ?? []).filter((part) => sections[part] !== undefined));
  const part = computed(() =>
    wanted.value !== null && parts.value.includes(wanted.value) ? wanted.value : (parts.value[0] ?? null),
  );

  /** Asks what there is to administer; without contact what was known before stands. */
  async function load(): Promise<void> {
    const asked = ++number;
    const answer = await bridge().administration.overview({});
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    if (answer.ok) overview.value = answer.value;
  }

  function show(section: AdministrationPart | null = null): void {
    open.value = true;
    if (section !== null) wanted.value = section;
    void load();
  }

  function close(): void {
    open.value = false;
  }

  /** Whether this server offers what a page wants to show. */
  function offers(feature: string): boolean {
    return overview.value?.features.includes(feature) ?? false;
  }

  function may(permission: string): boolean {
    return overview.value?.permissions.includes(permission) ?? false;
  }

  function forget(): void {
    number += 1;
    open.value = false;
    wanted.value = null;
    overview.value = null;
    failure.value = null;
  }

  return { open, wanted, overview, failure, parts, part, load, show, close, offers, may, forget };
});
