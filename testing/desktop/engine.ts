/**
 * Joins Chromium to the modules: starts it when the application starts, and gives every
 * request of a page to the web contents that the page belongs to.
 */
import type { CDPSession, Page, Route } from 'playwright-core';
import { hasDisplay, headlessBrowser, installedBrowser } from './browser-binary.ts';
import { Browser } from './browser.ts';

/** Answers every request of one page. */
export type RequestSink = (route: Route) => Promise<void>;

/** A page with a DevTools session of the stand-in's own. */
export interface OpenPage {
  page: Page;
  devtools: CDPSession;
}

/** Whether this run belongs to a test process. */
export const underTest = process.env['STRONGROOM_TEST'] === '1';

const sinks = new Map<Page, RequestSink>();
let running: Promise<Browser> | undefined;

async function answer(route: Route): Promise<void> {
  // A page that belongs to no window has no business with a network.
  const page = route.request().frame().page();
  const sink = sinks.get(page);
  try {
    await (sink === undefined ? route.abort('blockedbyclient') : sink(route));
  } catch (reason) {
    // A page that closes takes its unanswered requests with it.
    if (sinks.has(page)) console.error(`A request was not answered: ${String(reason)}`);
  }
}

async function launch(): Promise<Browser> {
  const installed = hasDisplay() && !underTest ? installedBrowser() : undefined;
  const executablePath = installed ?? (await headlessBrowser());
  return Browser.launch({ executablePath, windowed: installed !== undefined, reachable: underTest }, answer);
}

/** The running Chromium; started by the first call. */
export function browser(): Promise<Browser> {
  running ??= launch();
  return running;
}

/** An empty page whose requests go to `sink`. */
export async function openPage(sink: RequestSink): Promise<OpenPage> {
  const host = await browser();
  const page = await host.takePage();
  sinks.set(page, sink);
  page.once('close', () => sinks.delete(page));
  return { page, devtools: await host.attach(page) };
}

/** Closes a page that `openPage` gave. */
export async function closePage(page: Page): Promise<void> {
  await (await browser()).releasePage(page);
}

/** Ends Chromium; does nothing where it never started. */
export async function endBrowser(): Promise<void> {
  if (running !== undefined) await (await running).close();
}
