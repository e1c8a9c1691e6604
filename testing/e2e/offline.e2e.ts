/** Editing without a server, in the window; and two devices that changed the same thing meanwhile. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { copyOfData, freePort, removeFolder, startDemoServer } from './demoserver.ts';
import type { DemoServer } from './demoserver.ts';
import { Screens } from './screens.ts';
import { expect, test } from './spec.ts';

const mark = (name: string): string => `${name} — typed without a network`;

/** Waits until nothing waits here any more. */
async function sent(screens: Screens): Promise<void> {
  await screens.page.keyboard.press('F5');
  await screens.button(/^Sync: Up to date$/).waitFor({ timeout: 30_000 });
}

test('records and folders are made, changed, moved, deleted and restored without a server, and arrive once', async ({
  sample,
  launch,
}) => {
  const dataFolder = await copyOfData(sample.dataFolder);
  const port = await freePort();
  let server: DemoServer | null = await startDemoServer({ dataFolder, port });
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-files-'));
  const contents = randomBytes(40_000);
  await writeFile(join(folder, 'site plan.pdf'), contents);
  const anna = sample.user('anna.orlova');
  try {
    const first = await launch();
    let screens = new Screens(await first.page());
    await screens.enrol(server.url, anna);
    await screens.synced();
    await server.stop();
    server = null;

    await screens.pick('Infrastructure');
    await screens.page.getByTestId('new-menu').click();
    await screens.page.locator('[data-action="folder"]').click();
    await screens.page.getByLabel('Name of the folder').fill('Tunnel');
    await screens.button('Create').click();
    await expect(screens.place('Tunnel')).toBeVisible();

    await screens.page.getByTestId('new-record').click();
    await screens.type({ Name: mark('Core switch'), Login: 'root' });
    await screens.type({ Password: 'a secret from the tunnel' });
    await screens.save();
    await expect(screens.record().getByTestId('mark-pending').first()).toBeVisible();
    await first.dropFiles(screens.page, '[data-pane="record"]', [join(folder, 'site plan.pdf')]);
    await screens.button(/save site plan\.pdf$/i).waitFor();

    await screens.search('web-01.prod');
    await screens.openRecord('web-01.prod — root');
    await screens.edit({ Description: mark('moved to rack 9') }, 'changed in the tunnel');
    expect(await screens.reveal('Password')).toBe('changed in the tunnel');

    await screens.search('web-02.prod');
    await screens.openRecord('web-02.prod — root');
    await screens.act('move');
    await screens.pickPlace('Tunnel');

    await screens.search('app-01.prod');
    await screens.openRecord('app-01.prod — root');
    await screens.act('remove');
    await expect(screens.rows().filter({ hasText: 'app-01.prod — root' })).toHaveCount(0);
    await screens.page.keyboard.press('Escape');
    await screens.pick('Bin');
    await screens.page.getByRole('button', { name: 'Restore app-01.prod — root' }).click();
    await screens.search('app-01.prod');
    await expect(screens.rows().filter({ hasText: 'app-01.prod — root' })).toHaveCount(1);
    await screens.search('app-02.prod');
    await screens.openRecord('app-02.prod — root');
    await screens.act('remove');
    await expect(screens.button(/^Sync: Offline · \d+ changes wait/)).toBeVisible();
    expect(await first.close()).toBe(0);

    const second = await launch();
    screens = new Screens(await second.page());
    await screens.unlock(anna.masterPassword ?? '');
    await screens.workspace().waitFor();
    await screens.search(mark('Core switch'));
    await expect(screens.rows()).toHaveCount(1);
    server = await startDemoServer({ dataFolder, port });
    await sent(screens);
    await second.close();

    // A device that never saw any of it finds everything, once.
    const other = await launch(await mkdtemp(join(tmpdir(), 'strongroom-profile-')));
    screens = new Screens(await other.page());
    await screens.enrol(server.url, anna);
    await screens.synced();
    await screens.search(mark('Core switch'));
    await expect(screens.rows()).toHaveCount(1);
    await screens.openRecord(mark('Core switch'));
    expect(await screens.reveal('Password')).toBe('a secret from the tunnel');
    const target = join(folder, 'again.pdf');
    await other.answerDialog({ filePath: target });
    await screens.button(/save site plan\.pdf$/i).click();
    await expect.poll(() => readFile(target).catch(() => Buffer.alloc(0))).toEqual(contents);
    await screens.search('web-01.prod');
    await screens.openRecord('web-01.prod — root');
    await expect(screens.record().getByText(mark('moved to rack 9'))).toBeVisible();
    expect(await screens.reveal('Password')).toBe('changed in the tunnel');
    for (const [name, times] of [
      ['web-02.prod — root', 1],
      ['app-01.prod — root', 1],
      ['app-02.prod — root', 0],
    ] as const) {
      await screens.search(name.slice(0, 11));
      await expect(screens.rows().filter({ hasText: name })).toHaveCount(times);
    }
    await screens.page.keyboard.press('Escape');
    await screens.pick('Infrastructure');
    await screens.page.keyboard.press('ArrowRight');
    await screens.pick('Tunnel');
    await expect(screens.rows()).toHaveCount(2);
    for (const name of [mark('Core switch'), 'web-02.prod — root']) {
      await expect(screens.rows().filter({ hasText: name })).toHaveCount(1);
    }
  } finally {
    await server?.stop();
    await removeFolder(folder);
    await removeFolder(dirname(dataFolder));
  }
});

