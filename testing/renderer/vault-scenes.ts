/** Scenes of vaults themselves: making one, its properties, who has access, letting somebody in. */
import type { Page } from 'playwright-core';
import { idle, type Scene } from './scene.ts';

const features = [
  ...['vaultTypes', 'vaultDescription', 'vaultSettings', 'vaultVisibility', 'vaultLeave', 'vaultBin'],
  ...['vaultAccess', 'accessExplained', 'keyFingerprints', 'accessRequests', 'vaultRekey'],
];
const scenario = { administers: true, features };

async function toTree(page: Page): Promise<void> {
  await page.locator('[role=option]').first().waitFor();
  if ((page.viewportSize()?.width ?? 0) < 900) {
    await page.locator('.list-pane .head button').first().click();
  }
  await page.locator('[role=tree]').waitFor();
}

async function openMenu(page: Page, vaultId: string): Promise<void> {
  await toTree(page);
  await page.locator(`[id="tree-${vaultId}"]`).click({ button: 'right' });
  await page.locator('[data-action=access]').waitFor();
}

async function openAccess(page: Page, vaultId = 'infra'): Promise<void> {
  await openMenu(page, vaultId);
  await page.locator('[data-action=access]').click();
  await page.getByTestId('access-person').first().waitFor();
}

/** As far as the person's key. */
async function choose(page: Page, search: string, vaultId = 'infra'): Promise<void> {
  await openAccess(page, vaultId);
  await page.getByTestId('add-person').click();
  await page.getByTestId('add-access').locator('input').fill(search);
  await idle(page);
  await page.getByTestId('found-person').first().click();
  await page.getByTestId('key-card').waitFor();
  await idle(page);
}

/** Presses a key until the focus is on what is looked for, as a person without a pointer does. */
async function keyTo(page: Page, key: string, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await page.locator(`${selector}:focus`).count()) > 0) return;
    await page.keyboard.press(key);
    await page.waitForTimeout(20);
  }
  throw new Error(`${key} does not lead to ${selector}.`);
}

/** From the tree to somebody let in, by keys alone. */
async function letInByKeys(page: Page): Promise<void> {
  await toTree(page);
  await page.locator('[role=tree]').focus();
  await page.keyboard.type('Infra');
  await page.keyboard.press('Shift+F10');
  await page.locator('[data-action=access]').waitFor();
  await keyTo(page, 'ArrowDown', '[data-action=access]');
  await page.keyboard.press('Enter');
  await page.getByTestId('access-person').first().waitFor();
  await keyTo(page, 'Tab', '[data-testid=add-person]');
  await page.keyboard.press('Enter');
  await page.getByTestId('found-person').first().waitFor();
  await page.keyboard.type('kuznetsova');
  await idle(page);
  await keyTo(page, 'Tab', '[data-testid=found-person]');
  await page.keyboard.press('Enter');
  await page.getByTestId('key-card').waitFor();
  await idle(page);
  await keyTo(page, 'Tab', '[data-testid=let-in]');
  await page.keyboard.press('Enter');
  await page.getByTestId('access-person').nth(1).waitFor();
}

async function openNew(page: Page): Promise<void> {
  await toTree(page);
  await page.getByTestId('new-vault-button').click();
  await page.getByTestId('new-vault').locator('input').waitFor();
}

export const vaultScenes: readonly Scene[] = [
  { name: 'vault-menu', scenario, act: (page) => openMenu(page, 'infra') },
  {
    name: 'vault-menu-barred',
    scenario,
    act: (page) => openMenu(page, 'archive'),
  },
  {
    name: 'vault-new',
    scenario,
    act: async (page) => {
      await openNew(page);
      await page.getByTestId('new-vault').locator('input').fill('Laboratory');
      await page.getByTestId('new-vault').locator('.select').click();
      await page.locator('[role=menuitemradio]').first().click();
      await page.getByTestId('key-card').nth(1).waitFor();
      await idle(page);
    },
  },
  { name: 'vault-new-own', scenario, act: openNew },
  {
    name: 'vault-properties',
    scenario,
    act: async (page) => {
      await openMenu(page, 'infra');
      await page.locator('[data-action=properties]').click();
      await page.getByTestId('vault-properties').locator('input').waitFor();
    },
  },
  {
    name: 'vault-shelf',
    scenario,
    act: async (page) => {
      await toTree(page);
      await page.getByTestId('vault-shelf-button').click();
      await page.getByTestId('restore-vault').first().waitFor();
    },
  },
  { name: 'vault-access', scenario, act: (page) => openAccess(page) },
  {
    name: 'vault-access-failed',
    scenario: { ...scenario, failing: { 'vaultAdmin.groups': 'unreachable' } },
    act: async (page) => {
      await openMenu(page, 'infra');
      await page.locator('[data-action=access]').click();
      await page.getByTestId('access').locator('.banner').first().waitFor();
    },
  },
  {
    name: 'vault-let-in-find',
    scenario,
    act: async (page) => {
      await openAccess(page);
      await page.getByTestId('add-person').click();
      await page.getByTestId('found-person').first().waitFor();
    },
  },
  { name: 'vault-let-in-by-keys', scenario, act: letInByKeys },
  { name: 'vault-let-in', scenario, act: (page) => choose(page, 'kuznetsova', 'anna') },
  { name: 'vault-let-in-changed', scenario, act: (page) => choose(page, 'morozov') },
  { name: 'vault-let-in-weak', scenario, act: (page) => choose(page, 'klein') },
  {
    name: 'vault-take-away',
    scenario,
    act: async (page) => {
      await openAccess(page);
      await page.getByTestId('remove-person').first().click();
      await page.getByTestId('question-confirm').click();
      // Nobody else had let them in, so a new key is offered next.
      await idle(page);
      await page.getByTestId('question').waitFor();
    },
  },
  {
    name: 'vault-let-in-group',
    scenario,
    act: async (page) => {
      await openAccess(page);
      await page.getByTestId('add-group').click();
      await page.getByTestId('found-group').first().click();
      await page.getByTestId('group-waits').waitFor();
    },
  },
];
