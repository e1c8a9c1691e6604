/** Scenes of the own account: the first master password, an invitation, changes, the second factor. */
import type { Page } from 'playwright-core';
import type { SyncStatus } from '../../contract/sync.ts';
import { idle, type Scene } from './scene.ts';
import type { Scenario } from './scenario.ts';
import { openPanel } from './workspace-scenes.ts';
import { knownCode, knownInvitation } from './script-ownaccount.ts';

const secret = 'correct horse battery';
const newcomer: Partial<Scenario> = { accounts: 0, unlocked: false, enrolment: 'newMasterPassword' };

const stoppedBy = (problem: SyncStatus['problem']): Partial<Scenario> => ({
  sync: { phase: 'stopped', problem },
});

async function typeAddress(page: Page): Promise<void> {
  await page.locator('form input').first().fill('https://vault.corp.example');
}

async function signIn(page: Page): Promise<void> {
  await typeAddress(page);
  await page.keyboard.press('Enter');
  await page.locator('input[type=password]').waitFor();
  await page.locator('input[type=text]').first().fill('a.orlova');
  await page.locator('input[type=password]').fill(secret);
  await page.keyboard.press('Enter');
  await page.locator('input[type=password]').nth(1).waitFor();
}

async function openInvitation(page: Page, code: string): Promise<void> {
  await typeAddress(page);
  await page.locator('[data-testid=have-invitation]').click();
  await page.locator('input.mono').fill(code);
  await page.keyboard.press('Enter');
}

async function openSettings(page: Page, section: number): Promise<void> {
  await page.waitForTimeout(150);
  await page.keyboard.press('Control+Comma');
  await page.locator('[role=tab]').nth(section).click();
}

async function openOwnAccount(page: Page): Promise<void> {
  await openSettings(page, 4);
  await page.locator('[data-testid=own-account]').waitFor();
  await page.waitForTimeout(100);
}

async function openSyncPanel(page: Page): Promise<void> {
  await idle(page);
  await openPanel(page);
}

const dialog = (page: Page) => page.locator('.dialog').last();

async function passPassword(page: Page): Promise<void> {
  await dialog(page).locator('input').fill(secret);
  await page.keyboard.press('Enter');
  await dialog(page).locator('svg.code').waitFor();
}

const before: readonly Scene[] = [
  {
    name: 'new-master-password',
    scenario: newcomer,
    act: async (page) => {
      await signIn(page);
      await page.locator('input[type=password]').first().fill('summer2026');
      await page.locator('[data-testid=strength]').waitFor();
    },
  },
  {
    name: 'new-master-password-different',
    scenario: newcomer,
    act: async (page) => {
      await signIn(page);
      await page.locator('input[type=password]').nth(0).fill('orbit pencil velvet harbor');
      await page.locator('input[type=password]').nth(1).fill('orbit pencil velvet');
      await page.keyboard.press('Enter');
      await page.locator('[data-testid=strength]').waitFor();
    },
  },
  {
    name: 'new-master-password-known-here',
    scenario: { ...newcomer, knownHere: true },
    act: async (page) => {
      await signIn(page);
      await idle(page);
    },
  },
  {
    name: 'passphrase-known-here',
    scenario: { ...newcomer, enrolment: 'devicePassphrase', clientSideEncryption: false, knownHere: true },
    act: async (page) => {
      await signIn(page);
      await idle(page);
    },
  },
  {
    name: 'first-steps',
    scenario: { ...newcomer, accounts: 1 },
    act: async (page) => {
      await page.locator('.others .link').click();
      await signIn(page);
      for (const at of [0, 1]) {
        await page.locator('input[type=password]').nth(at).fill('orbit pencil velvet harbor');
      }
      await page.keyboard.press('Enter');
      await page.locator('[data-testid=first-steps]').waitFor();
    },
  },
  {
    name: 'invitation-wrong',
    scenario: newcomer,
    act: async (page) => {
      await openInvitation(page, 'mistyped');
      await page.locator('[role=alert]').waitFor();
    },
  },
  {
    name: 'invitation-account',
    scenario: newcomer,
    act: async (page) => {
      await openInvitation(page, knownInvitation);
      await page.locator('input[type=password]').nth(1).waitFor();
    },
  },
];

export const ownAccountScenes: readonly Scene[] = [
  ...before,
  { name: 'own-account', scenario: {}, act: openOwnAccount },
  { name: 'own-account-two-factor', scenario: { twoFactor: true }, act: openOwnAccount },
  {
    name: 'own-account-offline',
    scenario: { failing: { 'ownAccount.overview': 'unreachable' } },
    act: openOwnAccount,
  },
  {
    name: 'change-master-password',
    scenario: {},
    act: async (page) => {
      await openOwnAccount(page);
      await page.locator('[data-testid=change-master]').click();
      const inputs = dialog(page).locator('input');
      await inputs.nth(0).fill('not the one');
      for (const at of [1, 2]) await inputs.nth(at).fill('orbit pencil velvet harbor');
      await inputs.nth(3).fill(secret);
      await page.keyboard.press('Enter');
      await dialog(page).locator('[role=alert]').waitFor();
    },
  },
  {
    name: 'change-log-in-password',
    scenario: {},
    act: async (page) => {
      await openOwnAccount(page);
      await page.locator('[data-testid=change-log-in]').click();
      await idle(page);
    },
  },
  {
    name: 'two-factor-set-up',
    scenario: {},
    act: async (page) => {
      await openOwnAccount(page);
      await page.locator('[data-testid=set-up-two-factor]').click();
      await passPassword(page);
    },
  },
  {
    name: 'two-factor-codes',
    scenario: {},
    act: async (page) => {
      await openOwnAccount(page);
      await page.locator('[data-testid=set-up-two-factor]').click();
      await passPassword(page);
      await dialog(page).locator('input').fill(knownCode);
      await page.keyboard.press('Enter');
      await page.locator('[data-testid=recovery-codes]').waitFor();
    },
  },
  {
    name: 'two-factor-off',
    scenario: { twoFactor: true },
    act: async (page) => {
      await openOwnAccount(page);
      await page.locator('[data-testid=disable-two-factor]').click();
      await idle(page);
    },
  },
  {
    name: 'adopt-master-password',
    scenario: stoppedBy({ code: 'kdfRefused', params: { reason: 'saltChanged' } }),
    act: openSyncPanel,
  },
  { name: 'start-anew', scenario: stoppedBy({ code: 'ownKeyChanged', params: {} }), act: openSyncPanel },
];
