/**
 * The part of the demo without a network: changes are made while the server is away, arrive when
 * it is back, and a record that two devices changed is decided by a person.
 */
import { writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import type { Screens } from '../e2e/screens.ts';
import type { Demo } from './stage.ts';

const made = 'Core switch';
const edited = 'web-01.prod — root';
const disputed = 'web-02.prod — root';

async function open(screens: Screens, words: string, name: string): Promise<void> {
  await screens.search(words);
  await screens.openRecord(name);
}

/** Waits until nothing waits on this device any more. */
async function sent(screens: Screens): Promise<void> {
  await screens.page.keyboard.press('F5');
  await screens.button(/^Sync: Up to date$/).waitFor({ timeout: 30_000 });
}

/** What the chip says; the number in its badge is left out. */
const words = async (screens: Screens): Promise<string> =>
  (
    await screens
      .button(/^Sync: /)
      .locator('.figures')
      .first()
      .textContent()
  )?.trim() ?? '';

function same(got: string, wanted: string): void {
  if (got !== wanted) throw new Error('not what was typed');
}

/** The server is away when this begins, and back when it ends. */
export async function changesWithoutServer(demo: Demo): Promise<void> {
  const { summary, screens } = demo;
  const port = Number(new URL(demo.server.url).port);
  const secret = randomBytes(12).toString('base64url');
  await summary.step('Make a record without a network', async () => {
    await screens.page.keyboard.press('Escape');
    await screens.pick('Infrastructure');
    await screens.page.getByTestId('new-record').click();
    await screens.type({ Name: made, Login: 'admin', Password: secret });
    await demo.shoot('editor');
    await screens.save();
    await screens.record().getByTestId('mark-pending').first().waitFor();
    return `safe on this computer; the chip says “${await words(screens)}”`;
  });
  await summary.step('Attach a file to it', async () => {
    const plan = demo.file('rack-plan.pdf');
    await writeFile(plan, randomBytes(50_000));
    await demo.app.dropFiles(screens.page, '[data-pane="record"]', [plan]);
    await screens.button(/save rack-plan\.pdf$/i).waitFor();
    return '50000 bytes, encrypted and kept here until the server is back';
  });
  await summary.step('Change, move to another folder, delete and restore', async () => {
    await open(screens, 'web-01.prod', edited);
    await screens.edit({ Description: 'Moved to rack 9 during the outage' });
    await open(screens, 'app-01.prod', 'app-01.prod — root');
    await screens.act('move');
    await screens.pickPlace('Clouds');
    await open(screens, 'app-02.prod', 'app-02.prod — root');
    await screens.act('remove');
    await screens.page.keyboard.press('Escape');
    await screens.pick('Bin');
    await screens.button('Restore app-02.prod — root').click();
    await screens.page.getByText(/is back in/).waitFor();
    await screens.button(/^Sync: /).click();
    await screens.page.getByTestId('waiting-list').waitFor();
    await demo.shoot('what-waits');
    await screens.page.keyboard.press('Escape');
    return `the chip says “${await words(screens)}”`;
  });
  await summary.step('Start the server again', async () => {
    await demo.startServer(port);
    await sent(screens);
    return 'everything that waited has been sent, once';
  });
  await summary.step('Look at it from a second device', async () => {
    const second = await demo.openSecond();
    await second.enrol(demo.server.url, demo.user);
    await second.synced();
    await open(second, made, made);
    same(await second.reveal('Password'), secret);
    await second.button(/save rack-plan\.pdf$/i).waitFor();
    const found = await second.rows().count();
    await demo.closeSecond();
    return `${String(found)} record of that name, its password and its file are there`;
  });
}

/** Two devices change one record while they cannot hear of each other. */
export async function conflictDecided(demo: Demo): Promise<void> {
  const { summary, screens } = demo;
  const port = Number(new URL(demo.server.url).port);
  const secrets = { here: randomBytes(9).toString('base64url'), there: randomBytes(9).toString('base64url') };
  const second = await demo.openSecond();
  await second.unlock(demo.user.masterPassword);
  await second.workspace().waitFor();
  await summary.step('Two devices change the same password meanwhile', async () => {
    await demo.server.stop();
    await open(second, 'web-02.prod', disputed);
    await second.edit({ Login: 'root-second' }, secrets.there);
    await open(screens, 'web-02.prod', disputed);
    await screens.edit({ Description: 'Only changed on the first' }, secrets.here);
    // Who comes back first is no matter of chance here: the first device is locked meanwhile.
    await screens.lock();
    await demo.startServer(port);
    await sent(second);
    await screens.unlock(demo.user.masterPassword);
    await open(screens, 'web-02.prod', disputed);
    await screens.button(/^Sync: .*1 to decide/).waitFor();
    same(await screens.reveal('Password'), secrets.here);
    // Hidden again, so that the picture of the decision shows nothing of it.
    await screens.record().getByRole('button', { name: 'Hide: Password' }).click();
    return `merged by field; one is left: the chip says “${await words(screens)}”`;
  });
  await summary.step('Decide', async () => {
    await screens.page.getByTestId('open-conflict').click();
    await screens.conflict().waitFor();
    await demo.shoot('conflict');
    await screens.choose('Password', 'Theirs');
    await screens.page.getByTestId('conflict-resolve').click();
    await screens.conflict().waitFor({ state: 'detached' });
    await sent(screens);
    await sent(second);
    await open(screens, 'web-02.prod', disputed);
    same(await screens.reveal('Password'), secrets.there);
    await open(second, 'web-02.prod', disputed);
    same(await second.reveal('Password'), secrets.there);
    await screens.record().getByText('root-second').waitFor();
    await second.record().getByText('Only changed on the first').waitFor();
    await demo.shoot('decided');
    await demo.closeSecond();
    return 'both devices show the chosen password and both other changes';
  });
}
