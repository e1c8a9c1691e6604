/** What is done with files on a record: looking into them, renaming, dragging out, keeping copies. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { Locator, Page } from '@playwright/test';
import { samplePdf } from '../renderer/sample-files.ts';
import type { RunningApp } from './app.ts';
import { copyOfData, removeFolder, startDemoServer } from './demoserver.ts';
import { Screens } from './screens.ts';
import { expect, test } from './spec.ts';
import type { SampleServer } from './spec.ts';

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** A grey picture (PNG, RFC 2083). */
function greyPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.writeUInt8(8, 8);
  const lines = Buffer.alloc((width + 1) * height, 0x80);
  for (let y = 0; y < height; y += 1) lines.writeUInt8(0, y * (width + 1));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const text = 'порт = 5432\n<script>document.title = "taken"</script>\n';
const contents: Readonly<Record<string, Uint8Array>> = {
  'plan.png': greyPng(64, 48),
  'notes.txt': Buffer.from(text),
  'procedure.pdf': samplePdf(['First page', 'Second page']),
  'firmware.bin': Buffer.from([0, 1, 2, 255, 254, 0, 7, 0, 200]),
};

function tile(page: Page, name: string): Locator {
  return page.locator('[data-testid="file-tile"]').filter({ hasText: name });
}

async function look(page: Page, name: string): Promise<Locator> {
  await tile(page, name).getByRole('button', { name, exact: true }).click();
  return page.getByRole('dialog', { name });
}

/** How many dark pixels are on the canvas: none unless fonts and drawing work. */
async function inkOf(page: Page): Promise<number> {
  const ink: unknown = await page.evaluate(`(() => {
    const canvas = document.querySelector('[data-testid="preview-pdf"]');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, index) => index % 4 === 0 && value < 128).length;
  })()`);
  return Number(ink);
}

/** The PDF under a password that nobody knows: what it says of its owner's and user's is made up. */
function lockedPdf(): Buffer {
  const [o, u] = ['o', 'u'].map((letter) => letter.repeat(32));
  const standard = `/Encrypt << /Filter /Standard /V 1 /R 2 /O (${o ?? ''}) /U (${u ?? ''}) /P -4 >>`;
  const open = Buffer.from(samplePdf(['Nobody reads this'])).toString('latin1');
  return Buffer.from(open.replace('/Root 1 0 R', `/Root 1 0 R ${standard} /ID [(0123) (0123)]`), 'latin1');
}

interface Stage {
  readonly app: RunningApp;
  readonly page: Page;
  readonly screens: Screens;
  /** A folder of this test's own. */
  readonly folder: string;
}

/** Opens a record and drops files on it; then `act`; then everything is cleared away. */
async function withFiles(
  { sample, launch }: { sample: SampleServer; launch: () => Promise<RunningApp> },
  files: Readonly<Record<string, Uint8Array>>,
  act: (stage: Stage) => Promise<void>,
): Promise<void> {
  const dataFolder = await copyOfData(sample.dataFolder);
  const server = await startDemoServer({ dataFolder });
  const folder = await mkdtemp(join(tmpdir(), 'strongroom-previews-'));
  const paths = Object.keys(files).map((name) => join(folder, name));
  await Promise.all(Object.entries(files).map(([name, bytes]) => writeFile(join(folder, name), bytes)));
  try {
    const app = await launch();
    const page = await app.page();
    const screens = new Screens(page);
    await screens.enrol(server.url, sample.user('anna.orlova'));
    await screens.synced();
    await screens.search('web-03.prod');
    await screens.openRecord('web-03.prod — root');
    await app.dropFiles(page, '[data-pane="record"]', paths);
    await expect(page.locator('[data-testid="file-tile"]')).toHaveCount(paths.length);
    await act({ app, page, screens, folder });
  } finally {
    await server.stop();
    await removeFolder(folder);
    await removeFolder(dirname(dataFolder));
  }
}

