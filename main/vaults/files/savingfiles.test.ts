/** Files of records on their way out: whole and as they were, or not at all. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bytes, FileStage } from '../../../testing/integration/filestage.ts';

let site: FileStage;

beforeAll(async () => {
  site = await FileStage.open();
});
beforeEach(() => site.begin());
afterEach(() => site.end());
afterAll(() => site.close());

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

describe('saving a file', () => {
  const content = bytes(3000);
  let attachmentId: string;

  beforeEach(async () => {
    attachmentId = await site.attach('to save.bin', content);
    await site.sent();
  });

  const save = () => site.app.refusal('attachments', 'saveAs', { recordId: site.recordId, attachmentId });

  /** Forgets the local copy, as if it had never been fetched. */
  function forgetLocal(): void {
    const local = { localFile: null, size: null };
    site.app.accounts.current().mirror.records.setAttachmentLocal(site.recordId, attachmentId, local);
  }

  it('writes nothing when the dialog is closed', async () => {
    site.app.dialogs.target = null;
    const answer = await site.app.ask('attachments', 'saveAs', { recordId: site.recordId, attachmentId });
    expect(answer).toEqual({ saved: false });
    expect(site.app.dialogs.suggested).toBe('to save.bin');
  });

  it('needs no server while the contents are here, and replaces a file whole', async () => {
    const path = site.target();
    writeFileSync(path, bytes(9000));
    const asked = site.proxy.requests.length;
    expect(await save()).toBeNull();
    expect(site.proxy.requests.length).toBe(asked);
    expect(readFileSync(path)).toEqual(content);
    expect(readdirSync(site.folder).sort()).toEqual(['saved', 'to save.bin']);
  });

  it('asks the server where the contents are not here, not whole, or gone', async () => {
    const { localFile } =
      site.app.records.stored(site.recordId).attachments.find(({ id }) => id === attachmentId) ?? {};
    const sealed = join(site.app.profiles.filesPathOf(site.annaId), localFile ?? '');
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
      const path = site.target();
      expect(await save()).toBeNull();
      expect(readFileSync(path)).toEqual(content);
      rmSync(path);
    }
  });

  it('says so when they are neither here nor to be had', async () => {
    forgetLocal();
    site.proxy.tell((_answer, response) => {
      response.destroy();
      return null;
    });
    site.target();
    expect(await save()).toBe('attachmentNotHere');
    expect(readdirSync(site.folder)).toEqual(['to save.bin']);
  });

  it('refuses contents the server exchanged', async () => {
    forgetLocal();
    site.proxy.tell(({ request, json }) => {
      if (request.path.includes('attachment')) (json as { hash: string }).hash = '0'.repeat(64);
      return undefined;
    });
    site.target();
    expect(await save()).toBe('attachmentHashMismatch');
    expect(readdirSync(site.folder)).toEqual(['to save.bin']);
  });

  it('names a folder that takes nothing or is not there, and keeps the file that stood there', async () => {
    const path = site.target();
    writeFileSync(path, 'before');
    chmodSync(site.folder, 0o555);
    await asOrdinaryUser(async () => {
      expect(await save()).toBe('diskReadOnly');
    });
    chmodSync(site.folder, 0o700);
    expect(readFileSync(path, 'utf8')).toBe('before');
    site.target('no such folder/saved');
    expect(await save()).toBe('diskError');
    mkdirSync(join(site.folder, 'a folder'));
    site.target('a folder');
    expect(await save()).toBe('diskError');
    expect(readdirSync(site.folder).sort()).toEqual(['a folder', 'saved', 'to save.bin']);
  });

  it.runIf(process.platform === 'linux')(
    'names a disk that has no room left, and leaves nothing half',
    async () => {
      const path = site.target();
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
      expect(readdirSync(site.folder).sort()).toEqual(['saved', 'to save.bin']);
    },
  );

  it('does not go on after a lock, neither from the dialog nor from the server', async () => {
    forgetLocal();
    const path = site.target();
    const hanging = site.hang('GET');
    const saving = save();
    await hanging;
    await site.app.ask('session', 'lock', {});
    expect(await saving).toBe('cancelled');
    expect(readdirSync(site.folder)).not.toContain('saved');
    expect(path).not.toBe('');
    expect(site.app.incidents).toEqual([]);
  });
});

describe('a hostile file name', () => {
  it.each(['../../etc/passwd', '..\\..\\evil.exe', 'a\u0000b', '\u202Egpj.exe', 'x'.repeat(300), ''])(
    'stays a name: %j',
    async (name) => {
      const record = site.app.records.stored(await attachNamed(name));
      const added = record.attachments.at(-1);
      const path = site.target();
      const input = { recordId: record.id, attachmentId: added?.id ?? '' };
      expect(await site.app.refusal('attachments', 'saveAs', input)).toBeNull();
      expect(site.app.dialogs.suggested).toBe(added?.name);
      expect(readFileSync(path, 'utf8')).toBe('content');
      expect(readdirSync(site.folder).sort()).toEqual(['plain', 'saved']);
    },
  );

  /** Attaches a file and has the mirror call it what a server could. */
  async function attachNamed(name: string): Promise<string> {
    const attachmentId = await site.attach('plain', Buffer.from('content'));
    const stored = site.app.records.stored(site.recordId);
    const own = stored.attachments.filter(({ id }) => id === attachmentId);
    const { mirror } = site.app.accounts.current();
    mirror.records.upsertMany([{ ...stored, attachments: own.map((each) => ({ ...each, name })) }]);
    return site.recordId;
  }
});
