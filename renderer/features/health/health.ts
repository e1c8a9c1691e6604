/** The health of the passwords as the dialog shows it: counts, one list, and the run if there is one. */
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { Finding, HealthOverview, HealthRow } from '../../../contract/health.ts';
import type { Failure } from '../../../contract/index.ts';
import { bridge } from '../../app/bridge.ts';

export const healthPage = 50;

export const useHealth = defineStore('health', () => {
  const open = ref(false);
  const overview = shallowRef<HealthOverview | null>(null);
  const finding = ref<Finding>('weak');
  const rows = shallowRef<readonly HealthRow[]>([]);
  const total = ref(0);
  const failure = shallowRef<Failure | null>(null);
  let number = 0;

  async function load(): Promise<void> {
    const asked = ++number;
    const answer = await bridge().health.overview({});
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    overview.value = answer.value;
    await read(0, asked);
  }

  async function read(offset: number, asked: number): Promise<void> {
    const answer = await bridge().health.page({ finding: finding.value, offset, limit: healthPage });
    if (asked !== number) return;
    failure.value = answer.ok ? null : answer.error;
    if (!answer.ok) return;
    rows.value = offset === 0 ? answer.value.rows : [...rows.value, ...answer.value.rows];
    total.value = answer.value.total;
  }

  async function show(wanted: Finding): Promise<void> {
    finding.value = wanted;
    await read(0, ++number);
  }

  const more = (): Promise<void> => read(rows.value.length, ++number);

  async function start(): Promise<void> {
    const answer = await bridge().health.start({});
    failure.value = answer.ok ? null : answer.error;
  }

  async function cancel(): Promise<void> {
    const answer = await bridge().health.cancel({});
    failure.value = answer.ok ? null : answer.error;
  }

  /** Follows a run while the dialog is open; at its end everything is read anew. */
  function follow(): () => void {
    return bridge().on('healthChanged', ({ running }) => {
      if (running === null) void load();
      else if (overview.value) overview.value = { ...overview.value, running };
    });
  }

  function forget(): void {
    number += 1;
    open.value = false;
    overview.value = null;
    rows.value = [];
    total.value = 0;
    failure.value = null;
  }

  return { open, overview, finding, rows, total, failure, load, show, more, start, cancel, follow, forget };
});
