/** Around the window: quick access over everything, the tray without a window, links while locked. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { sampleRecord } from '../organisation/index.ts';
import { launchApp, type RunningApp } from './app.ts';
import { Screens } from './screens.ts';
import { expect, test } from './spec.ts';

async function quickPage(app: RunningApp): Promise<Page> {
  await app.clickMenu('quickAccess');
  const isQuick = (page: Page): boolean => page.url().endsWith('/quick.html');
  await expect.poll(async () => (await app.windows()).some(isQuick)).toBe(true);
  const page = (await app.windows()).find(isQuick);
  if (!page) throw new Error('no quick-access window');
  await page.getByTestId('quick').waitFor();
  return page;
}

test('quick access unlocks in place, finds, copies, and forgets when it is hidden', async ({
  sample,
  launch,
}) => {
  const app = await launch();
  const screens = new Screens(await app.page());
  const anna = sample.user('anna.orlova');
  await screens.enrol(sample.url, anna);
  await screens.synced();
  await app.clickMenu('lock');
  await screens.lockScreen().waitFor();

  const quick = await quickPage(app);
  await quick.keyboard.type(anna.masterPassword ?? '');
  await quick.keyboard.press('Enter');
  const expected = sampleRecord('app-02.prod — root');
  await quick.getByTestId('quick-search').fill('app-02.prod');
  await expect(quick.getByRole('option', { name: expected.name }).first()).toBeVisible();
  await quick.keyboard.press('Enter');
  await expect.poll(() => app.clipboardText()).toBe(expected.password);
  await quick.keyboard.press('Control+b');
  await expect.poll(() => app.clipboardText()).toBe(expected.login);
  expect(await quick.content()).not.toContain(expected.password);
  expect((await new AxeBuilder({ page: quick }).analyze()).violations).toEqual([]);

  await quick.keyboard.press('Escape');
  await expect(quick.getByTestId('quick')).toHaveCount(0);
  expect(await quick.content()).not.toContain('app-02');
  expect(await (await quickPage(app)).getByTestId('quick-search').inputValue()).toBe('');
});

test('a link does nothing while locked, and shows its record when it is unlocked', async ({
  sample,
  launch,
  userDataDir,
}) => {
  const app = await launch();
  const screens = new Screens(await app.page());
  const anna = sample.user('anna.orlova');
  await screens.enrol(sample.url, anna);
  await screens.synced();
  const { name, password } = sampleRecord('app-02.prod — root');
  await screens.search('app-02.prod');
  const recordId = await screens.page.evaluate(
    `strongroom.records.search({ query: 'app-02.prod', scope: null, offset: 0, limit: 1 }).then((answer) => answer.value.rows[0].id)`,
  );
  const link = `strongroom://record/${String(recordId)}`;
  const follow = (): Promise<unknown> =>
    launchApp({ userDataDir, args: ['--lang=en-GB', link] }).then(
      (second) => second.kill(),
      () => undefined,
    );
  await screens.page.keyboard.press('Escape');
  await app.clickMenu('lock');
  await screens.lockScreen().waitFor();
  await follow();
  await expect(screens.page.getByText('Unlock first', { exact: false })).toBeVisible();
  expect(await screens.page.content()).not.toContain(name);

  await screens.page.keyboard.type(anna.masterPassword ?? '');
  await screens.page.keyboard.press('Enter');
  await screens.workspace().waitFor();
  await expect(screens.record().getByRole('heading', { name })).toHaveCount(0);
  await follow();
  await screens.record().getByRole('heading', { name }).waitFor();
  expect(await screens.page.content()).not.toContain(password);
  expect(await app.clipboardText()).not.toBe(password);
});
