import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SettingsView } from '../../../contract/settings.ts';
import type { SettingsChange } from '../../custody/index.ts';
import { SettingsStore } from '../../custody/index.ts';
import { Settings } from './settings.ts';

let root: string;
let unlocked: boolean;
let told: SettingsView[];
let settings: Settings;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'strongroom-settings-'));
  unlocked = false;
  told = [];
  settings = new Settings({
    store: new SettingsStore(root),
    isUnlocked: () => unlocked,
    onChange: (changed) => void told.push(changed),
  });
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('settings while everything is locked', () => {
  it.each<SettingsChange>([
    { lockAfterIdleMinutes: 0 },
    { lockAfterIdleMinutes: 1440 },
    { lockOnSleep: false },
    { lockOnScreenLock: false },
    { contentProtection: false },
    { clearClipboardAfterSeconds: 600 },
    { hideRevealedAfterSeconds: 600 },
    { theme: 'dark', contentProtection: false },
  ])('take no loosening: %j', (change) => {
    const before = settings.read();
    expect(() => settings.update(change)).toThrow(expect.objectContaining({ code: 'locked' }));
    expect(settings.read()).toEqual(before);
    expect(told).toEqual([]);
    unlocked = true;
    expect(settings.update(change)).toMatchObject(change);
    expect(told).toHaveLength(1);
  });

  it.each<SettingsChange>([
    { theme: 'dark', language: 'ru', density: 'compact' },
    { lockAfterIdleMinutes: 1, lockOnMinimise: true, clearClipboardAfterSeconds: 5 },
    { lockOnSleep: true, contentProtection: undefined },
  ])('take what is no loosening: %j', (change) => {
    settings.update(change);
    expect(told).toEqual([settings.read()]);
  });

  it('may be tightened from never', () => {
    unlocked = true;
    settings.update({ lockAfterIdleMinutes: 0 });
    unlocked = false;
    expect(settings.update({ lockAfterIdleMinutes: 1440 }).lockAfterIdleMinutes).toBe(1440);
  });
});
