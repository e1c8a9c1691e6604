/** Scenes of finding and of many at once: filters, kept searches, the palette, marked records. */
import type { Page } from 'playwright-core';
import { idle, type Scene } from './scene.ts';

async function firstLine(page: Page): Promise<void> {
  await page.locator('[role=option]').first().waitFor();
}

export async function markThree(page: Page): Promise<void> {
  await firstLine(page);
  await page.locator('[role=option]').nth(1).click();
  if ((page.viewportSize()?.width ?? 0) < 640) await page.keyboard.press('Escape');
  await page.locator('[role=listbox]').focus();
  for (const key of ['Shift+ArrowDown', 'Shift+ArrowDown']) await page.keyboard.press(key);
  await page.getByTestId('many-bar').waitFor();
}

export const findingScenes: readonly Scene[] = [
  {
    name: 'health',
    scenario: {},
    act: async (page) => {
      await firstLine(page);
      await page.keyboard.press('Control+KeyP');
      await page.keyboard.type(
        (await page.locator('html').getAttribute('lang')) === 'ru'
          ? 'Проверить пароли'
          : 'Check the passwords',
      );
      await idle(page);
      await page.keyboard.press('Enter');
      await page.getByTestId('health-row').first().waitFor();
    },
  },
  {
    name: 'record-health',
    scenario: {},
    act: async (page) => {
      await firstLine(page);
      await page.keyboard.press('Control+KeyP');
      await page.keyboard.type(
        (await page.locator('html').getAttribute('lang')) === 'ru'
          ? 'Проверить пароли'
          : 'Check the passwords',
      );
      await idle(page);
      await page.keyboard.press('Enter');
      await page.getByTestId('health-row').first().click();
      await page.getByTestId('health-marks').waitFor();
    },
  },
  {
    name: 'finding-filters',
    scenario: {},
    act: async (page) => {
      await firstLine(page);
      await page.keyboard.press('Control+KeyK');
      await page.keyboard.type('tag:prod has:file');
      await idle(page);
      await page.getByTestId('filter-help').click();
      await page.locator('.filter-help').waitFor();
    },
  },
  {
    name: 'finding-kept',
    scenario: {},
    act: async (page) => {
      await firstLine(page);
      if ((page.viewportSize()?.width ?? 0) < 900)
        await page.locator('.list-pane .head button').first().click();
      await page.locator('[id="tree-search-s2"]').click();
      await idle(page);
    },
  },
  {
    name: 'finding-keep',
    scenario: {},
    act: async (page) => {
      await firstLine(page);
      await page.keyboard.press('Control+KeyK');
      await page.keyboard.type('login:root -tag:prod');
      await page.getByTestId('save-search').click();
      await page.locator('[role=dialog]').waitFor();
    },
  },
  {
    name: 'finding-palette',
    scenario: {},
    act: async (page) => {
      await firstLine(page);
      await page.keyboard.press('Control+KeyP');
      await page.getByTestId('palette').waitFor();
      await idle(page);
    },
  },
  {
    name: 'finding-palette-typed',
    scenario: {},
    act: async (page) => {
      await firstLine(page);
      await page.keyboard.press('Control+KeyP');
      await page.keyboard.type('re');
      await idle(page);
    },
  },
  {
    name: 'finding-sheet',
    scenario: {},
    act: async (page) => {
      await firstLine(page);
      await page.keyboard.press('Shift+Slash');
      await page.locator('[role=dialog]').waitFor();
    },
  },
  { name: 'many-marked', scenario: {}, act: markThree },
  {
    name: 'many-tags',
    scenario: {},
    act: async (page) => {
      await markThree(page);
      await page.keyboard.press('KeyT');
      await page.getByTestId('many-tags').waitFor();
      await page.keyboard.type('on call');
      await page.keyboard.press('Enter');
    },
  },
  {
    name: 'many-removed',
    scenario: {},
    act: async (page) => {
      await markThree(page);
      await page.keyboard.press('Delete');
      await idle(page);
    },
  },
  {
    name: 'many-dragged',
    scenario: {},
    act: async (page) => {
      await markThree(page);
      await page.evaluate(`{
        const transfer = new DataTransfer();
        const fire = (target, type) => target.dispatchEvent(
          new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        fire(document.querySelector('[role=option]:nth-child(2)'), 'dragstart');
        const vault = [...document.querySelectorAll('[role=treeitem][aria-expanded]')][0];
        if (vault) fire(vault, 'dragover');
      }`);
      await idle(page);
    },
  },
];
