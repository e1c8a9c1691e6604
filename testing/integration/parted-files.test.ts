/** Files in parts over a line that breaks: what has arrived is never sent again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { anna } from '../hostile/smallorganisation.ts';
import { bytes, FileStage } from './filestage.ts';

const MiB = 1024 * 1024;
/** Three parts of 4 MiB and one of 1. */
const content = bytes(13 * MiB);
const partNumbers = [1, 2, 3, 4];

let site: FileStage;
let files = 0;

beforeAll(async () => {
  site = await FileStage.open();
});
beforeEach(async () => {
  await site.begin();
  site.proxy.requests.length = 0;
});
afterEach(() => {
  site.proxy.readdress((path) => path);
  site.end();
});
afterAll(() => site.close());

const isPart = (path: string, number: number | null = null): boolean =>
  new RegExp(`/uploads/[^/]+/parts/${number === null ? '\\d+' : String(number)}$`).test(path);

/** How often each part went out. */
const timesSent = (): number[] =>
  partNumbers.map((number) => site.proxy.requests.filter(({ path }) => isPart(path, number)).length);

/** Cuts the line once before the server hears of a request. */
function cutBefore(isMeant: (path: string) => boolean): void {
  let isCut = false;
  site.proxy.readdress((path) => {
    if (isCut || !isMeant(path)) return path;
    isCut = true;
    throw new Error('The line is cut.');
  });
}

/** Cuts the line once when the server has done what was asked. */
function cutAfter(isMeant: (path: string) => boolean): void {
  let isCut = false;
  site.proxy.tell(({ request }, response) => {
    if (isCut || !isMeant(request.path)) return undefined;
    isCut = true;
    response.socket?.destroy();
    return null;
  });
}

const attach = (): Promise<string> => site.attach(`large ${String((files += 1))}`, content);

/** What the server says of the file that was attached last. */
async function attachedOnce(): Promise<void> {
  const name = `large ${String(files)}`;
  // The other device may be in the middle of a sync that began before the file was there.
  const there = await vi.waitFor(
    async () => {
      await site.other.synced();
      const { attachments } = await site.other.ask('records', 'read', { recordId: site.recordId });
      const found = attachments.filter((file) => file.name === name);
      expect(found).toHaveLength(1);
      return found;
    },
    { timeout: 10_000 },
  );
  site.other.dialogs.target = join(site.folder, 'received');
  const attachmentId = there[0]?.id ?? '';
  await site.other.ask('attachments', 'saveAs', { recordId: site.recordId, attachmentId });
  expect(readFileSync(join(site.folder, 'received')).equals(content)).toBe(true);
}

describe('a line that breaks', () => {
  it.each(partNumbers)('before part %i reaches the server: only that one goes out again', async (number) => {
    cutBefore((path) => isPart(path, number));
    await attach();
    await site.sent();
    expect(timesSent()).toEqual(partNumbers.map((each) => (each === number ? 2 : 1)));
    await attachedOnce();
  });

  it.each(partNumbers)('after part %i has arrived: none goes out twice', async (number) => {
    cutAfter((path) => isPart(path, number));
    await attach();
    await site.sent();
    expect(timesSent()).toEqual([1, 1, 1, 1]);
    await attachedOnce();
  });

  it.each([
    ['before the session is open', cutBefore, /\/uploads\/[^/]+$/],
    ['after the session was opened', cutAfter, /\/uploads\/[^/]+$/],
    ['before the file is attached', cutBefore, /\/finish$/],
    ['after the file was attached', cutAfter, /\/finish$/],
  ] as const)('%s costs no part', async (_, cut, place) => {
    cut((path) => place.test(path));
    await attach();
    await site.sent();
    expect(timesSent()).toEqual([1, 1, 1, 1]);
    await attachedOnce();
  });
});

