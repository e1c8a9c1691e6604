/** Scenes of the directory in the administration: none, connected, its settings, a preview. */
import type { Page } from 'playwright-core';
import type { Scenario } from './scenario.ts';
import { idle, type Scene } from './scene.ts';

const whole: Partial<Scenario> = { administers: true, features: ['userRoles', 'directory'] };

async function openDirectory(page: Page): Promise<void> {
  await page.locator('[data-testid=open-administration]').click();
  await page.locator('[data-testid=administration-directory]').click();
  await page.mouse.move(2, 2);
  await idle(page);
}

async function press(page: Page, testid: string): Promise<void> {
  await openDirectory(page);
  await page.getByTestId(testid).click();
  await idle(page);
}

export const directoryScenes: readonly Scene[] = [
  { name: 'directory', scenario: whole, act: openDirectory },
  { name: 'directory-none', scenario: { ...whole, empty: true }, act: openDirectory },
  { name: 'directory-settings', scenario: whole, act: (page) => press(page, 'edit-directory') },
  {
    name: 'directory-tested',
    scenario: whole,
    act: async (page) => {
      await press(page, 'edit-directory');
      await page.getByTestId('test-directory').click();
      await page.getByTestId('directory-found').waitFor();
      await page.getByTestId('directory-found').scrollIntoViewIfNeeded();
      await idle(page);
    },
  },
  {
    name: 'directory-remove',
    scenario: whole,
    act: async (page) => {
      await press(page, 'edit-directory');
      await page.getByTestId('remove-directory').click();
      await idle(page);
    },
  },
  {
    name: 'directory-preview',
    scenario: whole,
    act: async (page) => {
      await press(page, 'preview-directory');
      await page.getByTestId('directory-plan').waitFor();
      await idle(page);
    },
  },
];
