import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { settingsView } from '../../contract/settings.ts';
import { defaultSettings } from '../../contract/defaultsettings.ts';
import { SettingsStore } from './settingsstore.ts';

let root: string;
let file: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'strongroom-settings-'));
  file = path.join(root, 'settings.json');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('the settings of a device', () => {
  it('start as defaults that the contract accepts', () => {
    expect(new SettingsStore(root).read()).toEqual(defaultSettings);
    expect(settingsView.parse(defaultSettings)).toEqual(defaultSettings);
  });

  it('keep what was changed, and only that', () => {
    const updated = new SettingsStore(root).update({ theme: 'dark', density: undefined });
    expect(updated).toEqual({ ...defaultSettings, theme: 'dark' });
    expect(new SettingsStore(root).read()).toEqual(updated);
  });

  it('refuse a value out of bounds and stay as they were', () => {
    const store = new SettingsStore(root);
    store.update({ listWidth: 300 });
    expect(() => store.update({ listWidth: 1 })).toThrow();
    expect(store.read().listWidth).toBe(300);
    expect(new SettingsStore(root).read().listWidth).toBe(300);
  });

  it('take over what an older version wrote, with defaults for the rest', () => {
    writeFileSync(file, JSON.stringify({ theme: 'light', lockAfterIdleMinutes: 3 }));
    expect(new SettingsStore(root).read()).toEqual({
      ...defaultSettings,
      theme: 'light',
      lockAfterIdleMinutes: 3,
    });
  });

  it.each(['', 'not json', '[]', '{"theme":"purple"}', 'null'])('put a damaged file aside: %j', (content) => {
    writeFileSync(file, content);
    const store = new SettingsStore(root);
    expect(store.read()).toEqual(defaultSettings);
    expect(readdirSync(root)).toEqual(['settings.json.damaged']);
    expect(readFileSync(`${file}.damaged`, 'utf8')).toBe(content);
    store.update({ theme: 'dark' });
    expect(new SettingsStore(root).read().theme).toBe('dark');
  });

  it('name the disk when they cannot be written, and keep the old ones', () => {
    writeFileSync(path.join(root, 'blocked'), '');
    const store = new SettingsStore(path.join(root, 'blocked'));
    expect(() => store.update({ theme: 'dark' })).toThrow(
      expect.objectContaining({ code: 'diskError' }) as Error,
    );
    expect(store.read()).toEqual(defaultSettings);
  });
});
