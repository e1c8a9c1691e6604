/**
 * `npm run demo`: the main job by itself, on real input.
 *
 * Starts a server with the sample organisation, opens the application against it as a person
 * would, and leaves screenshots and a summary in which every step says what it saw. Secrets are
 * compared, never printed. `--to DIR` says where the pictures go (out/demo by default).
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildIfOlder } from '../desktop/fresh-build.ts';
import { projectRoot } from '../desktop/launch-line.ts';
import { sampleRecord } from '../organisation/index.ts';
import { changesWithoutServer, conflictDecided } from './offline.ts';
import { Demo } from './stage.ts';

const { values: given } = parseArgs({
  options: { to: { type: 'string', default: join(projectRoot, 'out', 'demo') } },
});

const plainRecord = sampleRecord('web-01.prod — root');
const richRecord = sampleRecord('AWS — root account');

function equal(got: string | null, wanted: string | null): string {
  if (got !== wanted) throw new Error('not what was written into the sample');
  return `${String(wanted?.length ?? 0)} characters, equal to what was written into the sample`;
}

async function firstContact(demo: Demo): Promise<void> {
  const { summary, screens, user } = demo;
  await demo.shoot('welcome');
  await summary.step('Server address', async () => {
    await screens.giveServer(demo.server.url);
    await screens.page.getByLabel('Account password', { exact: true }).waitFor();
    return `${demo.server.url} answers`;
  });
  await summary.step('Log in', async () => {
    await screens.signIn(user.login, user.password);
    const derivation = await screens.page.getByText(/Key derivation: .*/).textContent();
    await demo.shoot('master-password');
    return derivation?.trim() ?? '';
  });
  await summary.step('Unlock with the master password', async () => {
    await screens.giveMasterPassword(user.masterPassword);
    await screens.workspace().waitFor();
    return 'keys opened on this computer';
  });
  await summary.step('First sync', async () => {
    await screens.synced();
    const vaults = await screens.page.getByRole('treeitem').allTextContents();
    const all = vaults.find((line) => line.startsWith('All records'))?.replace(/\D/g, '') ?? '0';
    await demo.shoot('workspace');
    return `${String(vaults.length - 5)} vaults, ${all} records in the encrypted mirror`;
  });
}

async function oneSecret(demo: Demo): Promise<void> {
  const { summary, screens } = demo;
  await summary.step('Search', async () => {
    await screens.search('web-01');
    await screens.openRecord(plainRecord.name);
    return `${String(await screens.rows().count())} found for “web-01”`;
  });
  await summary.step('Reveal the password', async () => {
    const shown = await screens.reveal('Password');
    await demo.shoot('revealed');
    return equal(shown, plainRecord.password);
  });
  await summary.step('Copy it', async () => {
    await screens.copy('Password');
    const clears = await screens.page.getByText(/clears in \d+ s/).textContent();
    const saw = `${equal(await demo.app.clipboardText(), plainRecord.password)}; ${clears?.trim() ?? ''}`;
    await screens.button('Clear now').click();
    return saw;
  });
  await summary.step('One-time code', async () => {
    await screens.page.keyboard.press('Escape');
    await screens.pick('Infrastructure');
    await screens.page.keyboard.press('ArrowRight');
    await screens.pick('Clouds');
    await screens.openRecord(richRecord.name);
    await screens.reveal('Account ID');
    const code = screens.record().getByText(/^\d{3} ?\d{3}$/);
    const digits = ((await code.textContent()) ?? '').replace(/\D/g, '').length;
    await demo.shoot('record');
    return `${String(digits)} digits, the secret did not leave the main process`;
  });
}

async function oneFile(demo: Demo): Promise<void> {
  const { summary, screens, app } = demo;
  const contents = randomBytes(300_000);
  const sent = demo.file('base-backup.tar');
  const back = demo.file('base-backup-again.tar');
  await writeFile(sent, contents);
  await summary.step('Drop a file on the record', async () => {
    await app.dropFiles(screens.page, '[data-pane="record"]', [sent]);
    await screens.button(/save base-backup\.tar$/i).waitFor();
    await demo.shoot('file-dropped');
    return `${String(contents.length)} bytes encrypted here and sent`;
  });
  await summary.step('Save it again', async () => {
    await app.answerDialog({ filePath: back });
    await screens.button(/save base-backup\.tar$/i).click();
    await screens.page.getByText('File saved.').waitFor();
    const same =
      createHash('sha256')
        .update(await readFile(back))
        .digest('hex') === createHash('sha256').update(contents).digest('hex');
    if (!same) throw new Error('the file came back different');
    return 'byte for byte the same';
  });
}

async function withoutServer(demo: Demo): Promise<void> {
  const { summary } = demo;
  const { masterPassword } = demo.user;
  await summary.step('Lock', async () => {
    await demo.screens.lock();
    await demo.shoot('locked');
    return 'the lock screen, keys wiped';
  });
  await summary.step('Stop the server, restart the application', async () => {
    await demo.server.stop();
    await demo.app.close();
    await demo.openApp();
    return (await demo.screens.page.getByText(/Works without a network/).textContent())?.trim() ?? '';
  });
  await summary.step('Unlock and read without a network', async () => {
    await demo.screens.unlock(masterPassword);
    await demo.screens.workspace().waitFor();
    await demo.screens.button(/^Sync: Offline/).waitFor();
    await demo.screens.search('web-01');
    await demo.screens.openRecord(plainRecord.name);
    const saw = equal(await demo.screens.reveal('Password'), plainRecord.password);
    await demo.shoot('offline');
    return saw;
  });
}

async function otherFaces(demo: Demo): Promise<void> {
  await demo.summary.step('Dark, and in Russian', async () => {
    const { page } = demo.screens;
    await page.evaluate(`strongroom.settings.update({ theme: 'dark', language: 'ru' })`);
    await page.getByText('Все записи').first().waitFor();
    // Colours fade for a moment; a picture in between would show neither theme.
    await page.waitForTimeout(400);
    await demo.shoot('workspace-dark-russian');
    return 'both themes and both languages are in the pictures';
  });
}

const work = await mkdtemp(join(tmpdir(), 'strongroom-demo-'));
const demo = new Demo(work, given.to);
try {
  await rm(given.to, { recursive: true, force: true });
  await mkdir(given.to, { recursive: true });
  await buildIfOlder();
  await demo.summary.step('Start a server with the sample organisation', async () => {
    await demo.startServer(0);
    return `${String(demo.server.users.length)} people, written by a client that holds the keys`;
  });
  await demo.summary.step('Open the application', async () => {
    await demo.openApp();
    return demo.app.isStandIn
      ? 'on the development stand-in (Electron is not installed here)'
      : 'in Electron';
  });
  await firstContact(demo);
  await oneSecret(demo);
  await oneFile(demo);
  await withoutServer(demo);
  await changesWithoutServer(demo);
  await conflictDecided(demo);
  await otherFaces(demo);
  console.log(
    `\nAll ${String(demo.summary.steps.length)} steps worked. Pictures: ${relative(process.cwd(), given.to)}`,
  );
} catch (error) {
  await demo.shootAll('where-it-stopped').catch(() => {
    console.error('There was no window to take a picture of.');
  });
  if (!demo.summary.failed) console.error(error instanceof Error ? error.message : String(error));
  console.error('\nThe demo did not finish; the last line above says where.');
  process.exitCode = 1;
} finally {
  await demo.end();
  await rm(work, { recursive: true, force: true });
}
