/** Scenes before the vaults are open: first run, further accounts, the locked door. */
import type { Page } from 'playwright-core';
import { idle, type Scene } from './scene.ts';
import type { Scenario } from './scenario.ts';

const secret = 'correct horse battery';
const firstRun: Partial<Scenario> = { accounts: 0, unlocked: false };
const withAccount: Partial<Scenario> = { accounts: 1, unlocked: false };

async function typeAddress(page: Page): Promise<void> {
  await page.locator('form input').first().fill('https://vault.corp.example');
  await page.keyboard.press('Enter');
}

async function signIn(page: Page): Promise<void> {
  await typeAddress(page);
  await page.locator('input[type=password]').waitFor();
  await page.locator('input[type=text]').first().fill('a.orlova');
  await page.locator('input[type=password]').fill(secret);
  await page.keyboard.press('Enter');
}

export const entranceScenes: readonly Scene[] = [
  { name: 'first-run', scenario: firstRun, act: idle },
  {
    name: 'first-run-bad-address',
    scenario: firstRun,
    act: async (page) => {
      await page.locator('form input').first().fill('vault');
      await page.keyboard.press('Enter');
      await idle(page);
    },
  },
  {
    name: 'first-run-certificate',
    scenario: { ...firstRun, trusted: false },
    act: async (page) => {
      await typeAddress(page);
      await page.locator('.certificate').waitFor();
    },
  },
  {
    name: 'first-run-sign-in',
    scenario: firstRun,
    act: async (page) => {
      await typeAddress(page);
      await page.locator('input[type=password]').waitFor();
    },
  },
  {
    name: 'first-run-wrong-login',
    scenario: { ...firstRun, failing: { 'accounts.signIn': 'wrongCredentials' } },
    act: async (page) => {
      await signIn(page);
      await idle(page);
    },
  },
  {
    name: 'first-run-two-factor',
    scenario: { ...firstRun, enrolment: 'twoFactorCode' },
    act: async (page) => {
      await signIn(page);
      await idle(page);
    },
  },
  {
    name: 'first-run-master-password',
    scenario: firstRun,
    act: async (page) => {
      await signIn(page);
      await page.locator('.derivation').waitFor();
    },
  },
  {
    name: 'first-run-passphrase',
    scenario: { ...firstRun, enrolment: 'devicePassphrase' },
    act: async (page) => {
      await signIn(page);
      await page.locator('input[type=password]').nth(1).waitFor();
      await page.locator('input[type=password]').nth(0).fill('long enough for this');
      await page.locator('input[type=password]').nth(1).fill('something else');
      await page.keyboard.press('Enter');
      await idle(page);
    },
  },
  { name: 'unlock', scenario: { ...withAccount, lockReason: 'idle' }, act: idle },
  { name: 'unlock-damaged', scenario: { ...withAccount, damaged: ['profile-9'] }, act: idle },
  {
    name: 'unlock-wrong',
    scenario: { ...withAccount, accounts: 3 },
    act: async (page) => {
      await page.locator('input[type=password]').fill('wrong');
      await page.keyboard.press('Enter');
      await page.locator('[role=alert]').waitFor();
    },
  },
  {
    name: 'unlock-accounts',
    scenario: { ...withAccount, accounts: 3 },
    act: async (page) => {
      await page.locator('[aria-haspopup=menu]').click();
      await page.locator('[role=menuitemradio]').first().waitFor();
    },
  },
  {
    name: 'unlock-offline-term',
    scenario: { ...withAccount, lockReason: 'offlineTermOver', offlineTermDays: 30 },
    act: async (page) => {
      await page.locator('input[type=password]').fill(secret);
      await page.keyboard.press('Enter');
      await page.locator('[role=alert]').waitFor();
    },
  },
  { name: 'start-failed', scenario: { failing: { 'session.state': 'internal' } }, act: idle },
];
