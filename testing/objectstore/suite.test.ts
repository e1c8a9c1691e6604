/**
 * The server's suites about files once more, with an object store in the place of its folder. They
 * run as a process of their own with `TRIAL_S3`, by which every trial server finds the store.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ObjectStore } from './store.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
const suites = [
  ...['attachments', 'attachmentparts', 'bin', 'encryption/wholechange'].map(
    (name) => `server/api/${name}.test.ts`,
  ),
  'server/rotation/rotation.test.ts',
];
const patience = 240_000;

interface Outcome {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

async function runSuites(store: string, outcomeFile: string): Promise<Outcome> {
  const given = [vitest, 'run', ...suites, '--reporter=json', `--outputFile=${outcomeFile}`];
  const options = { cwd: repository, env: { ...process.env, TRIAL_S3: store }, timeout: patience };
  await new Promise<void>((resolve) => {
    execFile(process.execPath, given, options, () => resolve());
  });
  return JSON.parse(readFileSync(outcomeFile, 'utf8')) as Outcome;
}

it('holds in an object store what the suites about files ask', { timeout: patience + 30_000 }, async () => {
  const store = await ObjectStore.start();
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-objects-'));
  try {
    const outcome = await runSuites(store.url, join(folder, 'outcome.json'));
    const failed = outcome.testResults.flatMap(({ message, assertionResults }) => [
      ...(message === '' ? [] : [message]),
      ...assertionResults
        .filter(({ status }) => status !== 'passed')
        .map(({ fullName, failureMessages }) => [fullName, ...failureMessages].join('\n')),
    ]);
    expect(failed).toEqual([]);
    expect(outcome.numTotalTests).toBeGreaterThan(30);
    expect(store.asked.length).toBeGreaterThan(100);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await store.stop();
  }
});
