import { defineConfig } from '@playwright/test';

/**
 * End-to-end specs drive the built application by `testing/e2e/app.ts`; Playwright's own
 * browsers are not used. Each spec runs a desktop application of its own on a folder of its own; those
 * that change something have a server of their own as well, so two of them may run side by side.
 */
export default defineConfig({
  testDir: 'testing/e2e',
  testMatch: '*.e2e.ts',
  globalSetup: './testing/e2e/everyspec.ts',
  workers: 2,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: { actionTimeout: 15_000 },
  outputDir: 'test-results/e2e',
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
});
