/**
 * Loaded before the application (`node --import`): makes `electron` mean the stand-in, for
 * `import` and `require` alike, and starts Chromium. The application's bundle runs as built.
 */
import { registerHooks } from 'node:module';
import { app } from './app.ts';
import { answerProbes } from './control.ts';
import { browser, underTest } from './engine.ts';

const standIn = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== 'electron' && specifier !== 'electron/main') return nextResolve(specifier, context);
    return { url: standIn, format: 'module-typescript', shortCircuit: true };
  },
});

let ending = false;

/**
 * A signal ends the application in order; what will not end within ten seconds is ended.
 * Only the first counts: a second `quit` would cut short what the application does at its end.
 */
function end(): void {
  if (ending) return;
  ending = true;
  setTimeout(() => process.exit(1), 10_000).unref();
  app.quit();
}

async function start(): Promise<void> {
  const host = await browser();
  host.onGone(() => {
    app.quit();
  });
  app.becomeReady();
}

console.error('This is a development stand-in, not Electron; its OS key store is a fake.');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
if (underTest && process.send !== undefined) answerProbes();
start().catch((reason: unknown) => {
  console.error(`Chromium could not be started: ${String(reason)}`);
  process.exit(1);
});
