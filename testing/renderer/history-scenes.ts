/** Scenes of former states, drafts and one-time codes: what hangs on a single record. */
import type { Page } from 'playwright-core';
import { idle, type Scene } from './scene.ts';
import { openByName } from './workspace-scenes.ts';

async function openHistory(page: Page): Promise<void> {
  await openByName(page, 'PostgreSQL');
  await page.locator('[data-testid=record-menu]').click();
  await page.locator('[data-action=history]').click();
  await page.locator('[data-testid=history-field]').first().waitFor();
  await page.mouse.move(2, 2);
}

export const historyScenes: readonly Scene[] = [
  { name: 'history', scenario: {}, act: openHistory },
  {
    name: 'history-older',
    scenario: { sync: { phase: 'offline' } },
    act: async (page) => {
      await openHistory(page);
      await page.locator('[data-testid=history-states] input').nth(1).check();
      await page.locator('[data-testid=history-screen] [role=switch]').click();
      await page.locator('[data-testid=history-field] [aria-pressed]').first().click();
      await idle(page);
    },
  },
  {
    name: 'history-broken',
    scenario: {},
    act: async (page) => {
      await openHistory(page);
      await page.locator('[data-testid=history-states] input').nth(2).check();
      await idle(page);
    },
  },
];
