/** A day with the window: keyboard alone, both themes and languages under axe, locking by itself. */
import { AxeBuilder } from '@axe-core/playwright';
import { sampleRecord } from '../organisation/index.ts';
import { Screens } from './screens.ts';
import { expect, test } from './spec.ts';

test('by keyboard alone: from the first field to a copied password and back to the lock', async ({
  sample,
  launch,
}) => {
  const app = await launch();
  const screens = new Screens(await app.page());
  const { keyboard } = screens.page;
  const anna = sample.user('anna.orlova');
  await screens.page.getByLabel('Server address').waitFor();
  await keyboard.type(sample.url);
  await keyboard.press('Enter');
  await screens.page.getByLabel('Account password', { exact: true }).waitFor();
  await keyboard.type(anna.login);
  await keyboard.press('Tab');
  await keyboard.type(anna.password);
  await keyboard.press('Enter');
  await screens.page.getByLabel('Master password', { exact: true }).waitFor();
  await keyboard.type(anna.masterPassword ?? '');
  await keyboard.press('Enter');
  await screens.synced();

  const expected = sampleRecord('app-02.prod — root');
  await keyboard.press('Control+k');
  await keyboard.type('app-02.prod');
  await screens.record().getByRole('heading', { name: expected.name }).waitFor();
  await keyboard.press('ArrowDown');
  await keyboard.press('Control+c');
  await expect.poll(() => app.clipboardText()).toBe(expected.password);
  await keyboard.press('Control+b');
  await expect.poll(() => app.clipboardText()).toBe(expected.login);
  await keyboard.press('Escape');
  await expect(screens.page.getByLabel('Search all records')).toHaveValue('');

  await keyboard.press('Control+/');
  await expect(screens.page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  await keyboard.press('Escape');
  await keyboard.press('Control+l');
  await screens.lockScreen().waitFor();
  await keyboard.type(anna.masterPassword ?? '');
  await keyboard.press('Enter');
  await screens.workspace().waitFor();
});

test('axe finds nothing on the real screens, in both themes and languages', async ({ sample, launch }) => {
  const app = await launch();
  const screens = new Screens(await app.page());
  const anna = sample.user('anna.orlova');
  await screens.enrol(sample.url, anna);
  await screens.synced();
  await screens.search('mfa');
  await screens.rows().first().click();
  for (const theme of ['light', 'dark']) {
    for (const language of ['en', 'ru']) {
      await screens.page.evaluate(
        `strongroom.settings.update({ theme: '${theme}', language: '${language}' })`,
      );
      await expect(screens.page.locator('html')).toHaveAttribute('lang', language);
      // Colours fade over 90 ms; axe would measure the middle of it.
      await screens.page.waitForTimeout(300);
      const { violations } = await new AxeBuilder({ page: screens.page }).setLegacyMode(true).analyze();
      expect(
        violations.map((violation) => violation.id),
        `${theme} ${language}`,
      ).toEqual([]);
    }
  }
});

test('locks by itself after time without input, with the machine, and never while in use', async ({
  sample,
  launch,
}) => {
  const app = await launch();
  const screens = new Screens(await app.page());
  const anna = sample.user('anna.orlova');
  await app.setIdleSeconds(0);
  await screens.enrol(sample.url, anna);
  await screens.synced();
  await app.power('suspend');
  await screens.lockScreen().waitFor();
  await expect(screens.page.getByText('Locked because the computer went to sleep.')).toBeVisible();
  await screens.unlock(anna.masterPassword ?? '');
  await screens.workspace().waitFor();
  await app.setIdleSeconds(59);
  await screens.page.evaluate(`strongroom.settings.update({ lockAfterIdleMinutes: 1 })`);
  await screens.page.waitForTimeout(300);
  await expect(screens.workspace()).toBeVisible();
  await app.setIdleSeconds(60);
  await screens.lockScreen().waitFor();
  await expect(screens.page.getByText('Locked after a while without input.')).toBeVisible();
});

test('the tree leads to folders, and a list says only where its rows lie below it', async ({
  sample,
  launch,
}) => {
  const app = await launch();
  const screens = new Screens(await app.page());
  const anna = sample.user('anna.orlova');
  await screens.enrol(sample.url, anna);
  await screens.synced();
  await screens.pick('Infrastructure');
  await screens.page.keyboard.press('ArrowRight');
  await screens.pick('Clouds');
  const inFolder = screens.rows().filter({ hasText: 'Cloudflare' });
  await expect(inFolder).toBeVisible();
  await expect(inFolder).not.toContainText('Infrastructure');
  await expect(inFolder).not.toContainText('Clouds');
  await screens.pick('Infrastructure');
  await expect(screens.rows().filter({ hasText: 'app-01.prod' })).toContainText('Production');
  await screens.pick('All records');
  await expect(screens.rows().filter({ hasText: 'app-01.prod' }).first()).toContainText(
    'Infrastructure › Production',
  );
});
