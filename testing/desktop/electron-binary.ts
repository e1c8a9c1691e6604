/**
 * The real Electron, where there is one.
 *
 * Its npm package is always installed, its binary is downloaded at first use; where that is
 * not possible the stand-in takes its place.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'node_modules', 'electron');

/** Path of Electron's executable, if its binary is installed. */
export function electronBinary(): string | undefined {
  const named = join(folder, 'path.txt');
  if (!existsSync(named)) return undefined;
  const overridden = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  const binary = join(overridden ?? join(folder, 'dist'), readFileSync(named, 'utf8'));
  return existsSync(binary) ? binary : undefined;
}

/** Lets Electron's own installer download the binary; gives up after `limit` milliseconds. */
export async function installElectron(limit: number): Promise<string | undefined> {
  const installer = spawn(process.execPath, [join(folder, 'install.js')], {
    stdio: 'ignore',
    timeout: limit,
  });
  await once(installer, 'exit');
  return electronBinary();
}
