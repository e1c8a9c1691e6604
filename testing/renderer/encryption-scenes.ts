/** Scenes of turning client-side encryption on or off: who begins it, what it asks of everybody, its end. */
import type { Page } from 'playwright-core';
import { noChange, type Scenario } from './scenario.ts';
import { idle, type Scene } from './scene.ts';
import { openPanel } from './workspace-scenes.ts';

const features = ['encryptionChange', 'vaultAccess'];
const password = 'correct horse battery';

type Encryption = Partial<Scenario['encryption']>;

const plays = (encryption: Encryption, more: Partial<Scenario> = {}): Partial<Scenario> => ({
  ...{ features, clientSideEncryption: encryption.direction === 'off', ...more },
  encryption: { ...noChange, ...encryption },
});
const manages = (encryption: Encryption, more: Partial<Scenario> = {}): Partial<Scenario> =>
  plays(encryption, { administers: true, ...more });

async function openOrganisation(page: Page): Promise<void> {
  await page.getByTestId('open-administration').click();
  await page.getByTestId('administration-organisation').click();
  const part = page.getByTestId('encryption-part');
  await part.locator('.state').waitFor();
  await part.scrollIntoViewIfNeeded();
  await page.mouse.move(2, 2);
  await idle(page);
}

/** Opens what the banner asks for. */
async function openAsked(page: Page, ask: string, dialog: string): Promise<void> {
  await page.getByTestId(ask).click();
  await page.getByTestId(dialog).waitFor();
  await page.mouse.move(2, 2);
  await idle(page);
}

async function beginEncrypting(page: Page): Promise<void> {
  await openAsked(page, 'encryption-ask-encrypt', 'encryption-encrypt');
  await page.getByTestId('encryption-encrypt').locator('input.secret').fill(password);
  await page.getByTestId('encryption-encrypt-go').click();
  await page.getByTestId('encryption-conversion').waitFor();
  await idle(page);
}

const begin = (direction: 'on' | 'off') => async (page: Page) => {
  await openOrganisation(page);
  await openAsked(page, `encryption-turn-${direction}`, 'encryption-begin');
};

export const encryptionScenes: readonly Scene[] = [
  { name: 'encryption-organisation-off', scenario: manages({}), act: openOrganisation },
  {
    name: 'encryption-organisation-on',
    scenario: manages({}, { clientSideEncryption: true }),
    act: openOrganisation,
  },
  { name: 'encryption-organisation-underway', scenario: manages({ direction: 'on' }), act: openOrganisation },
  {
    name: 'encryption-organisation-changed',
    scenario: manages({ last: 'on' }),
    act: openOrganisation,
  },
  { name: 'encryption-turn-on', scenario: manages({}), act: begin('on') },
  { name: 'encryption-turn-off', scenario: manages({}, { clientSideEncryption: true }), act: begin('off') },
  {
    name: 'encryption-finish',
    scenario: manages({ direction: 'on', ready: true }),
    act: async (page) => {
      await openOrganisation(page);
      await openAsked(page, 'encryption-finish-open', 'encryption-finish');
    },
  },
  {
    name: 'encryption-banner-on',
    scenario: plays({ direction: 'on', keys: 'missing' }),
    act: async (page) => {
      await page.getByTestId('encryption-ask-password').waitFor();
      await idle(page);
    },
  },
  {
    name: 'encryption-banner-ready',
    scenario: manages({ direction: 'on', ready: true, conversion: 'done' }),
    act: async (page) => {
      await page.getByTestId('encryption-conversion').waitFor();
      await idle(page);
    },
  },
  {
    name: 'encryption-set-password',
    scenario: plays({ direction: 'on', keys: 'missing' }),
    act: async (page) => {
      await openAsked(page, 'encryption-ask-password', 'encryption-set-password');
      await page
        .getByTestId('encryption-set-password')
        .locator('input')
        .first()
        .fill('five words nobody says');
      await idle(page);
    },
  },
  {
    name: 'encryption-convert',
    scenario: plays({ direction: 'on' }),
    act: (page) => openAsked(page, 'encryption-ask-encrypt', 'encryption-encrypt'),
  },
  { name: 'encryption-converting', scenario: plays({ direction: 'on' }), act: beginEncrypting },
  {
    name: 'encryption-stopped',
    scenario: manages({ direction: 'on' }),
    act: async (page) => {
      await beginEncrypting(page);
      await page.getByTestId('encryption-pause').click();
      await page.getByTestId('encryption-unreadable').click();
      await page.mouse.move(2, 2);
      await idle(page);
    },
  },
  {
    name: 'encryption-hand-over',
    scenario: plays({ direction: 'off' }),
    act: async (page) => {
      await openAsked(page, 'encryption-ask-hand-over', 'encryption-hand-over');
      await page.getByTestId('understood').check();
      await idle(page);
    },
  },
  {
    name: 'encryption-changed',
    scenario: plays(
      { last: 'off' },
      {
        clientSideEncryption: true,
        sync: { phase: 'stopped', problem: { code: 'encryptionModeChanged', params: {} } },
      },
    ),
    act: async (page) => {
      await idle(page);
      await openPanel(page);
      await page.getByTestId('encryption-changed').waitFor();
      await idle(page);
    },
  },
];
