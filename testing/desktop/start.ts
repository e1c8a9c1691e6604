/**
 * `npm start`: opens the application.
 *
 * In Electron, where its binary is installed or can be; else on the stand-in, in an
 * installed Chromium or Chrome, or, where no window can be shown, headless. It says which.
 * Arguments go to the application; Ctrl+C ends everything.
 */
import { hasDisplay, installedBrowser } from './browser-binary.ts';
import { electronBinary, installElectron } from './electron-binary.ts';
import { buildIfOlder, bundle, runHere } from './fresh-build.ts';
import { standInFlags } from './launch-line.ts';

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
  if (electron !== undefined) return runHere(electron, [bundle, ...args]);
  describeStandIn();
  return runHere(process.execPath, [...standInFlags, bundle, ...args]);
}

try {
  process.exitCode = await start();
} catch (reason) {
  console.error(reason instanceof Error ? reason.message : String(reason));
  process.exitCode = 1;
}
