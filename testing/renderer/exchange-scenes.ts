/** Scenes of import and export: choosing, naming columns, what will happen, what happened, saving. */
import type { Page } from 'playwright-core';
import { idle, type Scene } from './scene.ts';

async function pick(page: Page, name: RegExp): Promise<void> {
  await page.locator('[role=option]').first().waitFor();
  if ((page.viewportSize()?.width ?? 0) < 900) await page.locator('.list-pane .head button').first().click();
  await page
    .locator('[role=treeitem]')
    .filter({ hasText: 'Infrastructure' })
    .first()
    .click({ button: 'right' });
  await page.getByRole('menuitem', { name }).click();
  await page.locator('[role=dialog]').waitFor();
}

async function table(page: Page): Promise<void> {
  await pick(page, /^(?:Import|Импорт)/u);
  await page.getByTestId('choose-import').click();
  await page.getByTestId('map-columns').waitFor();
}

export const exchangeScenes: readonly Scene[] = [
  { name: 'exchange-file', scenario: {}, act: (page) => pick(page, /^(?:Import|Импорт)/u) },
  { name: 'exchange-columns', scenario: {}, act: table },
  {
    name: 'exchange-plan',
    scenario: {},
    act: async (page) => {
      await table(page);
      await page.getByTestId('map-columns').click();
      await page.locator('.figures').first().waitFor();
      await idle(page);
    },
  },
  {
    name: 'exchange-place',
    scenario: {},
    act: async (page) => {
      await table(page);
      await page.getByTestId('map-columns').click();
      await page.getByTestId('import').getByTestId('editor-place').click();
      await page.getByTestId('place-picker').getByRole('combobox').fill('Finance');
      await page.getByTestId('place-confirm').click();
      await page.getByTestId('import').getByText('Finance', { exact: true }).waitFor();
      await idle(page);
    },
  },
  {
    name: 'exchange-done',
    scenario: {},
    act: async (page) => {
      await table(page);
      await page.getByTestId('map-columns').click();
      await page.getByTestId('run-import').click();
      await page.getByTestId('undo-import').waitFor();
    },
  },
  { name: 'exchange-export', scenario: {}, act: (page) => pick(page, /^(?:Export|Экспорт)/u) },
];
