/** A server that lies about files in parts: nothing false is ever saved. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LyingProxy, type Lie } from '../hostile/proxy.ts';
import { anna, nina } from '../hostile/smallorganisation.ts';
import { Application } from './application.ts';
import { bytes, FileStage } from './filestage.ts';

const MiB = 1024 * 1024;
const octets = 'application/octet-stream';
const content = bytes(9 * MiB);

let site: FileStage;
/** Both in parts, both on the server only. */
let attachmentId = '';
let anotherId = '';

beforeAll(async () => {
  site = await FileStage.open();
  await site.begin();
  attachmentId = await site.attach('large', content);
  anotherId = await site.attach('another', bytes(9 * MiB + 5));
  await site.sent();
  site.end();
});
beforeEach(() => site.begin());
afterEach(() => {
  site.proxy.readdress((path) => path);
  site.end();
});
afterAll(() => site.close());

/** Saves the file; the code of the refusal, or null. Whatever was refused has left nothing. */
async function save(): Promise<string | null> {
  const path = site.target();
  const refusal = await site.app.refusal('attachments', 'saveAs', { recordId: site.recordId, attachmentId });
  if (refusal !== null) expect(readdirSync(site.folder)).toEqual([]);
  else expect(readFileSync(path).equals(content)).toBe(true);
  return refusal;
}

const serverIdOf = (id: string): string => {
  const record = site.app.accounts.current().mirror.records.get(site.recordId);
  return record?.attachments.find((file) => file.id === id)?.serverId ?? '';
};

/** Gives other bytes in the place of one part. */
const altering =
  (number: number, alter: (bytes: Buffer) => Buffer): Lie =>
  ({ request, status, bytes: part }) =>
    part !== null && request.path.endsWith(`/parts/${String(number)}`)
      ? { status, raw: alter(part), contentType: octets }
      : undefined;

/** Changes what stands for the file. */
const altered =
  (alter: (answer: Record<string, unknown>) => object): Lie =>
  ({ request, json }) =>
    request.path.endsWith(`/attachment/${serverIdOf(attachmentId)}`)
      ? { json: alter(json as Record<string, unknown>) }
      : undefined;

describe('parts', () => {
  it('are saved as they are from a server that tells the truth', async () => {
    expect(await save()).toBeNull();
  });

  it.each([
    [
      'swapped',
      (path: string) => path.replace(/parts\/[12]$/, (at) => `parts/${at.endsWith('1') ? '2' : '1'}`),
    ],
    ['doubled', (path: string) => path.replace(/parts\/2$/, 'parts/1')],
    ['left out', (path: string) => path.replace(/parts\/2$/, 'parts/3')],
    [
      'of another file',
      (path: string) =>
        path.includes('/parts/') ? path.replace(serverIdOf(attachmentId), serverIdOf(anotherId)) : path,
    ],
  ])('that are %s are refused', async (_, readdress) => {
    site.proxy.readdress(readdress);
    expect(await save()).toBe('attachmentHashMismatch');
  });

  it.each([
    ['cut by a byte', 1, (part: Buffer) => part.subarray(0, -1)],
    ['cut by a block', 2, (part: Buffer) => part.subarray(0, -16)],
    ['empty', 3, () => Buffer.alloc(0)],
    ['longer', 3, (part: Buffer) => Buffer.concat([part, Buffer.alloc(16)])],
    [
      'altered in one bit',
      2,
      (part: Buffer) => {
        const copy = Buffer.from(part);
        copy[1000] = (copy[1000] ?? 0) ^ 1;
        return copy;
      },
    ],
  ] as const)('that are %s are refused', async (_, number, alter) => {
    site.proxy.tell(altering(number, alter));
    expect(await save()).toBe('attachmentHashMismatch');
  });

  it('that are huge are not even read', async () => {
    site.proxy.tell(altering(1, () => Buffer.alloc(20 * MiB)));
    expect(await save()).toBe('badAnswer');
  });

  it('that are missing are named as such', async () => {
    site.proxy.tell(({ request }) =>
      request.path.endsWith('/parts/2') ? { status: 404, json: { errors: [] } } : undefined,
    );
    expect(await save()).toBe('notFound');
  });
});

