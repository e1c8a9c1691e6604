/** Scenes of looking for a QR code on the screens: the region of one of them, by pointer and by keys. */
import type { Page } from 'playwright-core';
import { idle, type Scene } from './scene.ts';

/** Opens a form with a field of one-time codes, without a word of any language. */
async function openField(page: Page): Promise<void> {
  await page.locator('[role=option]').first().waitFor();
  await page.keyboard.press('Control+KeyN');
  await page.getByTestId('record-editor').getByTestId('add-field').click();
  await page.getByRole('menuitem').nth(2).click();
  await page.getByTestId('qr-region').waitFor();
}

async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const box = await page.getByTestId('region-picture').boundingBox();
  if (!box) throw new Error('there is no picture of the screen');
  await page.mouse.move(box.x + box.width * from[0], box.y + box.height * from[1]);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to[0], box.y + box.height * to[1], { steps: 4 });
  await page.mouse.up();
}

export const codeScenes: readonly Scene[] = [
  {
    name: 'codes-sources',
    scenario: { screens: [[]] },
    act: async (page) => {
      await openField(page);
      await page.getByTestId('qr-region').scrollIntoViewIfNeeded();
      await idle(page);
    },
  },
  {
    name: 'codes-region-none',
    scenario: { screens: [[]] },
    act: async (page) => {
      await openField(page);
      await page.getByTestId('qr-look').click();
      // Every piece of the screen is searched first.
      await page.getByTestId('region-picture').waitFor({ timeout: 30_000 });
      await page.keyboard.press('Enter');
      await page.getByTestId('region-dialog').getByRole('alert').waitFor();
      await idle(page);
    },
  },
  {
    name: 'codes-region-drawn',
    scenario: { screens: [['left', 'right'], []] },
    act: async (page) => {
      await openField(page);
      await page.getByTestId('qr-look').click();
      // Every piece of the screen is searched first.
      await page.getByTestId('region-picture').waitFor({ timeout: 30_000 });
      await drag(page, [0.28, 0.46], [0.43, 0.76]);
      await idle(page);
    },
  },
  {
    name: 'codes-region-upright',
    scenario: { screens: [[], ['left']] },
    act: async (page) => {
      await openField(page);
      await page.getByTestId('qr-region').click();
      await page.getByTestId('region-picture').waitFor();
      await page.getByTestId('region-screens').getByRole('button').click();
      await page.getByRole('menuitemradio').nth(1).click();
      await page.getByTestId('region-picture').focus();
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Shift+ArrowRight');
      await idle(page);
    },
  },
  {
    name: 'codes-region-found',
    scenario: { screens: [['left', 'right']] },
    act: async (page) => {
      await openField(page);
      await page.getByTestId('qr-region').click();
      await drag(page, [0.75, 0.46], [0.9, 0.76]);
      await page.keyboard.press('Enter');
      await page.getByTestId('region-dialog').waitFor({ state: 'detached' });
      await idle(page);
    },
  },
];
