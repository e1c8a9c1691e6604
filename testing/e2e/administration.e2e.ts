/**
 * The story of a team's administration with three applications at once: an administrator (Anna), the
 * administrator of one vault (Elena), and somebody new (Nora), on a server of their own. Every step goes
 * through the windows. It is one test, since each chapter begins where the one before ended.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestInfo } from '@playwright/test';
import { type Page, chromium } from 'playwright-core';
import { startServer } from '../../server/index.ts';
import type { RunningServer } from '../../server/index.ts';
import { headlessBrowser } from '../desktop/browser-binary.ts';
import { sampleRecord } from '../organisation/index.ts';
import { AdministrationScreens } from './administrationscreens.ts';
import type { RunningApp } from './app.ts';
import { copyOfData, removeFolder } from './demoserver.ts';
import type { DemoUser } from './demoserver.ts';
import { expect, test } from './spec.ts';

const vault = 'Marketing';
const record = sampleRecord('Blog — Ghost');
const annaName = 'Анна Орлова';
const elenaName = 'Елена Смирнова';
const nora = {
  fullName: 'Nora Lind',
  login: 'nora.lind',
  password: 'nora-Login-password-1',
  masterPassword: 'four birds over one river',
  nextMasterPassword: 'seven lamps in an old street',
};
/** A single-use link may be fetched again this long after it was opened first. */
const linkGraceMs = 180_000;

interface Story {
  readonly server: RunningServer;
  readonly anna: AdministrationScreens;
  readonly elena: AdministrationScreens;
  readonly nora: AdministrationScreens;
  /** A picture in both themes. */
  station(name: string, of: AdministrationScreens): Promise<void>;
}

async function enrolled(app: RunningApp, url: string, who: DemoUser): Promise<AdministrationScreens> {
  const screens = await AdministrationScreens.of(app);
  await screens.enrol(url, who);
  await screens.synced();
  return screens;
}

function photographer(info: TestInfo): Story['station'] {
  let number = 0;
  return async (name, screens) => {
    number += 1;
    for (const theme of ['dark', 'light'] as const) {
      await screens.theme(theme);
      const file = `${String(number).padStart(2, '0')}-${name}-${theme}.png`;
      await screens.page.screenshot({ path: info.outputPath(file) });
    }
  };
}

/** What somebody reads of the record that the story is about. */
async function readsRecord(screens: AdministrationScreens): Promise<void> {
  await screens.search(record.name);
  await screens.openRecord(record.name);
  expect(await screens.reveal('Password')).toBe(record.password);
  await screens.page.keyboard.press('Escape');
}

async function invitation({ server, anna, nora: window, station }: Story): Promise<void> {
  await anna.administer('people');
  const code = await anna.invite(nora);
  await station('invitation', anna);
  await anna.page.getByTestId('handout-done').click();

  await window.acceptInvitation(server.url, code, nora);
  await window.page.getByLabel('New master password', { exact: true }).waitFor();
  await station('new-master-password', window);
  await window.setMasterPassword(nora.masterPassword);
  await station('first-steps', window);
  await window.button('Continue').click();
  await window.synced();
  await expect(window.place(vault)).toHaveCount(0);
}

async function membership({ anna, station }: Story): Promise<void> {
  await anna.administer('groups');
  await anna.openGroup(vault);
  await anna.chooseMember(nora.fullName);
  await station('into-the-group', anna);
  await anna.addChosenMembers();
  await expect(anna.page.getByTestId('group')).toContainText(nora.fullName);
}

async function confirmation({ elena, nora: window, station }: Story): Promise<void> {
  const own = await window.showOwnKey();
  await station('own-key', window);
  await window.closeDialog();

  await elena.syncUntil(() =>
    expect(elena.page.getByTestId('requests-badge')).toBeVisible({ timeout: 3000 }),
  );
  await elena.administer('requests');
  const request = elena.request(nora.fullName, vault);
  await expect(request).toContainText(`Member of “${vault}”. Let in by ${annaName}.`);
  await request.getByTestId('request-open').click();
  const card = request.getByTestId('key-card');
  expect(await elena.keyWords(card)).toEqual(own);
  await station('request', elena);
  await card.getByTestId('key-verify').click();
  await expect(card.getByTestId('key-trust')).toHaveAttribute('data-trust', 'verified');
  // Elena has read her vault and never written to it: the server alone says what its key is.
  await expect(request.getByTestId('request-confirm')).toBeDisabled();
  await request.getByTestId('request-vouch').click();
  await request.getByTestId('request-confirm').click();
  await expect(request).toHaveCount(0);
  await elena.leaveAdministration();

  await window.syncUntil(() => expect(window.place(vault)).toBeVisible({ timeout: 3000 }));
  await window.synced();
  await readsRecord(window);
  await station('reads', window);
}

