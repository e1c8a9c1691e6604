/** Files from a disk to another person's disk, and everything that can go wrong on the way. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Application } from '../../testing/integration/application.ts';
import { LyingProxy } from '../../testing/hostile/proxy.ts';
import {
  anna,
  boris,
  buildPlainOrganisation,
  buildSmallOrganisation,
  nina,
  startOwnServer,
} from '../../testing/hostile/smallorganisation.ts';
import type { OwnServer, SmallOrganisation } from '../../testing/hostile/smallorganisation.ts';
import { wrapFor } from '../../testing/organisation/member.ts';
import { PROTOCOL_ATTACHMENT_LIMIT } from '../keychain/index.ts';

let server: OwnServer;
let organisation: SmallOrganisation;
let proxy: LyingProxy;
let app: Application;
/** Somebody else's device, who sees the same vault. */
let other: Application;
let annaId: string;
/** A record of a vault that boris sees as well. */
let recordId: string;
let folder: string;

/** Every byte value, in an order that is no text. */
const bytes = (length: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 151 + (index >> 8)) % 256));

beforeAll(async () => {
  server = await startOwnServer();
  organisation = await buildSmallOrganisation(server);
  await buildPlainOrganisation(server);
  const { boris: reader, anna: owner, servers } = organisation;
  const { publicKey } = await owner.http.send<{ publicKey: string }>(
    'GET',
    `/users/${reader.userId}/public-key`,
  );
  await owner.http.send('POST', `/vaults/${servers.id}/access`, {
    userId: reader.userId,
    access: 'write',
    keys: { [reader.userId]: wrapFor(servers, publicKey) },
  });
  proxy = await LyingProxy.start(server.url);
  app = new Application();
  annaId = await app.enrol(proxy.url, anna);
  other = new Application();
  await other.enrol(server.url, boris);
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-files-'));
  if (!app.accounts.isUnlocked()) await app.unlock(annaId, anna.masterPassword ?? '');
  await app.ask('session', 'switchTo', { accountId: annaId });
  const found = await app.ask('records', 'search', { query: 'Empty', scope: null, offset: 0, limit: 1 });
  recordId = found.rows[0]?.id ?? '';
});
afterEach(() => {
  proxy.tell(null);
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});
afterAll(async () => {
  await app.close();
  await other.close();
  await proxy.close();
  await server.end();
});

