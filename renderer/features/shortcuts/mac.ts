/** Whether this computer prints and binds its chords the Mac way. */
import { computed } from 'vue';
import { useSettings } from '../settings/settings.ts';

export function useMac() {
  const settings = useSettings();
  return computed(() => settings.about?.platform === 'darwin');
}
