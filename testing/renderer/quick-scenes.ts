/** Scenes of quick access and of the settings around the window. */
import type { Page } from 'playwright-core';
import { idle, type Scene } from './scene.ts';

const quick = { page: 'quick.html', size: [560, 460] } as const;

async function show(page: Page): Promise<void> {
  await page.evaluate("strongroomEmit('quickAccessShown', { shown: true })");
  await page.getByTestId('quick').waitFor();
}

async function find(page: Page, text: string): Promise<void> {
  await show(page);
  await page.keyboard.type(text);
  await page.getByTestId('quick-line').first().waitFor();
  await idle(page);
}

async function openDesktopSettings(page: Page): Promise<void> {
  await page.locator('[role=option]').first().waitFor();
  await page.keyboard.press('Control+Comma');
  await page.locator('[role=tab]').nth(2).click();
  await page.getByTestId('quick-key').waitFor();
}

export const quickScenes: readonly Scene[] = [
  { ...quick, name: 'quick-locked', scenario: { unlocked: false, lockReason: 'idle' }, act: show },
  {
    ...quick,
    name: 'quick-wrong',
    scenario: { unlocked: false, accounts: 3 },
    act: async (page) => {
      await show(page);
      await page.locator('input[type=password]').fill('not the words');
      await page.keyboard.press('Enter');
      await idle(page);
    },
  },
  {
    ...quick,
    name: 'quick-recent',
    scenario: {},
    act: async (page) => {
      await show(page);
      await idle(page);
    },
  },
  { ...quick, name: 'quick-found', scenario: {}, act: (page) => find(page, 'prod') },
  {
    ...quick,
    name: 'quick-nothing',
    scenario: {},
    act: async (page) => {
      await show(page);
      await page.keyboard.type('nothing is called so');
      await idle(page);
    },
  },
  {
    ...quick,
    name: 'quick-copied',
    scenario: {},
    act: async (page) => {
      await find(page, 'prod');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await idle(page);
    },
  },
  {
    ...quick,
    name: 'quick-failed',
    scenario: { failing: { 'records.copyPassword': 'vaultKeyMissing' } },
    act: async (page) => {
      await find(page, 'prod');
      await page.keyboard.press('Enter');
      await idle(page);
    },
  },
  {
    ...quick,
    name: 'quick-host',
    scenario: {},
    act: async (page) => {
      await find(page, 'prod');
      await page.keyboard.press('Control+KeyO');
      await page.getByTestId('quick-question').waitFor();
    },
  },
  { name: 'settings-desktop', scenario: {}, act: openDesktopSettings },
  {
    name: 'settings-desktop-taken',
    scenario: { quickKeyTaken: true },
    act: async (page) => {
      await openDesktopSettings(page);
      await page.getByTestId('quick-key').click();
      await page.keyboard.press('KeyQ');
      await idle(page);
    },
  },
];
