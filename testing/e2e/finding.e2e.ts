/** Finding by filters, kept searches and the palette; many records at once, by keys and by hand. */
import { copyOfData, freePort, removeFolder, startDemoServer } from './demoserver.ts';
import { Screens } from './screens.ts';
import { expect, test } from './spec.ts';

test('a search is narrowed, kept, found again in the tree, and commands run by their names', async ({
  sample,
  launch,
}) => {
  const app = await launch();
  const screens = new Screens(await app.page());
  const { keyboard } = screens.page;
  await screens.enrol(sample.url, sample.user('anna.orlova'));
  await screens.synced();

  await screens.search('web-0');
  await expect(screens.rows().nth(1)).toBeVisible();
  const all = await screens.rows().count();
  await screens.search('web-0 -web-01 login:root');
  await expect.poll(() => screens.rows().count()).toBeLessThan(all);
  await expect(screens.rows().filter({ hasText: 'web-02.prod' }).first()).toBeVisible();
  await screens.page.getByTestId('save-search').click();
  await screens.page.getByLabel('Name of the search').fill('Web roots');
  await keyboard.press('Enter');
  await expect(screens.page.getByRole('treeitem', { name: 'Web roots' })).toBeVisible();

  await screens.pick('All records');
  await screens.page.getByRole('treeitem', { name: 'Web roots' }).click();
  await expect(screens.page.getByLabel('Search all records')).toHaveValue('web-0 -web-01 login:root');

  await keyboard.press('Control+p');
  await keyboard.type('go to favour');
  await keyboard.press('Enter');
  await expect(screens.page.getByRole('heading', { name: 'Favourites' })).toBeVisible();
  await keyboard.press('Control+p');
  await keyboard.type('web-02.prod');
  await screens.page.getByTestId('palette').getByText('web-02.prod — root').first().click();
  await screens.record().getByRole('heading', { name: 'web-02.prod — root' }).waitFor();
});

test('marked records are tagged, moved by hand, deleted and brought back together', async ({
  sample,
  launch,
}) => {
  const dataFolder = await copyOfData(sample.dataFolder);
  const server = await startDemoServer({ dataFolder, port: await freePort() });
  try {
    const app = await launch();
    const screens = new Screens(await app.page());
    const { keyboard } = screens.page;
    const bar = screens.page.getByTestId('many-count');
    await screens.enrol(server.url, sample.user('anna.orlova'));
    await screens.synced();
    await screens.search('"web-0" vault:infrastructure');
    await screens.rows().nth(1).waitFor();

    await screens.rows().first().click();
    await keyboard.press('Shift+ArrowDown');
    await expect(bar).toHaveText('2 marked');
    await keyboard.press('t');
    await screens.page.getByTestId('many-tags').getByRole('textbox').first().fill('gathered');
    await screens.page.getByTestId('many-tags-confirm').click();
    await screens.search('tag:gathered');
    await expect(screens.rows()).toHaveCount(2);

    await screens.page.getByRole('listbox').focus();
    await keyboard.press('Control+a');
    await expect(bar).toHaveText('2 marked');
    await screens.rows().first().dragTo(screens.place('Infrastructure'));
    await expect(screens.page.getByText('2 records now lie in Infrastructure.')).toBeVisible();

    await screens.page.getByRole('listbox').focus();
    await keyboard.press('Control+a');
    await keyboard.press('Delete');
    await expect(screens.page.getByText('2 records are in the bin.')).toBeVisible();
    await expect(screens.rows()).toHaveCount(0);
    await screens.button('Undo').last().click();
    await expect(screens.rows()).toHaveCount(2);
    await keyboard.press('F5');
    await screens.synced();
  } finally {
    await server.stop();
    await removeFolder(dataFolder);
  }
});
