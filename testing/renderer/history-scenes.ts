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

/** A picture with a QR code, as a person would paste it: drawn in the page, since it has no files. */
const pastedCode = `(async () => {
  const answer = await strongroom.codes.showQr({ recordId: 'x', field: { kind: 'password' } });
  const { size, modules } = answer.value;
  const canvas = new OffscreenCanvas((size + 8) * 6, (size + 8) * 6);
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#000';
  for (let at = 0; at < modules.length; at += 1)
    if (modules[at] === '1') context.fillRect((4 + (at % size)) * 6, (4 + Math.floor(at / size)) * 6, 6, 6);
  const file = new File([await canvas.convertToBlob()], 'code.png', { type: 'image/png' });
  const data = new DataTransfer();
  data.items.add(file);
  const field = [...document.querySelectorAll('.custom')].at(-1).querySelector('textarea');
  field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
})()`;

async function addCodes(page: Page): Promise<void> {
  await openByName(page, 'PostgreSQL');
  await page.locator('[data-testid=edit-record]').click();
  await page.locator('[data-testid=add-field]').click();
  await page.locator('[role=menuitem]').nth(2).click();
  await page.locator('.custom').last().locator('[data-testid=qr-choose]').waitFor();
}

export const historyScenes: readonly Scene[] = [
  {
    name: 'codes-pasted',
    scenario: {},
    act: async (page) => {
      await addCodes(page);
      await page.evaluate(pastedCode);
      const secret = page.locator('.custom').last().locator('textarea');
      for (let tries = 0; tries < 40 && (await secret.inputValue()) === ''; tries += 1) await idle(page);
      if ((await secret.inputValue()) === '') throw new Error('the QR code was not read');
      await page.locator('.custom').last().scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'codes-nonsense',
    scenario: {},
    act: async (page) => {
      await addCodes(page);
      const buffer = Buffer.from('not a picture at all');
      const files = { name: 'code.png', mimeType: 'image/png', buffer };
      await page.locator('.custom').last().locator('[data-testid=qr-file]').setInputFiles(files);
      await page.locator('.custom').last().locator('[role=alert]').waitFor();
      await page.locator('.custom').last().scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'codes-bad',
    scenario: {},
    act: async (page) => {
      await addCodes(page);
      await page.locator('.custom').last().locator('textarea').fill('this makes no codes: 0189');
      await page.keyboard.press('Control+KeyS');
      await page.locator('.custom').last().locator('[role=alert]').waitFor();
      await idle(page);
    },
  },
  {
    name: 'codes-qr',
    scenario: {},
    act: async (page) => {
      await openByName(page, 'PostgreSQL');
      await page.locator('[data-testid=show-qr]').first().click();
      await page.locator('[data-testid=qr-shown] svg').waitFor();
      await idle(page);
    },
  },
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