test('two devices changed the same password: both stay until a person has chosen', async ({
  sample,
  launch,
}, info) => {
  const dataFolder = await copyOfData(sample.dataFolder);
  const port = await freePort();
  let server = await startDemoServer({ dataFolder, port });
  const anna = sample.user('anna.orlova');
  const otherProfile = await mkdtemp(join(tmpdir(), 'strongroom-profile-'));
  try {
    const near = await launch();
    const here = new Screens(await near.page());
    await here.enrol(server.url, anna);
    await here.synced();
    let far = await launch(otherProfile);
    let there = new Screens(await far.page());
    await there.enrol(server.url, anna);
    await there.synced();
    await server.stop();

    for (const [screens, side] of [
      [here, 'here'],
      [there, 'there'],
    ] as const) {
      await screens.search('web-01.prod');
      await screens.openRecord('web-01.prod — root');
      await screens.edit({ Login: `root-${side}` }, `password of ${side}`);
    }
    await there.edit({ Description: 'only there' });
    // Who comes back first is no matter of chance here: the other one is asleep meanwhile.
    await far.close();
    server = await startDemoServer({ dataFolder, port });
    await sent(here);
    far = await launch(otherProfile);
    there = new Screens(await far.page());
    await there.unlock(anna.masterPassword ?? '');
    await there.search('web-01.prod');
    await there.openRecord('web-01.prod — root');
    await there.page.keyboard.press('F5');
    await there.button(/^Sync: .*1 to decide/).waitFor({ timeout: 30_000 });
    // The own value is shown until then.
    expect(await there.reveal('Password')).toBe('password of there');

    await there.page.getByTestId('open-conflict').click();
    const card = there.conflict().getByRole('region', { name: 'Password', exact: true });
    for (const [side, value] of [
      ['mine', 'password of there'],
      ['theirs', 'password of here'],
    ] as const) {
      const place = card.locator(`[data-side="${side}"]`);
      await expect(place).not.toContainText(value);
      await place.getByRole('button').first().click();
      await expect(place).toContainText(value);
    }
    for (const theme of ['light', 'dark'] as const) {
      await there.theme(theme);
      await there.page.screenshot({ path: info.outputPath(`conflict-${theme}.png`) });
    }
    await there.choose('Login', 'Theirs');
    await there.choose('Password', 'Both');
    await there.page.getByTestId('conflict-resolve').click();
    await there.conflict().waitFor({ state: 'detached' });
    await sent(there);
    await sent(here);
    await here.search('web-01.prod');
    await here.openRecord('web-01.prod — root');
    await expect(here.record().getByText('root-here')).toBeVisible();
    await expect(here.record().getByText('only there')).toBeVisible();
    expect(await here.reveal('Password')).toBe('password of there');
    expect(await here.reveal('Password (2)')).toBe('password of here');
  } finally {
    await server.stop();
    await removeFolder(otherProfile);
    await removeFolder(dirname(dataFolder));
  }
});
