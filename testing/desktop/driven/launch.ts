/** What both ways of starting the application have in common. */
import type { ElementHandle, Page } from 'playwright-core';
import type { FileCarrier, PageWindow } from '../in-page/dom.ts';

/** The built application and what it is started with. */
export interface Launch {
  main: string;
  args: readonly string[];
  env: Record<string, string>;
}

/** The process's environment for the child: what a test sets, and that a test runs it. */
export function childEnvironment(env: Record<string, string>): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(NODE_OPTIONS|VITEST.*)$/.test(entry[0]),
  );
  return { ...Object.fromEntries(inherited), STRONGROOM_TEST: '1', ...env };
}

/** Fails with `what` if `work` takes longer than `limit` milliseconds. */
export async function within<T>(limit: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${what} took longer than ${String(limit / 1000)} seconds.`));
    }, limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Collects console lines and uncaught errors of a page. */
export function listenTo(page: Page, lines: string[]): void {
  page.on('console', (message) => {
    lines.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => {
    lines.push(`uncaught: ${error.message}`);
  });
}

/**
 * Drops files of the disk. They come from a file input, so that Chromium knows their
 * paths, and are carried over into a drop event.
 */
export async function dropFiles(page: Page, selector: string, paths: readonly string[]): Promise<void> {
  const making = `Object.assign(document.createElement('input'), { type: 'file', multiple: true })`;
  const input = (await page.evaluateHandle(making)).asElement() as ElementHandle | null;
  if (input === null) throw new Error('The page made no file input.');
  await input.setInputFiles([...paths]);
  const dataTransfer = await input.evaluateHandle((element) => {
    const page = globalThis as unknown as PageWindow;
    const transfer = new page.DataTransfer();
    for (const file of Array.from((element as unknown as FileCarrier).files ?? [])) transfer.items.add(file);
    return transfer;
  });
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent(selector, type, { dataTransfer });
}
