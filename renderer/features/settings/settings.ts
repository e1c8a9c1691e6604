/** The settings of this device and what the window knows of the application; none is secret. */
import { defineStore } from 'pinia';
import { ref } from 'vue';
import { defaultSettings } from '../../../contract/defaultsettings.ts';
import type { Failure, Output } from '../../../contract/index.ts';
import type { SettingsView } from '../../../contract/settings.ts';
import { bridge } from '../../app/bridge.ts';

type About = Output<'desktop', 'about'>;

export const useSettings = defineStore('settings', () => {
  const values = ref<SettingsView>({ ...defaultSettings });
  const about = ref<About | null>(null);
  const failure = ref<Failure | null>(null);
  const open = ref(false);

  async function load(): Promise<void> {
    const [read, described] = await Promise.all([bridge().settings.read({}), bridge().desktop.about({})]);
    if (read.ok) values.value = read.value;
    else failure.value = read.error;
    if (described.ok) about.value = described.value;
  }

  /** Shows the change at once and takes it back if it could not be kept. */
  async function update(change: Partial<SettingsView>): Promise<void> {
    const before = values.value;
    values.value = { ...before, ...change };
    const answer = await bridge().settings.update(change);
    failure.value = answer.ok ? null : answer.error;
    values.value = answer.ok ? answer.value : before;
  }

  function follow(): () => void {
    return bridge().on('settingsChanged', (changed) => {
      values.value = changed;
    });
  }

  return { values, about, failure, open, load, update, follow };
});
