/**
 * The server's own suites once more, with PostgreSQL in the place of SQLite. They run as a
 * process of their own with `TRIAL_POSTGRES`, by which every trial server finds its database.
 *
 * The suites named here are those that ask most of the database; `POSTGRES=all` takes every suite
 * of the server. Left out is what copies or reads a data folder, which holds the database only
 * with SQLite.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { postgresBinaries, startLocalPostgres } from './local.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
const everything = ['server/storage', 'server/access', 'server/rotation', 'server/api'];
const telling = [
  'items',
  'changes',
  'bin',
  'foldermove',
  'repeats',
  'vaults/rekey',
  'encryption/wholechange',
];
const suites =
  process.env['POSTGRES'] === 'all'
    ? everything
    : [
        'server/storage',
        'server/access',
        'server/rotation',
        ...telling.map((name) => `server/api/${name}.test.ts`),
      ];
const leftOut = ['server/api/restoredbackup.test.ts', 'server/api/sessions.test.ts'];
const patience = 240_000;

interface Outcome {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Runs the suites to their end, whatever it is. */
async function runSuites(trialPostgres: string, outcomeFile: string): Promise<Outcome> {
  const excluded = leftOut.flatMap((each) => ['--exclude', each]);
  const given = [vitest, 'run', ...suites, ...excluded, '--reporter=json', `--outputFile=${outcomeFile}`];
  const env = { ...process.env, TRIAL_POSTGRES: trialPostgres };
  await new Promise<void>((resolve) => {
    execFile(process.execPath, given, { cwd: repository, env, timeout: patience }, () => resolve());
  });
  return JSON.parse(readFileSync(outcomeFile, 'utf8')) as Outcome;
}

function failuresOf({ testResults }: Outcome): string[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status !== 'passed');
    return [...(message === '' ? [] : [`${name}: ${message}`]), ...failed.map(({ fullName }) => fullName)];
  });
}

it('holds on PostgreSQL what the suites of the server ask', { timeout: patience + 30_000 }, async () => {
  const binaries = postgresBinaries();
  if (binaries === null) {
    console.warn('PostgreSQL is not installed here: the suites of the server ran on SQLite only.');
    expect(binaries).toBeNull();
    return;
  }
  const postgres = await startLocalPostgres(binaries);
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-suites-'));
  try {
    const outcome = await runSuites(postgres.url, join(folder, 'outcome.json'));
    expect(failuresOf(outcome)).toEqual([]);
    expect(outcome.numPassedTests).toBe(outcome.numTotalTests);
    expect(outcome.numTotalTests).toBeGreaterThan(60);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await postgres.stop();
  }
});
