/** The main job: sign in, unlock, sync, search, reveal, copy, lock, and read again without a server. */
import { dirname } from 'node:path';
import { sampleRecord } from '../organisation/index.ts';
import { copyOfData, freePort, removeFolder, startDemoServer } from './demoserver.ts';
import { Screens } from './screens.ts';
import { expect, test } from './spec.ts';

test('first run: from the address of a server to its vaults', async ({ sample, launch }) => {
  const app = await launch();
  const screens = new Screens(await app.page());
  const anna = sample.user('anna.orlova');
  await expect(screens.page.getByRole('heading', { name: 'Welcome to Strongroom' })).toBeVisible();

  await screens.giveServer('not a server');
  await expect(screens.page.getByRole('alert')).toContainText('not a server address');
  await screens.giveServer(sample.url.replace(/\d+$/, '9'));
  await expect(screens.page.getByRole('alert')).toContainText('cannot be reached');
  await screens.giveServer(sample.url);

  await screens.signIn(anna.login, 'not-the-password');
  await expect(screens.page.getByRole('alert')).toContainText('does not accept this login and password');
  await screens.signIn(anna.login, anna.password);

  await expect(screens.page.getByText('300,000 rounds')).toBeVisible();
  await screens.giveMasterPassword('not the master password');
  await expect(screens.page.getByRole('alert')).toContainText('not the master password');
  await screens.giveMasterPassword(anna.masterPassword ?? '');

  await screens.workspace().waitFor();
  await screens.synced();
  for (const vault of ['Infrastructure', 'Finance', 'Marketing', 'Подрядчики']) {
    await expect(screens.place(vault)).toBeVisible();
  }
  expect(await app.page().then((page) => page.title())).toBe('Strongroom');
});

test('search, reveal, copy, one-time code', async ({ sample, launch }) => {
  const app = await launch();
  const screens = new Screens(await app.page());
  await screens.enrol(sample.url, sample.user('anna.orlova'));
  await screens.synced();

  const expected = sampleRecord('web-01.prod — root');
  await screens.search('web-01.prod');
  await screens.openRecord(expected.name);
  expect(await screens.reveal('Password')).toBe(expected.password);
  await expect(screens.record().getByText(/hides in \d+ s/)).toBeVisible();

  await screens.copy('Password');
  await expect.poll(() => app.clipboardText()).toBe(expected.password);
  await expect(screens.page.getByText(/clears in \d+ s/)).toBeVisible();
  await screens.button('Clear now').click();
  await expect.poll(() => app.clipboardText()).toBe('');

  await screens.page.keyboard.press('Escape');
  await screens.search('mfa');
  await screens.rows().first().click();
  await expect(screens.record().getByText(/^\d{6,8}$|^\d{3} \d{3}$/)).toBeVisible();
  await screens.search('БУХГАЛТ');
  await expect(screens.rows().first()).toContainText('Бухгалтерия');
});

test('lock clears everything: screen, clipboard, memory of the page', async ({ sample, launch }) => {
  const app = await launch();
  const screens = new Screens(await app.page());
  await screens.enrol(sample.url, sample.user('anna.orlova'));
  await screens.synced();
  const expected = sampleRecord('web-01.prod — root');
  await screens.search('web-01.prod');
  await screens.openRecord(expected.name);
  await screens.reveal('Password');
  await screens.copy('Password');
  await expect.poll(() => app.clipboardText()).toBe(expected.password);

  await app.power('lock-screen');
  await screens.lockScreen().waitFor();
  await expect.poll(() => app.clipboardText()).toBe('');
  expect(await screens.page.content()).not.toContain(expected.password ?? '');
  expect(await screens.page.content()).not.toContain(expected.name);
  // As text, since it runs in the page: what a script there could ask for now.
  const answer: unknown = await screens.page.evaluate(
    `strongroom.records.page({ scope: { kind: 'all' }, sort: { by: 'name', descending: false }, offset: 0, limit: 10 })`,
  );
  expect(answer).toEqual({ ok: false, error: { code: 'locked', params: {} } });

  await screens.unlock('not the master password');
  await expect(screens.page.getByRole('alert')).toContainText('not the master password');
  await screens.unlock(sample.user('anna.orlova').masterPassword ?? '');
  await screens.workspace().waitFor();
});

test('a restart with the server stopped changes nothing in what can be read', async ({ sample, launch }) => {
  const dataFolder = await copyOfData(sample.dataFolder);
  const server = await startDemoServer({ dataFolder, port: await freePort() });
  const anna = sample.user('anna.orlova');
  const expected = sampleRecord('web-02.prod — root');
  try {
    const first = await launch();
    const screens = new Screens(await first.page());
    await screens.enrol(server.url, anna);
    await screens.synced();
    expect(await first.close()).toBe(0);
  } finally {
    await server.stop();
    await removeFolder(dirname(dataFolder));
  }

  const second = await launch();
  const screens = new Screens(await second.page());
  await expect(screens.page.getByText(/Works without a network\. Last synced today/)).toBeVisible();
  await screens.unlock(anna.masterPassword ?? '');
  await screens.workspace().waitFor();
  await expect(screens.button(/^Sync: Offline/)).toBeVisible();
  await screens.search('web-02.prod');
  await screens.openRecord(expected.name);
  expect(await screens.reveal('Password')).toBe(expected.password);
});

test('two accounts: each with its own vaults, one without client-side encryption', async ({
  sample,
  launch,
}) => {
  const app = await launch();
  const screens = new Screens(await app.page());
  await screens.enrol(sample.url, sample.user('maria.kuznetsova'));
  await screens.synced();
  await expect(screens.place('Infrastructure')).toHaveCount(0);

  await screens.addAccount();
  const nina = sample.user('nina.harbour');
  await screens.giveServer(sample.url);
  await screens.signIn(nina.login, nina.password);
  await screens.givePassphrase('a passphrase for this device');
  await screens.synced();
  await expect(screens.place('Finance')).toHaveCount(0);

  await screens.lock();
  await screens.page.getByLabel('Device passphrase', { exact: true }).fill('a passphrase for this device');
  await screens.button('Unlock').click();
  await screens.workspace().waitFor();
});