function file(name: string, content: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function stage(...paths: string[]) {
  return (await app.ask('attachments', 'stage', { paths })).files;
}

async function stageOne(name: string, content: Buffer): Promise<string> {
  return (await stage(file(name, content)))[0]?.token ?? '';
}

async function attach(name: string, content: Buffer, to = recordId): Promise<string> {
  const token = await stageOne(name, content);
  return (await app.ask('attachments', 'add', { recordId: to, token })).attachmentId;
}

/** Where the next file is saved. */
function target(name = 'saved'): string {
  app.dialogs.target = join(folder, name);
  return app.dialogs.target;
}

const stagesOf = (token: string) =>
  app
    .told('attachmentProgress')
    .filter((each) => each.token === token)
    .map(({ stage }) => stage);

/** Resolves when a request of the method has come; its answer never does. */
function hang(method: string): Promise<void> {
  return new Promise((resolve) => {
    proxy.tell(({ request }) => {
      if (request.method !== method) return undefined;
      resolve();
      return null;
    });
  });
}

/** As somebody whom permissions bind, where the tests run as somebody they do not bind. */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('staging', () => {
  it('judges each file before anything is read, in the order given', async () => {
    mkdirSync(join(folder, 'a folder'));
    const files = await stage(
      file('fine.txt', Buffer.from('fine')),
      join(folder, 'a folder'),
      join(folder, 'missing.txt'),
      file('largest.bin', Buffer.alloc(PROTOCOL_ATTACHMENT_LIMIT)),
      file('large.bin', Buffer.alloc(PROTOCOL_ATTACHMENT_LIMIT + 1)),
      file('empty', Buffer.alloc(0)),
    );
    expect(files.map(({ name, size, refusal }) => [name, size, refusal])).toEqual([
      ['fine.txt', 4, null],
      ['a folder', 0, 'notAFile'],
      ['missing.txt', 0, 'unreadable'],
      ['largest.bin', PROTOCOL_ATTACHMENT_LIMIT, null],
      ['large.bin', PROTOCOL_ATTACHMENT_LIMIT + 1, 'tooLarge'],
      ['empty', 0, null],
    ]);
    expect(new Set(files.map(({ token }) => token)).size).toBe(6);
    for (const { token, refusal } of files) {
      if (refusal === null) continue;
      expect(await app.refusal('attachments', 'add', { recordId, token })).toBe('fileUnreadable');
    }
  });

  it('takes what the chooser gives, and nothing when it was closed', async () => {
    app.dialogs.files = [file('chosen.txt', Buffer.from('chosen'))];
    expect((await app.ask('attachments', 'choose', {})).files).toMatchObject([{ name: 'chosen.txt' }]);
    app.dialogs.files = [];
    expect((await app.ask('attachments', 'choose', {})).files).toEqual([]);
  });

  it('tells the page no path', async () => {
    const token = await stageOne('private.txt', Buffer.from('x'));
    const answers = app.crossings.filter(({ way }) => way !== 'in');
    expect(JSON.stringify(answers)).toContain(token);
    expect(JSON.stringify(answers)).not.toContain(folder);
  });
});

describe('adding a file', () => {
  it.each([
    ['empty', 0],
    ['of one byte', 1],
    ['of every byte value', 70_001],
    ['of the largest size', PROTOCOL_ATTACHMENT_LIMIT],
  ])('that is %s lets another person save it byte for byte', async (name, size) => {
    const content = bytes(size);
    const attachmentId = await attach(`${name}.bin`, content);
    const face = await app.ask('records', 'read', { recordId });
    expect(face.attachments).toContainEqual({
      id: attachmentId,
      name: `${name}.bin`,
      here: true,
      size: expect.toSatisfy((known: number | null) => known === null || Math.abs(known - size) <= 48),
    });
    await other.synced();
    other.dialogs.target = join(folder, 'received');
    expect(await other.ask('attachments', 'saveAs', { recordId, attachmentId })).toEqual({ saved: true });
    expect(readFileSync(join(folder, 'received')).equals(content)).toBe(true);
  });

  it('works without client-side encryption', async () => {
    await app.enrol(server.url, nina);
    const [first = ''] = await app.ids();
    const attachmentId = await attach('plain.bin', bytes(500), first);
    const path = target();
    await app.ask('attachments', 'saveAs', { recordId: first, attachmentId });
    expect(readFileSync(path)).toEqual(bytes(500));
  });

  it('tells its stages, and keeps what was attached before', async () => {
    const before = (await app.ask('records', 'read', { recordId })).attachments;
    const token = await stageOne('told.txt', Buffer.from('told'));
    await app.ask('attachments', 'add', { recordId, token });
    expect(stagesOf(token)).toEqual(['encrypting', 'sending', 'done']);
    const after = (await app.ask('records', 'read', { recordId })).attachments;
    expect(after.map(({ name }) => name)).toEqual([...before.map(({ name }) => name), 'told.txt']);
  });

  it('several at the same time loses none and sends none twice', async () => {
    const before = (await app.ask('records', 'read', { recordId })).attachments.length;
    const names = ['one', 'two', 'three', 'four'];
    const added = await Promise.all(names.map((name) => attach(name, Buffer.from(`content of ${name}`))));
    expect(new Set(added).size).toBe(4);
    const token = await stageOne('doubled', Buffer.from('doubled'));
    const twice = [1, 2].map(() => app.refusal('attachments', 'add', { recordId, token }));
    expect((await Promise.all(twice)).sort()).toEqual(['fileUnreadable', null]);
    const after = (await app.ask('records', 'read', { recordId })).attachments.map(({ name }) => name);
    expect(after.slice(before).sort()).toEqual(['doubled', ...names].sort());
  });

  it('goes to the account it was dropped for, whichever is shown by then', async () => {
    const twice = new Application();
    const first = await twice.enrol(proxy.url, anna);
    const second = await twice.enrol(proxy.url, nina);
    await twice.ask('session', 'switchTo', { accountId: first });
    const [{ token = '' } = {}] = (
      await twice.ask('attachments', 'stage', { paths: [file('annas.txt', Buffer.from("anna's"))] })
    ).files;
    const adding = twice.call('attachments', 'add', { recordId, token });
    await twice.ask('session', 'switchTo', { accountId: second });
    expect(await adding).toMatchObject({ ok: true });
    await twice.ask('session', 'switchTo', { accountId: first });
    const { attachments } = await twice.ask('records', 'read', { recordId });
    expect(attachments.map(({ name }) => name)).toContain('annas.txt');
    await twice.close();
  });

  it('names a file that changed since it was staged', async () => {
    const grown = await stageOne('grown.bin', Buffer.from('small'));
    file('grown.bin', Buffer.alloc(PROTOCOL_ATTACHMENT_LIMIT + 1));
    expect(await app.call('attachments', 'add', { recordId, token: grown })).toMatchObject({
      error: { code: 'fileTooLarge', params: { name: 'grown.bin', limit: PROTOCOL_ATTACHMENT_LIMIT } },
    });
    const gone = await stageOne('gone.txt', Buffer.from('gone'));
    rmSync(join(folder, 'gone.txt'));
    expect(await app.call('attachments', 'add', { recordId, token: gone })).toMatchObject({
      error: { code: 'fileUnreadable', params: { name: 'gone.txt' } },
    });
    expect(stagesOf(gone)).toEqual(['encrypting', 'failed']);
  });

  it('is refused for shortcuts, inbox entries, and vaults whose key was exchanged', async () => {
    const { mirror } = app.accounts.current();
    const all = [...mirror.records.batches(100)].flat();
    for (const kind of ['shortcut', 'inbox'] as const) {
      const id = all.find((record) => record.kind === kind)?.id ?? '';
      const token = await stageOne('refused', Buffer.from('refused'));
      expect(await app.refusal('attachments', 'add', { recordId: id, token })).toBe('forbidden');
    }
    const { vaultId } = app.records.stored(recordId);
    const pin = mirror.pins.vaultKey(vaultId ?? '');
    if (!pin) throw new Error('the vault is pinned');
    mirror.pins.setVaultKey({ ...pin, trust: 'keyChanged' });
    const asked = proxy.requests.length;
    const token = await stageOne('refused', Buffer.from('refused'));
    expect(await app.refusal('attachments', 'add', { recordId, token })).toBe('vaultKeyChanged');
    expect(proxy.requests.length).toBe(asked);
    mirror.pins.setVaultKey(pin);
  });

  it('changes nothing when it is cancelled before it begins', async () => {
    const token = await stageOne('cancelled', Buffer.from('cancelled'));
    await app.ask('attachments', 'cancel', { token });
    expect(await app.refusal('attachments', 'add', { recordId, token })).toBe('fileUnreadable');
    expect(await app.refusal('attachments', 'cancel', { token: 'never staged' })).toBeNull();
  });

  it('ends when it is cancelled while it encrypts, and the next file goes its way', async () => {
    const token = await stageOne('cancelled', bytes(PROTOCOL_ATTACHMENT_LIMIT));
    const adding = app.refusal('attachments', 'add', { recordId, token });
    await app.ask('attachments', 'cancel', { token });
    expect(await adding).toBe('cancelled');
    expect(stagesOf(token)).toEqual(['encrypting', 'failed']);
    expect(await attach('after.txt', Buffer.from('after'))).not.toBe('');
  });

  it('ends when it is cancelled while it is sent', async () => {
    const hanging = hang('PATCH');
    const token = await stageOne('cancelled', Buffer.from('cancelled'));
    const adding = app.refusal('attachments', 'add', { recordId, token });
    await hanging;
    await app.ask('attachments', 'cancel', { token });
    expect(await adding).toBe('cancelled');
  });

  it('ends at a lock, and leaves no incident', async () => {
    const hanging = hang('PATCH');
    const sending = await stageOne('sending', Buffer.from('sending'));
    const waiting = await stageOne('waiting', bytes(100_000));
    const adding = [sending, waiting].map((token) => app.refusal('attachments', 'add', { recordId, token }));
    await hanging;
    await app.ask('session', 'lock', {});
    expect(await Promise.all(adding)).toEqual(['cancelled', 'cancelled']);
    await app.unlock(annaId, anna.masterPassword ?? '');
    expect(await app.refusal('attachments', 'add', { recordId, token: waiting })).toBe('fileUnreadable');
    expect(app.incidents).toEqual([]);
  });

  it('says so when the server cannot be reached, and a retry succeeds', async () => {
    proxy.tell(({ request }, response) => {
      if (request.method !== 'PATCH') return undefined;
      response.destroy();
      return null;
    });
    const token = await stageOne('retried', Buffer.from('retried'));
    expect(await app.refusal('attachments', 'add', { recordId, token })).toBe('unreachable');
    proxy.tell(null);
    expect(await attach('retried', Buffer.from('retried'))).not.toBe('');
  });

  it('keeps what somebody else attached since the last sync', async () => {
    const { files } = await other.ask('attachments', 'stage', {
      paths: [file('of boris.txt', Buffer.from('of boris'))],
    });
    await other.ask('attachments', 'add', { recordId, token: files[0]?.token ?? '' });
    await attach('of anna.txt', Buffer.from('of anna'));
    await other.synced();
    const { attachments } = await other.ask('records', 'read', { recordId });
    const names = attachments.map(({ name }) => name);
    expect(names.slice(-2)).toEqual(['of boris.txt', 'of anna.txt']);
  });
});

describe('saving a file', () => {
  const content = bytes(3000);
  let attachmentId: string;

  beforeEach(async () => {
    attachmentId = await attach('to save.bin', content);
  });

  const save = () => app.refusal('attachments', 'saveAs', { recordId, attachmentId });

  /** Forgets the local copy, as if it had never been fetched. */
  function forgetLocal(): void {
    const local = { localFile: null, size: null };
    app.accounts.current().mirror.records.setAttachmentLocal(recordId, attachmentId, local);
  }

  it('writes nothing when the dialog is closed', async () => {
    app.dialogs.target = null;
    const answer = await app.ask('attachments', 'saveAs', { recordId, attachmentId });
    expect(answer).toEqual({ saved: false });
    expect(app.dialogs.suggested).toBe('to save.bin');
  });

  it('needs no server while the contents are here, and replaces a file whole', async () => {
    const path = target();
    writeFileSync(path, bytes(9000));
    const asked = proxy.requests.length;
    expect(await save()).toBeNull();
    expect(proxy.requests.length).toBe(asked);
    expect(readFileSync(path)).toEqual(content);
    expect(readdirSync(folder).sort()).toEqual(['saved', 'to save.bin']);
  });

  it('asks the server where the contents are not here, not whole, or gone', async () => {
    const { localFile } =
      app.records.stored(recordId).attachments.find(({ id }) => id === attachmentId) ?? {};
    const sealed = join(app.profiles.filesPathOf(annaId), localFile ?? '');
    const damaged = readFileSync(sealed);
    damaged[200] = (damaged[200] ?? 0) ^ 1;
    const spoilers = [
      () => writeFileSync(sealed, damaged),
      () => writeFileSync(sealed, damaged.subarray(0, 10)),
      () => rmSync(sealed),
      forgetLocal,
    ];
    for (const spoil of spoilers) {
      spoil();
      const path = target();
      expect(await save()).toBeNull();
      expect(readFileSync(path)).toEqual(content);
      rmSync(path);
    }
  });

  it('says so when they are neither here nor to be had', async () => {
    forgetLocal();
    proxy.tell((_answer, response) => {
      response.destroy();
      return null;
    });
    target();
    expect(await save()).toBe('attachmentNotHere');
    expect(readdirSync(folder)).toEqual(['to save.bin']);
  });

  it('refuses contents the server exchanged', async () => {
    forgetLocal();
    proxy.tell(({ request, json }) => {
      if (request.path.includes('attachment')) (json as { hash: string }).hash = '0'.repeat(64);
      return undefined;
    });
    target();
    expect(await save()).toBe('attachmentHashMismatch');
    expect(readdirSync(folder)).toEqual(['to save.bin']);
  });

  it('names a folder that takes nothing or is not there, and keeps the file that stood there', async () => {
    const path = target();
    writeFileSync(path, 'before');
    chmodSync(folder, 0o555);
    await asOrdinaryUser(async () => {
      expect(await save()).toBe('diskReadOnly');
    });
    chmodSync(folder, 0o700);
    expect(readFileSync(path, 'utf8')).toBe('before');
    target('no such folder/saved');
    expect(await save()).toBe('diskError');
    mkdirSync(join(folder, 'a folder'));
    target('a folder');
    expect(await save()).toBe('diskError');
    expect(readdirSync(folder).sort()).toEqual(['a folder', 'saved', 'to save.bin']);
  });

  it.runIf(process.platform === 'linux')(
    'names a disk that has no room left, and leaves nothing half',
    async () => {
      const path = target();
      writeFileSync(path, 'before');
      const limit = (size: string): void => {
        execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${size}:`]);
      };
      limit('1000');
      try {
        expect(await save()).toBe('diskFull');
      } finally {
        limit('unlimited');
      }
      expect(readFileSync(path, 'utf8')).toBe('before');
      expect(readdirSync(folder).sort()).toEqual(['saved', 'to save.bin']);
    },
  );

  it('does not go on after a lock, neither from the dialog nor from the server', async () => {
    forgetLocal();
    const path = target();
    const hanging = hang('GET');
    const saving = save();
    await hanging;
    await app.ask('session', 'lock', {});
    expect(await saving).toBe('cancelled');
    expect(readdirSync(folder)).not.toContain('saved');
    expect(path).not.toBe('');
    expect(app.incidents).toEqual([]);
  });
});

describe('a hostile file name', () => {
  it.each(['../../etc/passwd', '..\\..\\evil.exe', 'a\u0000b', '\u202Egpj.exe', 'x'.repeat(300), ''])(
    'stays a name: %j',
    async (name) => {
      const record = app.records.stored(await attachNamed(name));
      const added = record.attachments.at(-1);
      const path = target();
      const input = { recordId: record.id, attachmentId: added?.id ?? '' };
      expect(await app.refusal('attachments', 'saveAs', input)).toBeNull();
      expect(app.dialogs.suggested).toBe(added?.name);
      expect(readFileSync(path, 'utf8')).toBe('content');
      expect(readdirSync(folder).sort()).toEqual(['plain', 'saved']);
    },
  );

  /** Attaches a file and has the mirror call it what a server could. */
  async function attachNamed(name: string): Promise<string> {
    const attachmentId = await attach('plain', Buffer.from('content'));
    const stored = app.records.stored(recordId);
    const own = stored.attachments.filter(({ id }) => id === attachmentId);
    const { mirror } = app.accounts.current();
    mirror.records.upsertMany([{ ...stored, attachments: own.map((each) => ({ ...each, name })) }]);
    return recordId;
  }
});