async function reset({ server, anna: administrator, elena, nora: window, station }: Story): Promise<void> {
  await administrator.administer('people');
  await administrator.openPerson(nora.fullName);
  await administrator.page.getByTestId('person-actions').click();
  await administrator.page.locator('[data-action="resetMaster"]').click();
  await expect(administrator.page.getByTestId('losing')).toContainText('Nothing is lost');
  await station('reset', administrator);
  await administrator.page.getByTestId('losing-go').click();
  await expect(administrator.page.getByTestId('losing')).toContainText('sets a new master password');
  await administrator.page.getByTestId('losing-close').click();

  await window.lock();
  await window.button('Another account').click();
  await window.giveServer(server.url);
  await window.signIn(nora.login, nora.password);
  await window.page.getByTestId('known-here').check();
  await station('after-the-reset', window);
  await window.setMasterPassword(nora.nextMasterPassword);
  await window.button('Continue').click();
  await window.synced();
  const own = await window.showOwnKey();
  await window.closeDialog();

  await elena.syncUntil(() =>
    expect(elena.page.getByTestId('requests-badge')).toBeVisible({ timeout: 3000 }),
  );
  await elena.administer('requests');
  const request = elena.request(nora.fullName, vault);
  await expect(request).toContainText(`Reset by ${annaName}`);
  await request.getByTestId('request-open').click();
  const card = request.getByTestId('key-card');
  await expect(card.getByTestId('key-trust')).toHaveAttribute('data-trust', 'changed');
  await expect(card).toContainText(annaName);
  await expect(request.getByTestId('request-confirm')).toBeDisabled();
  await station('another-key', elena);
  await card.getByTestId('key-accept').click();
  await elena.page.getByTestId('key-asked').check();
  await station('accept-the-key', elena);
  await elena.page.getByTestId('key-accept-confirm').click();
  await expect(card.getByTestId('key-trust')).toHaveAttribute('data-trust', 'seen');
  expect(await elena.keyWords(card)).toEqual(own);
  await request.getByTestId('request-confirm').click();
  await expect(request).toHaveCount(0);
  await elena.leaveAdministration();

  await window.syncUntil(() => expect(window.place(vault)).toBeVisible({ timeout: 3000 }));
  await window.synced();
  await readsRecord(window);
}

async function removal({ anna: administrator, elena, nora: window, station }: Story): Promise<void> {
  await elena.actOnVault(vault, 'access');
  await expect(elena.accessOf(nora.fullName)).toContainText(`Through ${vault}`);
  await elena.setAccess(nora.fullName, 'No access');
  await elena.confirmQuestion('Give the vault a new key?');
  const dialog = elena.page.getByTestId('rekey-dialog');
  await expect(dialog.getByTestId('rekey-holder').filter({ hasText: annaName })).toBeVisible();
  await expect(dialog.getByTestId('rekey-holder').filter({ hasText: nora.fullName })).toHaveCount(0);
  await station('another-vault-key', elena);
  await elena.page.getByTestId('rekey-begin').click();
  await dialog.waitFor({ state: 'detached' });
  await expect(elena.page.getByTestId('rekeying')).toHaveCount(0, { timeout: 60_000 });

  await window.syncUntil(() => expect(window.place(vault)).toHaveCount(0, { timeout: 3000 }));
  await window.search(record.name);
  await expect(window.rows()).toHaveCount(0);
  await station('shut-out', window);
  await window.page.keyboard.press('Escape');

  await administrator.leaveAdministration();
  await administrator.syncUntil(async () => {
    await administrator.place(vault).click({ button: 'right' });
    await administrator.page.locator('[data-action="decideKey"]').click({ timeout: 3000 });
  });
  const decision = administrator.page.getByTestId('decide-key');
  await expect(decision).toContainText('Whoever changed the key could open this vault');
  await expect(decision).toContainText(`changed by ${elenaName}`);
  await administrator.page.getByTestId('decide-asked').check();
  await station('decide-the-key', administrator);
  await administrator.page.getByTestId('decide-accept').click();
  await decision.waitFor({ state: 'detached' });
  await administrator.synced();
  await readsRecord(administrator);
  await readsRecord(elena);
}

