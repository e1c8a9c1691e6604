/**
 * An external link in somebody's own browser: made by the application's core against a real server,
 * opened in a plain Chromium on the page that the server gives.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type Page, chromium, expect, test } from '@playwright/test';
import type { LinkKind } from '../../contract/sharing.ts';
import { headlessBrowser } from '../desktop/browser-binary.ts';
import { anna, buildSmallOrganisation, startOwnServer } from '../hostile/smallorganisation.ts';
import type { OwnServer } from '../hostile/smallorganisation.ts';
import { oneTimeCode } from '../independent/reader.ts';
import { Application } from '../integration/application.ts';

const small = 3000;
/** Above the size that comes in one piece. */
const large = 9 * 1024 * 1024;

let server: OwnServer;
let app: Application;
let browser: Browser;
let folder: string;
/** How far the server's clock is ahead, in milliseconds. */
let ahead = 0;

test.describe.configure({ mode: 'serial' });

test.beforeAll(async () => {
  test.setTimeout(120_000);
  folder = await mkdtemp(join(tmpdir(), 'strongroom-link-'));
  server = await startOwnServer({ clock: () => Date.now() + ahead });
  await buildSmallOrganisation(server);
  app = new Application();
  await app.enrol(server.url, anna);
  const executablePath = await headlessBrowser();
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
});
test.afterAll(async () => {
  await browser.close();
  await app.close();
  await server.end();
  await rm(folder, { recursive: true, force: true });
});

async function recordId(name: string): Promise<string> {
  const { rows } = await app.ask('records', 'search', { query: name, scope: null, offset: 0, limit: 20 });
  const found = rows.find((row) => row.name === name && row.kind === 'record');
  if (!found) throw new Error(`there is no ${name}`);
  return found.id;
}

/** Makes a link as a person does, and gives the address that they would send. */
async function linkTo(name: string, kind: LinkKind): Promise<string> {
  const wish = { kind, life: '1 week', files: true } as const;
  await app.ask('sharing', 'makeLink', { recordId: await recordId(name), ...wish });
  return app.clipboard;
}

async function attach(name: string, content: Buffer, to: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, content);
  const { files } = await app.ask('attachments', 'stage', { paths: [path] });
  await app.ask('attachments', 'add', { recordId: await recordId(to), token: files[0]?.token ?? '' });
}

interface Visit {
  readonly page: Page;
  /** Addresses that the page asked for, and what it complained of. */
  readonly asked: string[];
  readonly complaints: string[];
}

/** A visitor with a browser of their own. */
async function visit(url: string, locale = 'en-GB'): Promise<Visit> {
  const context = await browser.newContext({ locale, viewport: { width: 360, height: 740 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  const [asked, complaints]: [string[], string[]] = [[], []];
  page.on('request', (request) => asked.push(request.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  await page.goto(url);
  return { page, asked, complaints };
}

async function saved(page: Page, name: string): Promise<Buffer> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: `Save: ${name}` }).click();
  const target = join(folder, `saved ${name}`);
  await (await download).saveAs(target);
  return readFile(target);
}

async function readsWell(page: Page): Promise<void> {
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
}

test('a link is opened by a button, shows the record, and saves its files byte by byte', async () => {
  test.setTimeout(120_000);
  const contents = { 'notes.bin': randomBytes(small), 'Дамп базы.bin': randomBytes(large) };
  for (const [name, content] of Object.entries(contents)) await attach(name, content, 'Datenbank');
  const url = await linkTo('Datenbank', 'single_use');
  const code = new URL(url).hash.slice('#code='.length);

  const { page, asked, complaints } = await visit(url);
  await expect(page.getByText('This link opens once.', { exact: false })).toBeVisible();
  await readsWell(page);
  const { links } = await app.ask('sharing', 'links', { recordId: null });
  expect(links).toMatchObject([{ views: 0 }]);

  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Datenbank' })).toBeFocused();
  await expect(page.getByText('postgres')).toBeVisible();
  expect(await page.content()).not.toContain('пароль от базы');
  await readsWell(page);
  await page.getByRole('button', { name: 'Show: Password' }).click();
  await expect(page.getByText('пароль от базы')).toBeVisible();
  await page.getByRole('button', { name: 'Copy: Password' }).click();
  await expect(page.getByRole('status')).toHaveText('Password: Copied');
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('пароль от базы');
  for (const [name, content] of Object.entries(contents)) {
    expect((await saved(page, name)).equals(content), name).toBe(true);
  }
  expect(page.url()).not.toContain(code);
  // Neither the code nor a cookie went anywhere, and nobody else was asked for anything.
  expect(asked.filter((address) => address.includes(code))).toEqual([]);
  expect(
    asked.filter((address) => !/^(data:|blob:)/.test(address) && !address.startsWith(server.url)),
  ).toEqual([]);
  expect(await page.context().cookies()).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a single-use link is refused once its three minutes are over, in plain words', async () => {
  const url = await linkTo('Router', 'single_use');
  const first = await visit(url);
  await first.page.getByRole('button', { name: 'Open', exact: true }).click();
  const shown = first.page.getByText(/^\d{3} \d{3}$/);
  await expect(shown).toBeVisible();
  const codes = [0, 30].map((ago) => oneTimeCode('JBSWY3DPEHPK3PXP', Date.now() / 1000 - ago));
  expect(codes).toContain((await shown.textContent())?.replace(' ', ''));
  await readsWell(first.page);
  await first.page.context().close();
  ahead += 180_000;
  const second = await visit(url);
  await expect(second.page.getByRole('heading', { name: 'This link has ended' })).toBeVisible();
  await expect(second.page.getByRole('button', { name: 'Open', exact: true })).toHaveCount(0);
  await second.page.context().close();
});

test('a wrong code, a missing one and a link that was taken back are told apart', async () => {
  const url = await linkTo('Wi-Fi', 'reusable');
  const wrong = await visit(`${url.slice(0, -4)}AAAA`);
  await wrong.page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(wrong.page.getByRole('heading', { name: 'The code in the address is wrong' })).toBeVisible();
  await wrong.page.context().close();
  const missing = await visit(url.split('#')[0] ?? '');
  await expect(missing.page.getByRole('heading', { name: 'The address is not complete' })).toBeVisible();
  await readsWell(missing.page);
  await missing.page.context().close();
  const { links } = await app.ask('sharing', 'links', { recordId: null });
  await app.ask('sharing', 'endLinks', { linkIds: links.map(({ id }) => id) });
  const ended = await visit(url);
  await expect(ended.page.getByRole('heading', { name: 'This link has ended' })).toBeVisible();
  await ended.page.context().close();
});

test('speaks Russian to a Russian browser, and goes by keys alone', async () => {
  const { page } = await visit(await linkTo('Door code', 'reusable'), 'ru-RU');
  await expect(page.getByRole('button', { name: 'Открыть' })).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Door code' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(page.getByText('1234')).toBeVisible();
  expect(await page.evaluate('document.documentElement.lang')).toBe('ru');
  await readsWell(page);
  await page.context().close();
});