describe('a small file whose answer is lost', () => {
  it('stays on its record, here and there', async () => {
    cutAfter((path) => path.endsWith('/attachments'));
    const id = await site.attach(`small ${String((files += 1))}`, bytes(1000));
    await site.sent();
    const { attachments } = await site.app.ask('records', 'read', { recordId: site.recordId });
    expect(attachments.find((file) => file.id === id)).toMatchObject({ pending: false, here: true });
    expect(site.proxy.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });
});

describe('a file on its way', () => {
  it('goes on after a lock in the middle', async () => {
    const reached = new Promise<void>((resolve) => {
      site.proxy.tell(({ request }) => {
        if (!isPart(request.path, 3)) return undefined;
        resolve();
        return null;
      });
    });
    await attach();
    await reached;
    await site.app.ask('session', 'lock', {});
    site.proxy.tell(null);
    await site.app.unlock(site.annaId, anna.masterPassword ?? '');
    await site.sent();
    expect(timesSent()).toEqual([1, 1, 1, 1]);
    await attachedOnce();
  });

  it('is given up on the server as well when it is taken off its record', async () => {
    let attachmentId = '';
    site.proxy.tell(({ request }) => {
      if (isPart(request.path, 2)) {
        void site.app.ask('attachments', 'remove', { recordId: site.recordId, attachmentId });
      }
      return undefined;
    });
    site.proxy.delayBy(() => 20);
    const attached = attach();
    attachmentId = await attached;
    await vi.waitFor(() => expect(site.proxy.requests.some(({ method }) => method === 'DELETE')).toBe(true), {
      timeout: 20_000,
    });
    site.proxy.delayBy(() => 0);
    await site.sent();
    expect(site.proxy.requests.some(({ path }) => path.endsWith('/finish'))).toBe(false);
    // A neighbour may have been on its way; the last one cannot.
    expect(timesSent().at(-1)).toBe(0);
    const { attachments } = await site.app.ask('records', 'read', { recordId: site.recordId });
    expect(attachments.map(({ id }) => id)).not.toContain(attachmentId);
  });

  it('that takes long goes out over several attempts, each behind a look at what others changed', async () => {
    const real = performance.now.bind(performance);
    let elapsed = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => real() + elapsed);
    site.proxy.tell(({ request }) => {
      if (isPart(request.path)) elapsed += 11_000;
      return undefined;
    });
    try {
      await attach();
      await site.sent();
    } finally {
      clock.mockRestore();
    }
    expect(timesSent()).toEqual([1, 1, 1, 1]);
    const looks = site.proxy.requests.map(({ path }) =>
      /\/uploads\/[^/]+$/.test(path) ? 'ask' : path.includes('/changes') ? 'look' : '',
    );
    const asked = looks.flatMap((look, index) => (look === 'ask' ? [index] : []));
    expect(asked.length).toBeGreaterThanOrEqual(2);
    expect(looks.slice(asked[0], asked[1])).toContain('look');
    await attachedOnce();
  });

  it('leaves this device once the server has it, and is fetched from there', async () => {
    const attachmentId = await attach();
    const find = async () => {
      const { attachments } = await site.app.ask('records', 'read', { recordId: site.recordId });
      return attachments.find(({ id }) => id === attachmentId);
    };
    expect(await find()).toMatchObject({ here: true, pending: true, size: content.length });
    await site.sent();
    expect(await find()).toMatchObject({ here: false, pending: false, size: content.length });
    const path = site.target();
    await site.app.ask('attachments', 'saveAs', { recordId: site.recordId, attachmentId });
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  it('can be saved while it waits without a network', async () => {
    site.proxy.setDown(true);
    try {
      const attachmentId = await attach();
      const path = site.target();
      await site.app.ask('attachments', 'saveAs', { recordId: site.recordId, attachmentId });
      expect(readFileSync(path).equals(content)).toBe(true);
    } finally {
      site.proxy.setDown(false);
    }
    await site.sent();
    await attachedOnce();
  });
});
