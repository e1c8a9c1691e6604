/** Files of a record: dropped in, refused, cancelled, saved out, read by somebody else. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { readRecord } from '../independent/reader.ts';
import type { RunningApp } from './app.ts';
import { copyOfData, type DemoServer, type DemoUser, removeFolder, startDemoServer } from './demoserver.ts';
import { Screens } from './screens.ts';
import { expect, test } from './spec.ts';

const recordName = 'web-03.prod — root';
const mebibyte = 1024 * 1024;

/** Files of the disk with their contents, by name. */
class FileSet {
  readonly folder: string;
  readonly contents = new Map<string, Buffer>();

  constructor(folder: string) {
    this.folder = folder;
  }

  async write(name: string, size: number): Promise<void> {
    this.contents.set(name, randomBytes(size));
    await writeFile(this.path(name), this.content(name));
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  content(name: string): Buffer {
    return this.contents.get(name) ?? Buffer.alloc(0);
  }
}

/** Saves a file of the open record and gives what was saved. */
async function savedOut(app: RunningApp, screens: Screens, name: string, target: string): Promise<Buffer> {
  await app.answerDialog({ filePath: target });
  const words = name.replace(/[.()]/g, '\\$&');
  await screens
    .record()
    .getByRole('button', { name: new RegExp(`save ${words}$`, 'i') })
    .click();
  let saved = Buffer.alloc(0);
  await expect
    .poll(async () => (saved = await readFile(target).catch(() => Buffer.alloc(0))).length, {
      timeout: 20_000,
    })
    .toBeGreaterThan(0);
  return saved;
}

/** The server's own id of a record, asked for as any other client would. */
async function itemIdOf(server: DemoServer, { login, password }: DemoUser, name: string): Promise<string> {
  const headers = { 'X-Response-Format': 'raw', 'Content-Type': 'application/json' };
  const body = JSON.stringify({ username: login, password });
  const signedIn = await fetch(`${server.url}/api/v1/users/login`, { method: 'POST', headers, body });
  const { accessToken } = (await signedIn.json()) as { accessToken: string };
  const asked = await fetch(`${server.url}/api/v1/items/search?query=${encodeURIComponent(name)}`, {
    headers: { ...headers, Authorization: `Bearer ${accessToken}` },
  });
  const { items } = (await asked.json()) as { items: { id: string; name: string }[] };
  const found = items.find((item) => item.name === name);
  if (!found) throw new Error(`the server has no ${name}`);
  return found.id;
}

test('of twenty files dropped at once, all but the one too large and the one cancelled reach the record', async ({
  sample,
  launch,
}) => {
  test.setTimeout(120_000);
  const dataFolder = await copyOfData(sample.dataFolder);
  const server = await startDemoServer({ dataFolder });
  const files = new FileSet(await mkdtemp(join(tmpdir(), 'strongroom-files-')));
  const anna = sample.user('anna.orlova');
  const compared = ['server.key', 'Резервная копия.tar'];
  const plain = Array.from({ length: 15 }, (_, index) => `scan-${String(index + 1)}.pdf`);
  const [largest, cancelled] = ['too-large.iso', 'never-mind.bin'];
  try {
    await files.write('server.key', 1700);
    await files.write('Резервная копия.tar', 4.5 * mebibyte);
    for (const name of plain) await files.write(name, 1.5 * mebibyte);
    await files.write('empty-but-one.txt', 1);
    await files.write(cancelled, 3 * mebibyte);

    const app = await launch();
    const screens = new Screens(await app.page());
    await screens.enrol(server.url, anna);
    await screens.synced();
    await screens.search('web-03.prod');
    await screens.openRecord(recordName);
    const limit = await screens.page.evaluate(
      'strongroom.fileQueue.limit({}).then((answer) => answer.value.limit)',
    );
    await writeFile(files.path(largest), '');
    await truncate(files.path(largest), Number(limit) + 1);

    const queue = screens.page.getByTestId('file-queue');
    const row = (name: string) => queue.getByTestId('queued-file').filter({ hasText: name });
    const kept = [...compared, ...plain, 'empty-but-one.txt'];
    await app.dropFiles(
      screens.page,
      '[data-pane="record"]',
      [...kept, largest, cancelled].map((name) => files.path(name)),
    );
    await screens.page.getByRole('button', { name: `Cancel ${cancelled}` }).click();
    await expect(row(cancelled)).toHaveAttribute('data-state', 'cancelled');
    await expect(row(largest)).toContainText('Too large');
    await expect(screens.page.getByTestId('file-queue-said')).toContainText(largest);
    expect(
      (await new AxeBuilder({ page: screens.page }).include('[data-testid=file-queue]').analyze()).violations,
    ).toEqual([]);
    await expect(queue).toHaveAttribute('data-busy', 'false', { timeout: 40_000 });
    await expect(queue.locator('[data-state=done]')).toHaveCount(18);
    await expect(queue).toContainText('18 files added');
    for (const name of kept) await expect(screens.record().getByText(name, { exact: true })).toBeVisible();
    for (const name of [largest, cancelled]) {
      await expect(screens.record().getByText(name, { exact: true })).toHaveCount(0);
    }
    for (const [index, name] of compared.entries()) {
      const target = files.path(`again-${String(index)}`);
      expect((await savedOut(app, screens, name, target)).equals(files.content(name))).toBe(true);
    }

    await queue.getByTestId('clear-files').click();
    await expect(queue).toHaveCount(0);
    await screens.synced();
    const person = { ...anna, masterPassword: anna.masterPassword ?? '' };
    const itemId = await itemIdOf(server, anna, recordName);
    for (const name of compared) {
      const read = await readRecord(server.url, person, itemId, name);
      expect([read.name, read.file.bytes.equals(files.content(name))]).toEqual([recordName, true]);
    }
  } finally {
    await server.stop();
    await removeFolder(files.folder);
    await removeFolder(dirname(dataFolder));
  }
});

test('files dropped on a line of the list go onto that record, and in quick access onto the chosen one', async ({
  sample,
  launch,
}) => {
  const dataFolder = await copyOfData(sample.dataFolder);
  const server = await startDemoServer({ dataFolder });
  const files = new FileSet(await mkdtemp(join(tmpdir(), 'strongroom-files-')));
  try {
    await files.write('onto-the-line.txt', 1200);
    await files.write('by-quick-access.txt', 1300);
    const app = await launch();
    const screens = new Screens(await app.page());
    await screens.enrol(server.url, sample.user('anna.orlova'));
    await screens.synced();
    await screens.search('web-03.prod');
    await screens.rows().filter({ hasText: recordName }).first().waitFor();
    const line = await screens.rows().filter({ hasText: recordName }).first().getAttribute('id');
    await app.dropFiles(screens.page, `[id="${line ?? ''}"]`, [files.path('onto-the-line.txt')]);
    await screens.openRecord(recordName);
    await expect(screens.record().getByText('onto-the-line.txt')).toBeVisible();

    await app.clickMenu('quickAccess');
    const isQuick = (page: { url(): string }): boolean => page.url().endsWith('/quick.html');
    await expect.poll(async () => (await app.windows()).some(isQuick)).toBe(true);
    const quick = (await app.windows()).find(isQuick);
    if (!quick) throw new Error('no quick-access window');
    await quick.getByTestId('quick-search').fill('web-03.prod');
    await quick.getByRole('option', { name: recordName }).first().waitFor();
    await app.dropFiles(quick, '[data-testid=quick]', [files.path('by-quick-access.txt')]);
    await expect(quick.getByRole('status')).toContainText('1 file added');
    await expect(screens.record().getByText('by-quick-access.txt')).toBeVisible();
  } finally {
    await server.stop();
    await removeFolder(files.folder);
    await removeFolder(dirname(dataFolder));
  }
});
