/** What the page may know of the application around it. */
import { app, safeStorage } from 'electron';
import type { Output } from '../../contract/index.ts';

const platforms = { darwin: 'darwin', win32: 'win32' } as const;

/** On Linux without a keyring Electron falls back to a fixed key, which protects nothing. */
function keyStoreProtects(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false;
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
}

export function about(): Output<'desktop', 'about'> {
  return {
    version: app.getVersion(),
    platform:
      process.platform === 'darwin' || process.platform === 'win32' ? platforms[process.platform] : 'linux',
    systemLocale: app.getLocale(),
    isElectron: 'electron' in process.versions,
    devicePlatformProtection: keyStoreProtects() ? 'available' : 'none',
  };
}