test('files are looked into, renamed and saved, and nothing of them stays at lock', async ({
  sample,
  launch,
}) => {
  await withFiles({ sample, launch }, contents, async ({ app, page, screens, folder }) => {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    await look(page, 'plan.png');
    const picture = page.locator('[data-testid="preview-image"]');
    await expect(picture).toBeVisible();
    await expect(picture).toHaveJSProperty('naturalWidth', 64);
    await expect(picture).toHaveAttribute('src', /^blob:/);
    await page.keyboard.press('+');
    await expect(picture).toHaveCSS('width', '80px');
    await page.keyboard.press('Escape');
    await expect(picture).toHaveCount(0);

    await look(page, 'notes.txt');
    await expect(page.locator('[data-testid="preview-text"]')).toHaveText(text.trim());
    await page.keyboard.press('Escape');

    await look(page, 'procedure.pdf');
    const paper = page.locator('[data-testid="preview-pdf"]');
    await expect(paper).toHaveAttribute('data-page', '1');
    expect(await inkOf(page)).toBeGreaterThan(100);
    await page.keyboard.press('PageDown');
    await expect(paper).toHaveAttribute('data-page', '2');
    await page.keyboard.press('PageDown');
    await expect(paper).toHaveAttribute('data-page', '2');
    await page.keyboard.press('Escape');

    const none = await look(page, 'firmware.bin');
    await expect(none.getByRole('status')).toContainText('no preview');
    const target = join(folder, 'saved.bin');
    await app.answerDialog({ filePath: target });
    await none.getByRole('button', { name: 'Save as' }).click();
    await expect
      .poll(() => readFile(target).catch(() => Buffer.alloc(0)))
      .toEqual(Buffer.from(contents['firmware.bin'] ?? ''));
    await page.keyboard.press('Escape');

    await tile(page, 'notes.txt').getByRole('button', { name: 'notes.txt', exact: true }).focus();
    await page.keyboard.press('F2');
    await page.locator('[data-testid="file-name"]').fill('ports.txt');
    await page.keyboard.press('Enter');
    await expect(tile(page, 'ports.txt')).toHaveCount(1);
    await expect(tile(page, 'notes.txt')).toHaveCount(0);

    await look(page, 'ports.txt');
    await expect(page.locator('[data-testid="preview-text"]')).toBeVisible();
    await page.keyboard.press('Control+l');
    await screens.lockScreen().waitFor();
    await expect(page.locator('[data-testid="file-preview"]')).toHaveCount(0);
    expect(await page.locator('body').innerText()).not.toContain('5432');
    expect(complaints).toEqual([]);
  });
});

test('a PDF that is damaged or locked says so', async ({ sample, launch }) => {
  const files = { 'damaged.pdf': Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type'), 'locked.pdf': lockedPdf() };
  await withFiles({ sample, launch }, files, async ({ page }) => {
    const damaged = await look(page, 'damaged.pdf');
    await expect(damaged.getByRole('status')).toContainText('damaged');
    await page.keyboard.press('Escape');
    const locked = await look(page, 'locked.pdf');
    await expect(locked.getByRole('status')).toContainText('password of its own');
  });
});

test('a file is dragged out once that was explained, and what lay open goes at lock', async ({
  sample,
  launch,
}) => {
  const bytes = randomBytes(120_000);
  await withFiles({ sample, launch }, { 'server.key': bytes }, async ({ app, page, screens }) => {
    const name = tile(page, 'server.key').getByRole('button', { name: 'server.key', exact: true });
    const drag = async (): Promise<void> => {
      await name.hover();
      await page.mouse.down();
      for (const y of [300, 200, 100]) await page.mouse.move(200, y);
      await page.mouse.up();
    };
    await drag();
    await page.getByRole('button', { name: 'Understood: drag it again' }).click();
    expect(await app.draggedOut()).toEqual([]);
    await drag();
    await expect.poll(() => app.draggedOut()).toHaveLength(1);
    const [path = ''] = (await app.draggedOut())[0] ?? [];
    expect(basename(path)).toBe('server.key');
    expect(await readFile(path)).toEqual(bytes);
    await screens.lock();
    await expect.poll(() => readFile(path).catch(() => null)).toBeNull();
  });
});

test('copies are kept for a record and are told of in the settings', async ({ sample, launch }) => {
  await withFiles(
    { sample, launch },
    { 'a.txt': Buffer.from('a'), 'b.txt': Buffer.from('b') },
    async (stage) => {
      const { page, screens } = stage;
      const section = screens.record().getByRole('region', { name: 'Files' });
      await section.getByRole('switch', { name: 'Keep copies on this device' }).click();
      await expect(section.getByText('2 of 2 here')).toBeVisible();
      await page.keyboard.press('Control+,');
      const settings = page.getByRole('dialog', { name: 'Settings' });
      await settings.getByRole('tab', { name: 'Files' }).click();
      await expect(settings.getByText('Files of 1 record')).toBeVisible();
      await expect(settings.getByRole('status')).toContainText('Every file that you want here is here.');
      await settings.getByRole('button', { name: 'No longer keep the files of single records' }).click();
      await expect(settings.getByText('Files of 1 record')).toHaveCount(0);
      await page.keyboard.press('Escape');
      await expect(section.getByRole('switch')).not.toBeChecked();
    },
  );
});
