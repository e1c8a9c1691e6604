/** Scenes of keys: the queue of requests, comparing and accepting keys, another key for a vault. */
import type { Page } from 'playwright-core';
import type { Scenario } from './scenario.ts';
import { idle, type Scene } from './scene.ts';

const features = ['accessRequests', 'keyFingerprints', 'vaultRekey', 'vaultAccess', 'vaultDescription'];
const scenario: Partial<Scenario> = { administers: true, features };

async function openRequests(page: Page): Promise<void> {
  await page.getByTestId('open-administration').click();
  await page.getByTestId('administration-requests').click();
  await page.getByTestId('request-row').first().waitFor();
  await page.mouse.move(2, 2);
  await idle(page);
}

/** Opens the request of that place in the queue. */
async function openRequest(page: Page, place: number): Promise<void> {
  await openRequests(page);
  await page.getByTestId('request-open').nth(place).click();
  await page.mouse.move(2, 2);
  await idle(page);
}

async function vaultMenu(page: Page, vaultId: string, deed: string): Promise<void> {
  await page.locator('[role=option]').first().waitFor();
  if ((page.viewportSize()?.width ?? 0) < 900) {
    await page.locator('.list-pane .head button').first().click();
  }
  await page.locator('[role=tree]').waitFor();
  await page.locator(`[id="tree-${vaultId}"]`).click({ button: 'right' });
  await page.locator(`[data-action=${deed}]`).click();
  await idle(page);
}

/** A key that was changed elsewhere: proven by the records, in doubt, and foreign. */
function decideScenes(): Scene[] {
  const found = {
    'decide-key': [],
    'decide-key-unproven': ['unprovenKey'],
    'decide-key-foreign': ['foreignKey'],
  };
  return Object.entries(found).map(([name, chosen]) => ({
    name,
    scenario: { ...scenario, features: [...features, ...chosen] },
    act: async (page) => {
      await vaultMenu(page, 'field', 'decideKey');
      await page.getByTestId('decide-key').locator('.banner').waitFor();
      await idle(page);
    },
  }));
}

export const trustScenes: readonly Scene[] = [
  { name: 'requests', scenario, act: openRequests },
  {
    name: 'requests-chosen',
    scenario,
    act: async (page) => {
      await openRequests(page);
      for (const place of [0, 1]) await page.getByTestId('request-choose').nth(place).check();
    },
  },
  { name: 'requests-compare', scenario, act: (page) => openRequest(page, 2) },
  { name: 'requests-changed', scenario, act: (page) => openRequest(page, 4) },
  { name: 'requests-stranger', scenario, act: (page) => openRequest(page, 6) },
  {
    name: 'requests-none',
    scenario,
    act: async (page) => {
      await openRequests(page);
      for (let left = await page.getByTestId('request-row').count(); left > 0; left -= 1) {
        await page.getByTestId('request-open').first().click();
        await page.getByTestId('request-decline').first().click();
        await page.locator('[role=dialog] button.danger, [role=alertdialog] button.danger').first().click();
        await page
          .getByTestId('request-row')
          .nth(left - 1)
          .waitFor({ state: 'detached' });
      }
      await idle(page);
    },
  },
  {
    name: 'key-accept',
    scenario,
    act: async (page) => {
      await openRequest(page, 4);
      await page.getByTestId('key-accept').click();
      await page.getByTestId('key-asked').check();
      await idle(page);
    },
  },
  {
    name: 'rekey',
    scenario,
    act: async (page) => {
      await vaultMenu(page, 'infra', 'rekey');
      await page.getByTestId('rekey-holder').first().waitFor();
      await idle(page);
    },
  },
  {
    name: 'rekey-running',
    scenario,
    act: async (page) => {
      await vaultMenu(page, 'infra', 'rekey');
      await page.getByTestId('rekey-begin').click();
      await page.getByTestId('rekeying').waitFor();
      await idle(page);
    },
  },
  {
    name: 'rekey-stopped',
    scenario,
    act: async (page) => {
      await vaultMenu(page, 'infra', 'rekey');
      await page.getByTestId('rekey-begin').click();
      await page.getByTestId('rekeying-pause').click();
      await page.getByTestId('rekeying-go-on').waitFor();
      await idle(page);
    },
  },
  ...decideScenes(),
  {
    name: 'own-key',
    scenario,
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.press('Control+Comma');
      await page.locator('[data-testid=tab-accounts], [role=tab]').first().waitFor();
      await page
        .getByRole('tab')
        .filter({ hasText: /Accounts|Учётные записи/ })
        .click();
      await page.getByTestId('own-key').waitFor();
      await idle(page);
    },
  },
];
