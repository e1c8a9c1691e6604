/**
 * `npm test`: builds the bundles, then runs the unit and integration suites (Vitest) and the
 * end-to-end specs (Playwright), and closes with one line counted from the runners' own
 * reports: `N passed, N failed`.
 *
 * Both runners always run, so that one broken unit test does not hide what the application
 * does; a runner that leaves no report counts as one failure.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
const reports = join(root, 'test-results');

interface Count {
  passed: number;
  failed: number;
}

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  success: z.boolean(),
});
const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), unexpected: z.number(), flaky: z.number(), skipped: z.number() }),
});

/** Runs a tool of node_modules/.bin; returns its exit status. */
function run(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): number {
  const tool = join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);
  const started = Date.now();
  const { status } = spawnSync(tool, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  });
  console.log(`${name} ${args[0] ?? ''} ended after ${Math.round((Date.now() - started) / 1000)} s`);
  return status ?? 1;
}

function readReport<T>(name: string, schema: z.ZodType<T>): T | null {
  const file = join(reports, name);
  if (!existsSync(file)) return null;
  const parsed = schema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : null;
}

/** A runner that failed without a failed test (a suite that does not load, say) still counts. */
function honest(count: Count | null, status: number): Count {
  if (!count) return { passed: 0, failed: 1 };
  return status !== 0 && count.failed === 0 ? { passed: count.passed, failed: 1 } : count;
}

function unitAndIntegration(): Count {
  const file = join(reports, 'vitest.json');
  const status = run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
  const report = readReport('vitest.json', vitestReport);
  return honest(report && { passed: report.numPassedTests, failed: report.numFailedTests }, status);
}

function endToEnd(): Count {
  const status = run('playwright', ['test']);
  const report = readReport('e2e.json', playwrightReport);
  return honest(
    report && {
      passed: report.stats.expected,
      failed: report.stats.unexpected + report.stats.flaky + report.stats.skipped,
    },
    status,
  );
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const counts: Count[] = [];
if (run('electron-vite', ['build', '--logLevel', 'warn']) !== 0) counts.push({ passed: 0, failed: 1 });
counts.push(unitAndIntegration(), endToEnd());

const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
