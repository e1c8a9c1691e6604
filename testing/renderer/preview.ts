/**
 * Looks at every screen of the window: builds it, opens it in headless Chromium under the
 * policy it really runs under, plays a scripted bridge, takes a picture of each scene in each
 * theme, language and size, has axe read each scene in both themes, and walks through the
 * main job by keys alone.
 *
 *   node testing/renderer/preview.ts FOLDER [--scenes a,b] [--sizes 1280x800,…] [--languages en,ru]
 *     [--themes light,dark] [--no-axe] [--no-walk]
 *
 * Ends with status 1 if the page broke its policy, threw, or axe found something.
 */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import packed from '@sparticuz/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { contentSecurityPolicy } from '../../main/desktop/contentpolicy.ts';
import { buildScript, buildWindow } from './bundle.ts';
import { walkByKeys } from './keyboard-walk.ts';
import { codeScenes } from './code-scenes.ts';
import { editingScenes } from './editing-scenes.ts';
import { encryptionScenes } from './encryption-scenes.ts';
import { entranceScenes } from './entrance-scenes.ts';
import { exchangeScenes } from './exchange-scenes.ts';
import { fileScenes } from './file-scenes.ts';
import { findingScenes } from './finding-scenes.ts';
import { historyScenes } from './history-scenes.ts';
import { ownAccountScenes } from './ownaccount-scenes.ts';
import { queueScenes } from './queue-scenes.ts';
import { quickScenes } from './quick-scenes.ts';
import { sharingScenes } from './sharing-scenes.ts';
import type { Scene } from './scene.ts';
import { directoryScenes } from './directory-scenes.ts';
import { teamScenes } from './team-scenes.ts';
import { rosterScenes } from './roster-scenes.ts';
import { trustScenes } from './trust-scenes.ts';
import { vaultScenes } from './vault-scenes.ts';
import { workspaceScenes } from './workspace-scenes.ts';

const origin = 'https://strongroom.preview';
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};

interface Look {
  readonly scene: Scene;
  readonly theme: 'light' | 'dark';
  readonly language: 'en' | 'ru';
  readonly width: number;
  readonly height: number;
}

interface Workshop {
  readonly browser: Browser;
  readonly folder: string;
  readonly window: string;
  readonly script: string;
  readonly complaints: string[];
}

function nameOf({ scene, theme, language, width, height }: Look): string {
  return `${scene.name}-${theme}-${language}-${width}x${height}`;
}

async function serve(page: Page, folder: string): Promise<void> {
  await page.route('**/*', async (route) => {
    const path = new URL(route.request().url()).pathname;
    const body = await readFile(join(folder, path)).catch(() => null);
    if (body === null) return route.fulfill({ status: 404 });
    await route.fulfill({
      body,
      headers: {
        'content-type': types[extname(path)] ?? 'application/octet-stream',
        'content-security-policy': contentSecurityPolicy,
      },
    });
  });
}

async function readByAxe(page: Page, name: string, complaints: string[]): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const violation of violations) {
    const where = violation.nodes.map((node) => `${node.target.join(' ')} (${node.failureSummary ?? ''})`);
    complaints.push(`${name}: axe ${violation.id}: ${where.slice(0, 3).join(' | ')}`);
  }
}

