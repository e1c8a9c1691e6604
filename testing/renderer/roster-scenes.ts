/** Scenes of signed rosters: none, some found, accepting and signing one, and keys that they speak of. */
import type { Page } from 'playwright-core';
import type { Scenario } from './scenario.ts';
import { idle, type Scene } from './scene.ts';

const features = ['accessRequests', 'keyFingerprints', 'userRoles', 'vaultAccess'];
const withFeatures = (...more: string[]): Partial<Scenario> => ({
  ...{ administers: true, features: [...features, ...more] },
});

async function openRosters(page: Page): Promise<void> {
  await page.getByTestId('open-administration').click();
  await page.getByTestId('administration-roster').click();
  await page.getByTestId('roster').waitFor();
  await page.mouse.move(2, 2);
  await idle(page);
}

async function openSigning(page: Page): Promise<void> {
  await openRosters(page);
  await page.getByTestId('roster-sign').click();
  await page.getByTestId('sign-roster').waitFor();
  await idle(page);
}

/** Opens the request of whoever has that mark. */
async function openRequest(page: Page, mark: 'key-vouched' | 'key-differs'): Promise<void> {
  await page.getByTestId('open-administration').click();
  await page.getByTestId('administration-requests').click();
  const row = page.getByTestId('request-row').filter({ has: page.getByTestId(mark) });
  await row.getByTestId('request-open').click();
  await page.getByTestId('key-history').waitFor();
  await row.scrollIntoViewIfNeeded();
  await page.mouse.move(2, 2);
  await idle(page);
}

export const rosterScenes: readonly Scene[] = [
  { name: 'roster-none', scenario: withFeatures(), act: openRosters },
  { name: 'roster-found', scenario: withFeatures('rosters', 'rosterSigned'), act: openRosters },
  {
    name: 'roster-accept',
    scenario: withFeatures('rosters'),
    act: async (page) => {
      await openRosters(page);
      await page.getByTestId('roster-accept').first().click();
      await page.getByTestId('roster-compared').check();
      await idle(page);
    },
  },
  { name: 'roster-sign', scenario: withFeatures(), act: openSigning },
  { name: 'roster-sign-again', scenario: withFeatures('rosterSigned'), act: openSigning },
  { name: 'roster-sign-weak', scenario: withFeatures('weakOwnKey'), act: openSigning },
  {
    name: 'roster-received',
    scenario: { features: ['rosters'] },
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await page.keyboard.press('Control+Comma');
      await page.getByTestId('settings-ownAccount').click();
      await page.getByTestId('own-account').waitFor();
      await page.getByTestId('received-rosters').scrollIntoViewIfNeeded();
      await idle(page);
    },
  },
  {
    name: 'keycard-vouched',
    scenario: withFeatures(),
    act: (page) => openRequest(page, 'key-vouched'),
  },
  {
    name: 'keycard-differs',
    scenario: withFeatures(),
    act: (page) => openRequest(page, 'key-differs'),
  },
  {
    name: 'keycard-differs-accept',
    scenario: withFeatures(),
    act: async (page) => {
      await openRequest(page, 'key-differs');
      await page.getByTestId('key-accept').click();
      await page.getByTestId('key-asked').check();
      await idle(page);
    },
  },
];
