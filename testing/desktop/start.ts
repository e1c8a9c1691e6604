/**
 * `npm start`: opens the application.
 *
 * In Electron, where its binary is installed or can be; else on the stand-in, in an
 * installed Chromium or Chrome, or, where no window can be shown, headless. It says which.
 * Arguments go to the application; Ctrl+C ends everything.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hasDisplay, installedBrowser } from './browser-binary.ts';
import { electronBinary, installElectron } from './electron-binary.ts';
import { projectRoot, standInFlags } from './launch-line.ts';

const bundle = join(projectRoot, 'out', 'main', 'index.js');
const sources = [
  'contract',
  'main',
  'preload',
  'renderer',
  'resources',
  'electron.vite.config.ts',
  'package.json',
];

/** Time of the newest file under `path`, in milliseconds; 0 where there is none. */
function newest(path: string): number {
  if (!existsSync(path)) return 0;
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Runs a command in this terminal and gives its exit code; signals are passed on to it. */
async function run(command: string, args: readonly string[]): Promise<number> {
  const child = spawn(command, args, { cwd: projectRoot, stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  // A terminal sends Ctrl+C to the child by itself, and a second one would cut its end short.
  const passInterrupt = process.stdin.isTTY ? () => undefined : pass;
  process.on('SIGINT', passInterrupt);
  process.on('SIGTERM', pass);
  const [code]: unknown[] = await once(child, 'exit');
  process.off('SIGINT', passInterrupt);
  process.off('SIGTERM', pass);
  return typeof code === 'number' ? code : 1;
}

async function buildIfOlder(): Promise<void> {
  const built = existsSync(bundle) ? statSync(bundle).mtimeMs : 0;
  if (sources.every((source) => newest(join(projectRoot, source)) <= built)) return;
  console.log('Building the application …');
  const code = await run(process.execPath, [
    join(projectRoot, 'node_modules/electron-vite/bin/electron-vite.js'),
    'build',
  ]);
  if (code !== 0) throw new Error(`The build failed (exit code ${String(code)}).`);
}

async function findElectron(): Promise<string | undefined> {
  const installed = electronBinary();
  if (installed !== undefined) return installed;
  console.log('Electron is not installed yet; trying to download it (at most a minute) …');
  return installElectron(60_000);
}

function describeStandIn(): void {
  console.log('Electron could not be installed here.');
  console.log('Opening the development stand-in, not Electron; its OS key store is a fake.');
  if (!hasDisplay()) {
    console.log('This session has no display: the application runs headless and its window cannot be seen.');
  } else if (installedBrowser() === undefined) {
    console.log(
      'No Chromium or Chrome was found: the application runs headless and its window cannot be seen.',
    );
  }
  console.log('Press Ctrl+C to end it.');
}

async function start(): Promise<number> {
  await buildIfOlder();
  const args = process.argv.slice(2);
  const electron = await findElectron();
  if (electron !== undefined) return run(electron, [bundle, ...args]);
  describeStandIn();
  return run(process.execPath, [...standInFlags, bundle, ...args]);
}

try {
  process.exitCode = await start();
} catch (reason) {
  console.error(reason instanceof Error ? reason.message : String(reason));
  process.exitCode = 1;
}
