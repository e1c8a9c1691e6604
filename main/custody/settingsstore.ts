/**
 * The settings of this device. They are not secret and are read before anything is unlocked,
 * so a damaged file must never keep the application from starting: it is put aside and the
 * defaults, which are the careful choice everywhere, take its place.
 */
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { defaultSettings } from '../../contract/defaultsettings.ts';
import { settingsView, type SettingsView } from '../../contract/settings.ts';
import { writeAtomically } from './atomicfile.ts';
import { asDiskFault, fileSystemCode } from './diskfault.ts';

/** Members that are given; an explicit `undefined` counts as not given. */
export type SettingsChange = { readonly [K in keyof SettingsView]?: SettingsView[K] | undefined };

export class SettingsStore {
  readonly #folder: string;
  readonly #file: string;
  #settings: SettingsView | null = null;

  /** `root` is the application's data folder. */
  constructor(root: string) {
    this.#folder = root;
    this.#file = path.join(root, 'settings.json');
  }

  /** Never throws for a missing or damaged file. */
  read(): SettingsView {
    this.#settings ??= this.#load();
    return this.#settings;
  }

  /** Writes the given members and returns the whole. Throws disk codes; nothing is changed then. */
  update(change: SettingsChange): SettingsView {
    const given = Object.entries(change).filter(([, value]) => value !== undefined);
    const updated = settingsView.parse({ ...this.read(), ...Object.fromEntries(given) });
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw asDiskFault(error);
    }
    writeAtomically(this.#file, `${JSON.stringify(updated, null, 2)}\n`);
    this.#settings = updated;
    return updated;
  }

  #load(): SettingsView {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      // No file yet, or none that can be read: both mean the defaults.
      if (fileSystemCode(error) !== null) return defaultSettings;
      throw error;
    }
    return understood(text) ?? this.#putAside();
  }

  #putAside(): SettingsView {
    try {
      renameSync(this.#file, `${this.#file}.damaged`);
    } catch (error) {
      // On a read-only disk the damaged file stays where it is; the next start does the same.
      if (fileSystemCode(error) === null) throw error;
    }
    return defaultSettings;
  }
}

/** Settings as written by this or an older version; null for anything else. */
function understood(text: string): SettingsView | null {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const given = settingsView.partial().safeParse(content);
  return given.success ? settingsView.parse({ ...defaultSettings, ...given.data }) : null;
}
