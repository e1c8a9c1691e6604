import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './testing/longestfirst.ts';

/**
 * Unit and integration tests. Product tests stand beside what they test; integration
 * suites stand under `testing/`. End-to-end specs (`*.e2e.ts`) belong to Playwright.
 */

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'out/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    expect: { requireAssertions: true },
  },
});
