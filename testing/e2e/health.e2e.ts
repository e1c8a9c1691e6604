/** The health of the passwords in the built application: a run in its own threads, and the way to a record. */
import { AxeBuilder } from '@axe-core/playwright';
import { Screens } from './screens.ts';
import { expect, test } from './spec.ts';

test('passwords are checked, a finding leads to its record, and a later run has nothing left to do', async ({
  sample,
  launch,
}) => {
  test.setTimeout(180_000);
  const app = await launch();
  const screens = new Screens(await app.page());
  const { page } = screens;
  const { keyboard } = page;
  const dialog = page.getByTestId('health');
  const openHealth = async (): Promise<void> => {
    await keyboard.press('Control+p');
    await keyboard.type('Check the passwords');
    await keyboard.press('Enter');
    await dialog.waitFor();
  };
  await screens.enrol(sample.url, sample.user('anna.orlova'));
  await screens.synced();

  await openHealth();
  await expect(dialog.getByText('The passwords were not looked at yet.')).toBeVisible();
  await page.getByTestId('health-start').click();
  await expect(dialog.getByText(/^[\d,]+ passwords were looked at\.$/)).toBeVisible({ timeout: 120_000 });
  const weak = Number(await page.getByTestId('health-weak').locator('b').textContent());
  expect(weak).toBeGreaterThan(0);
  const lines = page.getByTestId('health-row');
  await expect(lines.first()).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('[data-testid=health]').analyze();
  expect(violations).toEqual([]);

  const name = (await lines.first().locator('.name').textContent()) ?? '';
  await lines.first().click();
  await dialog.waitFor({ state: 'detached' });
  await expect(screens.record().getByRole('heading', { name })).toBeVisible();

  await openHealth();
  await expect(dialog.getByText(/new or changed/)).toHaveCount(0);
  await expect(page.getByTestId('health-weak').locator('b')).toHaveText(String(weak));
});