describe('a list', () => {
  it('is known for one by its key, whatever the server says', async () => {
    site.proxy.tell(altered(({ parts: _, ...answer }) => answer));
    expect(await save()).toBeNull();
  });

  it('of another file does not open', async () => {
    const record = serverIdOf(anotherId);
    site.proxy.readdress((path) =>
      path.endsWith(`/attachment/${serverIdOf(attachmentId)}`)
        ? path.replace(serverIdOf(attachmentId), record)
        : path,
    );
    expect(await save()).toBe('undecipherable');
  });

  it('with a hash of something else is refused', async () => {
    site.proxy.tell(altered((answer) => ({ ...answer, hash: '0'.repeat(64) })));
    expect(await save()).toBe('attachmentHashMismatch');
  });
});

describe('a server that says it has what it was never sent', () => {
  const claiming =
    (claim: object): Lie =>
    ({ request, json }) =>
      request.method === 'PUT' && /\/uploads\/[^/]+$/.test(request.path)
        ? { json: { ...(json as object), ...claim } }
        : undefined;
  const sentParts = () =>
    site.proxy.requests.filter(({ path }) => /\/uploads\/[^/]+\/parts\//.test(path)).length;
  const attached = async (id: string) => {
    const { attachments } = await site.app.ask('records', 'read', { recordId: site.recordId });
    return attachments.find((file) => file.id === id);
  };

  it('is sent the parts that are not those of this file', async () => {
    const before = sentParts();
    const parts = [1, 2, 3].map((number) => ({ number, digest: '0'.repeat(64) }));
    site.proxy.tell(claiming({ parts }));
    const id = await site.attach('claimed', content);
    await site.sent();
    expect(sentParts() - before).toBe(3);
    expect(await attached(id)).toMatchObject({ pending: false });
  });

  it.each([
    ['something else', () => serverIdOf(anotherId)],
    ['nothing at all', () => '0'.repeat(24)],
  ])('has to show it, and %s will not do: the file stays here until it is sent', async (_, serverId) => {
    const finished = { id: serverId(), revision: 7, updatedAt: 7 };
    site.proxy.tell(claiming({ finished }));
    const id = await site.attach('unsent', content);
    await site.app.synced();
    expect(await attached(id)).toMatchObject({ pending: true, here: true });
    site.proxy.tell(null);
    await site.sent();
    expect(await attached(id)).toMatchObject({ pending: false });
    await site.app.ask('attachments', 'remove', { recordId: site.recordId, attachmentId: id });
    await site.sent();
  });
});

describe('a copy of a record', () => {
  it('has its large file as well, fetched where it is not here', async () => {
    const { vaultId } = await site.app.ask('records', 'read', { recordId: site.recordId });
    const to = { vaultId: vaultId ?? '', folderId: null };
    const copy = { recordIds: [site.recordId], to };
    const before = new Set(await site.app.ids());
    await site.app.ask('editing', 'copy', copy);
    const [made = ''] = (await site.app.ids()).filter((id) => !before.has(id));
    await site.sent();
    const { attachments } = await site.app.ask('records', 'read', { recordId: made });
    const large = attachments.find(({ name }) => name === 'large');
    const path = site.target();
    await site.app.ask('attachments', 'saveAs', { recordId: made, attachmentId: large?.id ?? '' });
    expect(readFileSync(path).equals(content)).toBe(true);
  });
});

describe('a server that takes no parts', () => {
  it('keeps the limit of the protocol, and that is told before anything is read', async () => {
    const proxy = await LyingProxy.start(site.server.url, ['attachmentParts']);
    const device = new Application();
    try {
      await device.enrol(proxy.url, anna);
      await device.synced();
      const paths = [site.hollowFile('large', 5 * MiB + 1), site.hollowFile('fits', 5 * MiB)];
      const { files, limit } = await device.ask('attachments', 'stage', { paths });
      expect(limit).toBe(5 * MiB);
      expect(files.map(({ refusal }) => refusal)).toEqual(['tooLarge', null]);
    } finally {
      await device.close();
      await proxy.close();
    }
  });
});

describe('without client-side encryption', () => {
  it('a large file goes in parts as well', async () => {
    await site.app.enrol(site.server.url, nina);
    await site.app.synced();
    const [first = ''] = await site.app.ids();
    const id = await site.attach('plain', content, first);
    await site.sent();
    const path = site.target();
    await site.app.ask('attachments', 'saveAs', { recordId: first, attachmentId: id });
    expect(readFileSync(path).equals(content)).toBe(true);
  });
});
