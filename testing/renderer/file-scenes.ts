/** Scenes of files on a record: their tiles, looking into them, and copies kept on this device. */
import type { Page } from 'playwright-core';
import { idle, type Scene } from './scene.ts';
import { openByName } from './workspace-scenes.ts';

const tile = '[data-testid=file-tile]';

async function openFiles(page: Page): Promise<void> {
  await openByName(page, 'ClickHouse cluster');
  await page.locator(tile).first().scrollIntoViewIfNeeded();
  await page.locator('[data-testid=keep-offline]').waitFor();
}

/** Looks into the file at a place among the tiles, by keys. */
async function look(page: Page, at: number, shown: string): Promise<void> {
  await openFiles(page);
  await page.locator(tile).nth(at).locator('button').first().focus();
  await page.keyboard.press('Enter');
  await page.locator(shown).waitFor();
  await idle(page);
}

export const fileScenes: readonly Scene[] = [
  { name: 'files', scenario: {}, act: openFiles },
  {
    name: 'files-menu',
    scenario: {},
    act: async (page) => {
      await openFiles(page);
      await page.locator(tile).first().locator('button').first().focus();
      await page.keyboard.press('Shift+F10');
      await page.locator('[data-action=saveAll]').waitFor();
    },
  },
  {
    name: 'files-rename',
    scenario: {},
    act: async (page) => {
      await openFiles(page);
      await page.locator(tile).first().locator('button').first().focus();
      await page.keyboard.press('F2');
      await page.locator('[data-testid=file-name]').waitFor();
    },
  },
  {
    name: 'files-drag-told',
    scenario: {},
    act: async (page) => {
      await openFiles(page);
      await page.locator(tile).first().dispatchEvent('dragstart');
      await page.locator('[role=dialog], [role=alertdialog]').waitFor();
    },
  },
  { name: 'preview-image', scenario: {}, act: (page) => look(page, 0, '[data-testid=preview-image]') },
  {
    name: 'preview-image-zoomed',
    scenario: {},
    act: async (page) => {
      await look(page, 0, '[data-testid=preview-image]');
      for (const key of ['1', '+']) await page.keyboard.press(key);
    },
  },
  {
    name: 'preview-pdf',
    scenario: {},
    act: (page) => look(page, 1, '[data-testid=preview-pdf][data-page="1"]'),
  },
  {
    name: 'preview-pdf-second',
    scenario: {},
    act: async (page) => {
      await look(page, 1, '[data-testid=preview-pdf][data-page="1"]');
      await page.keyboard.press('PageDown');
      await page.locator('[data-testid=preview-pdf][data-page="2"]').waitFor();
    },
  },
  { name: 'preview-text', scenario: {}, act: (page) => look(page, 2, '[data-testid=preview-text]') },
  { name: 'preview-text-cut', scenario: {}, act: (page) => look(page, 3, '[data-testid=preview-text]') },
  {
    name: 'preview-none',
    scenario: {},
    act: (page) => look(page, 4, '[data-testid=file-preview] [role=status]'),
  },
  {
    name: 'vault-keep-files',
    scenario: {},
    act: async (page) => {
      await page.locator('[role=listbox]').waitFor();
      const narrow = (page.viewportSize()?.width ?? 0) < 900;
      if (narrow) await page.locator('.list-pane .head button').first().click();
      await page.locator('[role=treeitem][aria-level="1"]').nth(8).click({ button: 'right' });
      await page.locator('[data-action=keepFiles]').waitFor();
    },
  },
  {
    name: 'settings-files',
    scenario: {},
    act: async (page) => {
      await page.locator('[role=listbox]').waitFor();
      await page.waitForTimeout(150);
      await page.keyboard.press('Control+Comma');
      await page.locator('[role=tab]').nth(3).click();
      await page.locator('[data-testid=offline-figures]').waitFor();
    },
  },
];
