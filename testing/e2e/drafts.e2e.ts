/** Whatever locks or ends the application in the middle of a form: nothing that was typed is lost. */
import { sampleRecord } from '../organisation/index.ts';
import { Screens } from './screens.ts';
import { expect, test } from './spec.ts';

const typed = 'typed right before the lock 9!';

test('a form that was open when the screen locked, and when the process died, goes on', async ({
  sample,
  launch,
}) => {
  const anna = sample.user('anna.orlova');
  const secret = anna.masterPassword ?? '';
  const app = await launch();
  const screens = new Screens(await app.page());
  await screens.enrol(sample.url, anna);
  await screens.synced();
  await screens.page.keyboard.press('Control+n');
  await screens.type({ Name: 'Half a record', Login: 'half' });
  await screens.editor().getByLabel('Password', { exact: true }).fill(typed);
  await screens.editor().getByTestId('add-field').click();
  await screens.page.getByRole('menuitem', { name: 'Password' }).click();
  await screens.editor().getByLabel('Field name').fill('PIN');
  await screens.editor().getByLabel('Value', { exact: true }).fill('4711');
  await app.power('lock-screen');
  await screens.lockScreen().waitFor();
  expect(await screens.page.content()).not.toContain(typed);
  await screens.unlock(secret);
  await expect(screens.page.getByTestId('draft-offer')).toContainText('Half a record');
  await screens.page.getByTestId('draft-continue').click();
  await expect(screens.editor().getByLabel('Password', { exact: true })).toHaveValue(typed);
  await expect(screens.editor().getByLabel('Value', { exact: true })).toHaveValue('4711');
  await screens.type({ Login: 'half way' });
  // A crash may lose the last second, and nothing before it.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await app.kill();

  const again = await launch();
  const after = new Screens(await again.page());
  await after.unlock(secret);
  await after.page.getByTestId('draft-continue').click();
  await expect(after.editor().getByLabel('Login', { exact: true })).toHaveValue('half way');
  await after.editor().getByTestId('editor-place').click();
  await after.pickPlace('Infrastructure');
  await after.editor().getByTestId('save-record').click();
  await after.record().getByRole('heading', { name: 'Half a record' }).waitFor();
  expect(await after.reveal('Password')).toBe(typed);
  await expect(after.page.getByTestId('draft-offer')).toHaveCount(0);
});

test('what a record was can be put back, and its fields dragged into another order', async ({
  sample,
  launch,
}) => {
  const app = await launch();
  const screens = new Screens(await app.page());
  await screens.enrol(sample.url, sample.user('anna.orlova'));
  await screens.synced();
  const expected = sampleRecord('web-02.prod — root');
  await screens.search('web-02.prod');
  await screens.openRecord(expected.name);
  await screens.page.getByTestId('edit-record').click();
  await screens.type({ Login: 'changed' });
  for (const [index, name] of ['First', 'Second'].entries()) {
    await screens.editor().getByTestId('add-field').click();
    await screens.page.getByRole('menuitem', { name: 'Text' }).click();
    await screens.editor().getByLabel('Field name').nth(-1).fill(`${name} ${index}`);
  }
  const fields = screens.editor().locator('.custom');
  await fields.last().locator('.grip').dragTo(fields.nth(-2));
  await expect(fields.last().getByLabel('Field name')).toHaveValue('First 0');
  await screens.editor().getByTestId('save-record').click();
  await expect(screens.record().getByText('changed', { exact: true })).toBeVisible();
  await screens.synced();

  await screens.page.getByTestId('record-menu').click();
  await screens.page.getByRole('menuitem', { name: 'History…' }).click();
  const history = screens.page.getByTestId('history-screen');
  await expect(history.getByTestId('history-field').filter({ hasText: 'Login' })).toContainText('changed');
  await screens.page.getByTestId('history-restore').click();
  await expect(history.getByText('These two states are equal.')).toBeVisible();
  await screens.page.keyboard.press('Escape');
  await expect(screens.record().getByText('changed', { exact: true })).toHaveCount(0);
  await expect(screens.record().getByText(expected.login, { exact: true })).toBeVisible();
  await screens.synced();
});