async function inbox({ elena, nora: window, station }: Story): Promise<void> {
  await elena.search(record.name);
  await elena.openRecord(record.name);
  await elena.share('send');
  await elena.chooseReceiver(nora.fullName);
  await station('send', elena);
  await elena.page.getByTestId('sharing-send').click();
  await expect(elena.page.getByTestId('sharing-outcome')).toContainText('Sent to 1 inbox');

  const received = window.rows().filter({ hasText: record.name });
  await window.pick('Inbox');
  await window.syncUntil(() => expect(received).toHaveCount(1, { timeout: 3000 }));
  await window.openRecord(record.name);
  expect(await window.reveal('Password')).toBe(record.password);
  await station('inbox', window);

  await elena.page.getByTestId('sharing-tab-given').click();
  await elena.page.getByTestId('sharing-take-back').click();
  await elena.confirmQuestion(`Take it back from ${nora.fullName}?`);
  await expect(elena.page.getByTestId('sharing-take-back')).toHaveCount(0);
  await station('taken-back', elena);
  await window.syncUntil(() => expect(received).toHaveCount(0, { timeout: 3000 }));
}

/** The page of a link in a browser that has nothing to do with the application. */
async function link({ elena, station }: Story, visitor: Page, wait: (ms: number) => void): Promise<void> {
  await elena.page.getByTestId('sharing-tab-links').click();
  await elena.page.getByTestId('sharing-make-link').click();
  await expect(elena.page.getByTestId('sharing-link-form')).toContainText('The address was copied');
  await station('link', elena);
  const url = await elena.app.clipboardText();
  expect(url).toContain('#');

  await visitor.goto(url);
  await visitor.getByRole('button', { name: 'Open', exact: true }).click();
  await visitor.getByRole('button', { name: 'Show: Password' }).click();
  await expect(visitor.getByText(record.password ?? '', { exact: true })).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await visitor.emulateMedia({ colorScheme });
    await visitor.screenshot({ path: test.info().outputPath(`link-opened-${colorScheme}.png`) });
  }
  wait(linkGraceMs);
  await visitor.goto('about:blank');
  await visitor.goto(url);
  await expect(visitor.getByRole('heading', { name: 'This link has ended' })).toBeVisible();
  await expect(visitor.getByRole('button', { name: 'Open', exact: true })).toHaveCount(0);
}

test('an administrator, the administrator of a vault and somebody new: from the invitation to the removal', async ({
  sample,
  launch,
}, info) => {
  test.setTimeout(480_000);
  const dataFolder = await copyOfData(sample.dataFolder);
  const profiles = await mkdtemp(join(tmpdir(), 'strongroom-profiles-'));
  let ahead = 0;
  const server = await startServer({ dataFolder, clock: () => Date.now() + ahead });
  const executablePath = await headlessBrowser();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const [first, second, third] = [
      await launch(),
      await launch(join(profiles, '2')),
      await launch(join(profiles, '3')),
    ];
    const story: Story = {
      server,
      anna: await enrolled(first, server.url, sample.user('anna.orlova')),
      elena: await enrolled(second, server.url, sample.user('elena.smirnova')),
      nora: await AdministrationScreens.of(third),
      station: photographer(info),
    };
    await test.step('invited by a code, keys made on the own device', () => invitation(story));
    await test.step('put into a group of a vault', () => membership(story));
    await test.step('fingerprint compared, key handed over, record read', () => confirmation(story));
    await test.step('forgotten master password reset, another key accepted', () => reset(story));
    await test.step('shut out, vault given another key', () => removal(story));
    await test.step('a record sent and taken back', () => inbox(story));
    const visitor = await browser.newPage({ locale: 'en-GB' });
    await test.step('a link opened once', () => link(story, visitor, (ms) => (ahead += ms)));
  } finally {
    await browser.close();
    await server.close();
    await removeFolder(profiles);
    await removeFolder(dirname(dataFolder));
  }
});
