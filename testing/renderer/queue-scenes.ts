/** Scenes of files on their way: dropped on the list, the record and quick access, and their queue. */
import type { Page } from 'playwright-core';
import type { FileQueueView, QueuedFile } from '../../contract/filequeue.ts';
import { idle, type Scene } from './scene.ts';
import { openPrimary } from './workspace-scenes.ts';

const names = [
  'server.key',
  'Резервная копия за ноябрь.tar',
  'known_hosts',
  'a-name-that-says-more-than-anybody-wanted-to-know.pem',
  'notes.txt',
];

/** Lets files hang over the first place of the selector, or drops them there. */
async function carry(page: Page, selector: string, files: readonly string[], drops: boolean): Promise<void> {
  const dataTransfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    for (const name of ${JSON.stringify(files)}) transfer.items.add(new File(['x'], name));
    return transfer;
  })()`);
  for (const type of ['dragenter', 'dragover', ...(drops ? ['drop'] : [])]) {
    await page.locator(selector).first().dispatchEvent(type, { dataTransfer });
  }
  await idle(page);
}

const megabyte = 1_000_000;

function queued(name: string, state: QueuedFile['state'], changes: Partial<QueuedFile> = {}): QueuedFile {
  return {
    ...{ id: name.slice(0, 40), recordId: 'pg-primary', name, size: 3 * megabyte, state, attachmentId: null },
    ...{ done: state === 'done' ? 3 * megabyte : 0, reason: null, retriable: state === 'cancelled' },
    ...changes,
  };
}

/** What the main process would say: every state at once, while one is still at work. */
const mixed: FileQueueView = {
  files: [
    queued('server.key', 'done'),
    queued('Резервная копия за ноябрь.tar', 'encrypting', { done: 1.2 * megabyte }),
    queued('debian-13.2.0-amd64-netinst.iso', 'failed', { reason: 'fileTooLarge', size: 784 * megabyte }),
    queued('locked-by-another-program.db', 'failed', { reason: 'fileUnreadable', retriable: true }),
    queued('known_hosts', 'cancelled'),
    queued('notes.txt', 'waiting'),
  ],
  ...{ done: 4.2 * megabyte, total: 9 * megabyte, bytesPerSecond: 0.3 * megabyte, busy: true },
};

const finished: FileQueueView = {
  files: names.map((name) => queued(name, 'done')),
  ...{ done: 15 * megabyte, total: 15 * megabyte, bytesPerSecond: null, busy: false },
};

/** Drops files for the panel to come up, and lets the main process say `view` of them. */
async function playQueue(page: Page, view: FileQueueView): Promise<void> {
  await openPrimary(page);
  await carry(page, '[data-pane=record]', names.slice(0, 2), true);
  await page.evaluate(`strongroomEmit('fileQueueChanged', ${JSON.stringify(view)})`);
  await idle(page);
}

async function showQuick(page: Page, drops: boolean): Promise<void> {
  await page.evaluate("strongroomEmit('quickAccessShown', { shown: true })");
  await page.getByTestId('quick-line').first().waitFor();
  await carry(page, '[data-testid=quick-line]', ['server.key', 'huge.iso'], drops);
}

const quick = { page: 'quick.html', size: [560, 460] } as const;

export const queueScenes: readonly Scene[] = [
  {
    name: 'files-empty',
    scenario: {},
    act: async (page) => {
      await openPrimary(page);
      await page.getByTestId('drop-place').scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'files-over-record',
    scenario: {},
    act: async (page) => {
      await openPrimary(page);
      await carry(page, '[data-pane=record]', names, false);
    },
  },
  {
    name: 'files-over-line',
    scenario: {},
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await carry(page, '[role=option]:nth-child(2)', names, false);
    },
  },
  {
    name: 'files-over-nothing',
    scenario: {},
    act: async (page) => {
      await page.locator('[role=option]').first().waitFor();
      await carry(page, '[role=listbox]', names, false);
    },
  },
  {
    name: 'files-running',
    scenario: {},
    act: async (page) => {
      await openPrimary(page);
      await carry(page, '[data-pane=record]', names, true);
    },
  },
  { name: 'files-mixed', scenario: {}, act: (page) => playQueue(page, mixed) },
  { name: 'files-done', scenario: {}, act: (page) => playQueue(page, finished) },
  {
    name: 'files-folded',
    scenario: {},
    act: async (page) => {
      await playQueue(page, mixed);
      await page.getByTestId('file-queue').locator('button[aria-expanded]').press('Enter');
      await idle(page);
    },
  },
  { ...quick, name: 'quick-files-over', scenario: {}, act: (page) => showQuick(page, false) },
  { ...quick, name: 'quick-files', scenario: {}, act: (page) => showQuick(page, true) },
];
