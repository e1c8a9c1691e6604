/** Scenes of the workspace: lists, records, the tree, sync, settings, and what goes wrong. */
import type { Page } from 'playwright-core';
import type { SyncStatus } from '../../contract/sync.ts';
import { idle, type Scene } from './scene.ts';

/** Opens Infrastructure / production / databases and picks its first record, by keys alone. */
export async function openPrimary(page: Page): Promise<void> {
  await page.locator('[role=listbox]').waitFor();
  const narrow = (page.viewportSize()?.width ?? 0) < 900;
  if (narrow) await page.locator('.list-pane .head button').first().click();
  await page.locator('[role=tree]').focus();
  for (const key of ['Home', ...Array<string>(8).fill('ArrowDown'), 'ArrowRight']) {
    await page.keyboard.press(key);
  }
  await page.locator('[id="tree-production"]').waitFor();
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
  await page.locator('[role=listbox]:focus').waitFor();
  await page.keyboard.press('Home');
  await page.waitForTimeout(150);
  if ((page.viewportSize()?.width ?? 0) < 640) await page.keyboard.press('Enter');
  await page.locator('article').waitFor();
}

export async function openByName(page: Page, name: string): Promise<void> {
  await page.locator('[role=listbox]').waitFor();
  await page.locator('.search input').fill(name);
  await page.locator('[role=option]').filter({ hasText: name }).first().click();
  await page.locator('article').waitFor();
}

const running: Partial<SyncStatus> = { phase: 'running', stage: 'records', done: 2189, total: 3412 };
const stopped: Partial<SyncStatus> = { phase: 'stopped', problem: { code: 'signInAgain', params: {} } };
const noticed: Partial<SyncStatus> = {
  phase: 'offline',
  problem: { code: 'unreachable', params: { host: 'vault.corp.example', reason: 'timeout' } },
  notices: [
    {
      id: 'n1',
      at: Date.now() - 3_600_000,
      kind: 'fieldTampered',
      subject: 'MySQL billing',
      recordId: 'mysql',
    },
    { id: 'n2', at: Date.now() - 90_000_000, kind: 'vaultRemoved', subject: 'Office', recordId: null },
  ],
};

export async function openPanel(page: Page): Promise<void> {
  await page.locator('.bar .chip').click();
  await page.locator('.sync-popup').waitFor();
}

async function openSettings(page: Page, section: string): Promise<void> {
  await page.waitForTimeout(150);
  await page.keyboard.press('Control+Comma');
  await page.getByTestId(`settings-${section}`).click();
  await page.waitForTimeout(100);
}

export const workspaceScenes: readonly Scene[] = [
  {
    name: 'workspace',
    scenario: {},
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await idle(page);
    },
  },
  { name: 'record', scenario: { sync: noticed }, act: openPrimary },
  {
    name: 'record-revealed',
    scenario: {},
    act: async (page) => {
      await openPrimary(page);
      await page.locator('article .field-row [aria-pressed]').nth(0).click();
      await page.locator('article .field-row [aria-pressed]').nth(1).click();
      await page.locator('article .field-row .actions button').first().click();
      await page.locator('.chip span.left').waitFor();
      await page.mouse.move(2, 2);
    },
  },
  { name: 'record-flagged', scenario: {}, act: async (page) => openByName(page, 'MySQL billing') },
  { name: 'record-key-broken', scenario: {}, act: async (page) => openByName(page, 'Vault unseal') },
  { name: 'record-long', scenario: {}, act: async (page) => openByName(page, 'A record whose') },
  { name: 'record-inbox', scenario: {}, act: async (page) => openByName(page, 'VPN for the audit') },
  { name: 'record-received', scenario: {}, act: async (page) => openByName(page, 'Staging admin') },
  {
    name: 'record-files',
    scenario: {},
    act: async (page) => {
      await openPrimary(page);
      await page.evaluate(`{
        const transfer = new DataTransfer();
        for (const name of ['base-backup.tar.gz', 'next-one.pem', 'huge-image.iso']) transfer.items.add(new File(['x'], name));
        document.querySelector('.record-pane').dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }`);
      await page.locator('.failed').waitFor();
      await page.locator('.failed').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'record-new-host',
    scenario: {},
    act: async (page) => {
      await openPrimary(page);
      await page.locator('.address').click();
      await page.locator('[role=dialog]').waitFor();
    },
  },
  {
    name: 'search',
    scenario: {},
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.press('Control+KeyK');
      await page.keyboard.type('corp');
      await idle(page);
    },
  },
  {
    name: 'search-nothing',
    scenario: {},
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.press('Control+KeyK');
      await page.keyboard.type('zzzz');
      await idle(page);
    },
  },
  {
    name: 'tree',
    scenario: { sync: running },
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      if ((page.viewportSize()?.width ?? 0) < 900)
        await page.locator('.list-pane .head button').first().click();
      await page.locator('[role=tree]').focus();
      await page.keyboard.press('End');
    },
  },
  {
    name: 'sort',
    scenario: {},
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await page.locator('.list-pane .head .icon-button[aria-haspopup=menu]').first().click();
      await idle(page);
    },
  },
  { name: 'first-sync', scenario: { empty: true, sync: { ...running, lastSyncedAt: null } }, act: idle },
  { name: 'empty', scenario: { empty: true }, act: idle },
  {
    name: 'loading',
    scenario: { hanging: ['tree.overview', 'records.page'] },
    act: async (page) => page.waitForTimeout(700),
  },
  {
    name: 'errors',
    scenario: { failing: { 'tree.overview': 'mirrorDamaged', 'records.page': 'mirrorDamaged' } },
    act: idle,
  },
  {
    name: 'record-error',
    scenario: { failing: { 'records.read': 'noSuchRecord' } },
    act: async (page) => {
      await page.locator('[role=option]').first().click();
      await idle(page);
    },
  },
  {
    name: 'sync-panel',
    scenario: { sync: running },
    act: async (page) => {
      await idle(page);
      await openPanel(page);
    },
  },
  {
    name: 'sync-sign-in',
    scenario: { sync: stopped },
    act: async (page) => {
      await idle(page);
      await openPanel(page);
    },
  },
  {
    name: 'sync-notices',
    scenario: { sync: noticed },
    act: async (page) => {
      await idle(page);
      await openPanel(page);
    },
  },
  { name: 'settings', scenario: {}, act: async (page) => openSettings(page, 'appearance') },
  { name: 'settings-protection', scenario: {}, act: async (page) => openSettings(page, 'protection') },
  {
    name: 'settings-accounts',
    scenario: { accounts: 3 },
    act: async (page) => openSettings(page, 'accounts'),
  },
  {
    name: 'settings-remove',
    scenario: { accounts: 3 },
    act: async (page) => {
      await openSettings(page, 'accounts');
      await page.locator('.account button').nth(1).click();
      await idle(page);
    },
  },
  { name: 'settings-about', scenario: {}, act: async (page) => openSettings(page, 'about') },
  {
    name: 'shortcuts',
    scenario: {},
    act: async (page) => {
      await idle(page);
      await page.keyboard.press('Control+Slash');
      await page.locator('[role=dialog]').waitFor();
    },
  },
  { name: 'compact', scenario: { settings: { density: 'compact' } }, act: openPrimary },
];