/** Opens the window on a scripted bridge; whatever the page complains of is kept. */
async function openPage(workshop: Workshop, look: Look): Promise<Page> {
  const { scene, theme, language, width, height } = look;
  const name = nameOf(look);
  const context = await workshop.browser.newContext({
    viewport: { width, height },
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(8000);
  page.on('pageerror', (error) => workshop.complaints.push(`${name}: threw ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      workshop.complaints.push(`${name}: console ${message.text()}`);
    }
  });
  const scenario = { ...scene.scenario, settings: { theme, language, ...scene.scenario.settings } };
  await page.addInitScript({
    content: `globalThis.strongroomScenario = ${JSON.stringify(scenario)};\n${workshop.script}`,
  });
  await serve(page, workshop.window);
  await page.goto(`${origin}/${scene.page ?? 'index.html'}`);
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  return page;
}

async function take(workshop: Workshop, look: Look, axe: boolean): Promise<void> {
  const name = nameOf(look);
  const page = await openPage(workshop, look);
  try {
    await look.scene.act(page);
    await page.waitForTimeout(120);
  } catch (error) {
    workshop.complaints.push(`${name}: ${String(error)}`);
  }
  await page.screenshot({ path: join(workshop.folder, `${name}.png`) });
  if (axe) await readByAxe(page, name, workshop.complaints);
  await page.context().close();
}

async function walk(workshop: Workshop): Promise<void> {
  const scene: Scene = {
    name: 'keyboard-walk',
    scenario: { accounts: 1, unlocked: false },
    act: () => Promise.resolve(),
  };
  const page = await openPage(workshop, { scene, theme: 'light', language: 'en', width: 1280, height: 800 });
  workshop.complaints.push(...(await walkByKeys(page)));
  await page.context().close();
}

function looks(chosen: ReturnType<typeof options>): Look[] {
  return chosen.scenes.flatMap((scene) =>
    chosen.themes.flatMap((theme) =>
      chosen.languages.flatMap((language) =>
        (scene.size ? [scene.size] : chosen.sizes).map(([width, height]) => ({
          scene,
          theme,
          language,
          width,
          height,
        })),
      ),
    ),
  );
}

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      scenes: { type: 'string' },
      sizes: { type: 'string', default: '1280x800,820x700,420x800,1720x1000' },
      languages: { type: 'string', default: 'en,ru' },
      themes: { type: 'string', default: 'light,dark' },
      'no-axe': { type: 'boolean', default: false },
      'no-walk': { type: 'boolean', default: false },
    },
  });
  const wanted = values.scenes?.split(',');
  const [folder] = positionals;
  if (folder === undefined) throw new Error('say into which folder the pictures go');
  return {
    folder,
    axe: !values['no-axe'],
    walk: !values['no-walk'],
    scenes: [
      ...encryptionScenes,
      ...entranceScenes,
      ...ownAccountScenes,
      ...workspaceScenes,
      ...editingScenes,
      ...historyScenes,
      ...findingScenes,
      ...exchangeScenes,
      ...queueScenes,
      ...fileScenes,
      ...quickScenes,
      ...sharingScenes,
      ...codeScenes,
      ...directoryScenes,
      ...teamScenes,
      ...vaultScenes,
      ...trustScenes,
      ...rosterScenes,
    ].filter(({ name }) => wanted?.includes(name) ?? true),
    themes: (['light', 'dark'] as const).filter((theme) => values.themes.split(',').includes(theme)),
    languages: (['en', 'ru'] as const).filter((language) => values.languages.split(',').includes(language)),
    sizes: values.sizes.split(',').map((size) => {
      const [width = 1280, height = 800] = size.split('x').map(Number);
      return [width, height] as const;
    }),
  };
}

async function run(): Promise<number> {
  const chosen = options();
  await mkdir(chosen.folder, { recursive: true });
  const bench = await mkdtemp(join(tmpdir(), 'strongroom-preview-'));
  const window = join(bench, 'window');
  await buildWindow(window);
  const script = await buildScript(join(bench, 'script'));
  const browser = await chromium.launch({
    executablePath: await packed.executablePath(),
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
  });
  const complaints: string[] = [];
  try {
    const workshop = { browser, folder: chosen.folder, window, script, complaints };
    if (chosen.walk) await walk(workshop);
    const all = looks(chosen);
    for (const look of all) {
      const first =
        look.width === (look.scene.size ?? chosen.sizes[0])?.[0] && look.language === chosen.languages[0];
      await take(workshop, look, chosen.axe && first);
    }
    console.log(`${all.length} pictures in ${chosen.folder}`);
  } finally {
    await browser.close();
    await rm(bench, { recursive: true, force: true });
  }
  for (const complaint of complaints) console.log(complaint);
  return complaints.length === 0 ? 0 : 1;
}

process.exitCode = await run();
