/**
 * Which Chromium the stand-in drives.
 *
 * With a display, an installed Chromium or Chrome, so that a person can use the window.
 * Without one, the headless build of `@sparticuz/chromium`, which needs nothing outside
 * npm; it unpacks itself into the temporary folder, and since that is not atomic, only one
 * process at a time may do it.
 */
import { existsSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import chromium from '@sparticuz/chromium';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'chrome',
  'brave-browser',
];

function usualPlaces(): string[] {
  if (process.platform === 'darwin') {
    const apps = ['Chromium.app/Contents/MacOS/Chromium', 'Google Chrome.app/Contents/MacOS/Google Chrome'];
    return ['/Applications', join(homedir(), 'Applications')].flatMap((root) =>
      apps.map((app) => join(root, app)),
    );
  }
  if (process.platform === 'win32') {
    const roots = [
      process.env['PROGRAMFILES'],
      process.env['PROGRAMFILES(X86)'],
      process.env['LOCALAPPDATA'],
    ];
    const apps = ['Google\\Chrome\\Application\\chrome.exe', 'Chromium\\Application\\chrome.exe'];
    return roots.flatMap((root) => (root === undefined ? [] : apps.map((app) => join(root, app))));
  }
  const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => folder !== '');
  return [...folders, '/usr/bin', '/snap/bin'].flatMap((folder) => names.map((name) => join(folder, name)));
}

/** The installed Chromium or Chrome, if there is one at a usual place. */
export function installedBrowser(): string | undefined {
  return usualPlaces().find((place) => existsSync(place));
}

/** Whether this session can show a window at all. */
export function hasDisplay(): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  return [process.env['DISPLAY'], process.env['WAYLAND_DISPLAY']].some(
    (name) => name !== undefined && name !== '',
  );
}

/** Path of the headless build, unpacked. Waits at most a minute for another process doing it. */
export async function headlessBrowser(): Promise<string> {
  const lock = join(tmpdir(), 'strongroom-chromium-unpacking');
  const deadline = Date.now() + 60_000;
  while (!(await taken(lock))) {
    if (Date.now() > deadline)
      throw new Error(`Another process keeps ${lock}; remove it if none is running.`);
    await pause(100);
  }
  try {
    return await chromium.executablePath();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** Takes the lock folder; one left by a process that died while unpacking is taken over. */
async function taken(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (reason) {
    if (!(reason instanceof Error && 'code' in reason && reason.code === 'EEXIST')) throw reason;
    const since = await stat(lock).then(
      (found) => found.mtimeMs,
      () => Date.now(),
    );
    if (Date.now() - since > 45_000) {
      // It may have left half a browser, which would be taken for a whole one.
      await rm(join(tmpdir(), 'chromium'), { force: true });
      await rm(lock, { recursive: true, force: true });
    }
    return false;
  }
}
