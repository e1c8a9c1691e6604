/** Builds the application when its bundles are older than its sources, so that nobody starts yesterday's code. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './launch-line.ts';

/** The built main process. */
export const bundle = join(projectRoot, 'out', 'main', 'index.js');
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
export async function runHere(command: string, args: readonly string[]): Promise<number> {
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

/** Builds the three bundles if any source is newer than they are. Throws when the build fails. */
export async function buildIfOlder(): Promise<void> {
  const built = existsSync(bundle) ? statSync(bundle).mtimeMs : 0;
  if (sources.every((source) => newest(join(projectRoot, source)) <= built)) return;
  console.log('Building the application …');
  const code = await runHere(process.execPath, [
    join(projectRoot, 'node_modules/electron-vite/bin/electron-vite.js'),
    'build',
  ]);
  if (code !== 0) throw new Error(`The build failed (exit code ${String(code)}).`);
}
