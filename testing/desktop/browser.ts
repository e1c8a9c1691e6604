/**
 * The one Chromium behind the stand-in, driven over its pipe.
 *
 * Nothing listens on a port, except in a test run, where the test process attaches to
 * Chromium by a port of 127.0.0.1 to see what the person would see. The profile folder is
 * new each time and removed at the end: what the application keeps is its own userData.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium, type BrowserContext, type CDPSession, type Page, type Route } from 'playwright-core';
import { isAlive } from './single-instance.ts';

const folderName = 'strongroom-stand-in-';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Popups fail in Chromium itself; no name resolves, whatever a page may try.
  '--block-new-web-contents',
  '--host-resolver-rules=MAP * ~NOTFOUND',
];

/** What the stand-in starts Chromium with. */
export interface BrowserOptions {
  executablePath: string;
  windowed: boolean;
  /** Opens the test process's port. */
  reachable: boolean;
}

/** A running Chromium that hands out empty pages and sends every request to one handler. */
export class Browser {
  readonly windowed: boolean;
  private readonly context: BrowserContext;
  private readonly folder: string;
  private spare: Page | undefined;
  private closing = false;

  private constructor(context: BrowserContext, folder: string, windowed: boolean) {
    this.context = context;
    this.folder = folder;
    this.windowed = windowed;
    this.spare = context.pages()[0];
  }

  /** Starts Chromium. `onRequest` answers every request of every page. */
  static async launch(options: BrowserOptions, onRequest: (route: Route) => Promise<void>): Promise<Browser> {
    sweepAbandoned();
    const folder = mkdtempSync(join(tmpdir(), `${folderName}${String(process.pid)}-`));
    const port = ['--remote-debugging-port=0', '--remote-debugging-address=127.0.0.1'];
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: options.executablePath,
      headless: !options.windowed,
      args: [
        ...flags,
        ...(options.reachable ? port : []),
        ...(options.windowed ? ['--app=about:blank'] : []),
      ],
      artifactsDir: join(folder, 'artifacts'),
      serviceWorkers: 'block',
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      viewport: options.windowed ? null : { width: 1280, height: 800 },
    });
    await context.route('**/*', onRequest);
    return new Browser(context, folder, options.windowed);
  }

  /** An empty page: the spare one, else a new one. */
  async takePage(): Promise<Page> {
    const page = this.spare ?? (await this.context.newPage());
    this.spare = undefined;
    return page;
  }

  /** Closes a page. Chromium ends with its last page, so a spare one is opened first. */
  async releasePage(page: Page): Promise<void> {
    if (page.isClosed() || this.closing) return;
    if (this.context.pages().length === 1) this.spare = await this.context.newPage();
    await page.close();
  }

  /** A DevTools session of its own for `page`. */
  async attach(page: Page): Promise<CDPSession> {
    return this.context.newCDPSession(page);
  }

  /** Calls `gone` once when Chromium ends by itself (closed by the person, or crashed). */
  onGone(gone: () => void): void {
    this.context.once('close', () => {
      if (!this.closing) gone();
    });
  }

  /** The test process's port; Chromium writes it to its profile folder. */
  async port(): Promise<number> {
    const file = join(this.folder, 'DevToolsActivePort');
    for (let tries = 0; tries < 100; tries++) {
      const text = await readFile(file, 'utf8').catch(() => '');
      const port = Number(text.split('\n')[0]);
      if (port > 0) return port;
      await pause(50);
    }
    throw new Error('Chromium did not name its port within five seconds.');
  }

  /** Ends Chromium and removes its profile. */
  async close(): Promise<void> {
    this.closing = true;
    await this.context.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

/** Removes the profiles of stand-ins that were killed. */
function sweepAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(name.startsWith(folderName) ? name.slice(folderName.length).split('-')[0] : NaN);
    if (pid > 0 && !isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}
