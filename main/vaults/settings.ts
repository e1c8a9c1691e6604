/** The settings of this device, with whoever must know of a change told at once. */
import type { SettingsView } from '../../contract/settings.ts';
import type { SettingsStore } from '../custody/index.ts';

export class Settings {
  readonly #store: SettingsStore;
  readonly #onChange: (settings: SettingsView) => void;

  constructor(store: SettingsStore, onChange: (settings: SettingsView) => void) {
    this.#store = store;
    this.#onChange = onChange;
  }

  read(): SettingsView {
    return this.#store.read();
  }

  /** Writes the given members and answers with the whole. Throws disk codes. */
  update(change: { readonly [K in keyof SettingsView]?: SettingsView[K] | undefined }): SettingsView {
    const settings = this.#store.update(change);
    this.#onChange(settings);
    return settings;
  }
}
