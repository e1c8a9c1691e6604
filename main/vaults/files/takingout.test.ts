/** Files on their way out: looked at, into a folder, out of the window; whole, or not at all. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { previewLimit } from '../../../contract/files.ts';
import { contract } from '../../../contract/index.ts';
import { anna, nina } from '../../../testing/hostile/smallorganisation.ts';
import { bytes, FileStage } from '../../../testing/integration/filestage.ts';

let site: FileStage;
beforeAll(async () => {
  site = await FileStage.open();
});
beforeEach(() => site.begin());
afterEach(() => site.end());
afterAll(() => site.close());

const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), bytes(5000)]);
const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');

describe('looking at a file', () => {
  const look = (attachmentId: string) =>
    site.app.ask('files', 'preview', { recordId: site.recordId, attachmentId });

  it('goes by its contents, and never by its name', async () => {
    const image = await look(await site.attach('picture.html', png));
    expect(image).toMatchObject({ kind: 'image', type: 'image/png', name: 'picture.html' });
    expect(Buffer.from(image.kind === 'image' ? image.bytes : [])).toEqual(png);
    const text = await look(await site.attach('picture.png', svg));
    expect(text).toMatchObject({ kind: 'text', bytes: Uint8Array.from(svg) });
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Пароль', 'utf16le')]);
    expect(await look(await site.attach('wide.txt', wide))).toMatchObject({
      kind: 'text',
      bytes: Uint8Array.from(Buffer.from('Пароль')),
    });
    expect(await look(await site.attach('a.pdf', Buffer.from('%PDF-1.7\n')))).toMatchObject({ kind: 'pdf' });
    expect(await look(await site.attach('b.bin', bytes(700)))).toEqual({
      ...{ kind: 'none', name: 'b.bin', why: 'unknownType', size: 700 },
    });
  });

  it('leaves nothing on the disk, nor does a file in parts', async () => {
    const before = readdirSync(site.app.folder).sort();
    await look(await site.attach('c.txt', Buffer.from('content')));
    expect(readdirSync(site.app.folder).sort()).toEqual(before);
    const text = Buffer.alloc(6 * 1024 * 1024, 'a line of a long log\n');
    const large = await look(await site.attach('large.log', text));
    expect(large.kind === 'text' && Buffer.from(large.bytes).equals(text)).toBe(true);
    const tooLarge = await site.attach('larger.log', Buffer.alloc(previewLimit + 1, 'a'));
    expect(await look(tooLarge)).toMatchObject({ kind: 'none', why: 'tooLarge' });
    expect(readdirSync(site.app.folder).sort()).toEqual(before);
  });

  it('works without client-side encryption, and refuses contents that were exchanged', async () => {
    await site.app.enrol(site.server.url, nina);
    const [first = ''] = await site.app.ids();
    const attachmentId = await site.attach('plain.txt', Buffer.from('plain'), first);
    expect(await site.app.ask('files', 'preview', { recordId: first, attachmentId })).toMatchObject({
      kind: 'text',
    });
    await site.app.ask('session', 'switchTo', { accountId: site.annaId });
    const id = await site.attach('exchanged.txt', Buffer.from('mine'));
    await site.sent();
    const local = { localFile: null, size: null };
    site.app.accounts.current().mirror.records.setAttachmentLocal(site.recordId, id, local);
    site.proxy.tell(({ request, json }) => {
      if (request.path.includes('attachment')) (json as { hash: string }).hash = '0'.repeat(64);
      return undefined;
    });
    const asked = { recordId: site.recordId, attachmentId: id };
    expect(await site.app.refusal('files', 'preview', asked)).toBe('attachmentHashMismatch');
  });

  it('ends at a lock', async () => {
    const attachmentId = await site.attach('slow.bin', bytes(5 * 1024 * 1024));
    const looking = site.app.refusal('files', 'preview', { recordId: site.recordId, attachmentId });
    await site.app.ask('session', 'lock', {});
    expect(await looking).toBe('cancelled');
    expect(site.app.incidents).toEqual([]);
  });
});

describe('saving every file of a record', () => {
  const saveAll = () => site.app.ask('files', 'saveAll', { recordId: site.recordId });
  const onRecord = async () =>
    (await site.app.ask('records', 'read', { recordId: site.recordId })).attachments.map(({ name }) => name);

  it('replaces nothing, names what could not be had, and writes nothing without a folder', async () => {
    site.app.dialogs.folder = null;
    expect(await saveAll()).toEqual({ chosen: false, saved: 0, failed: [] });
    const kept = await site.attach('kept.txt', Buffer.from('of the record'));
    const lost = await site.attach('lost.txt', Buffer.from('lost'));
    await site.sent();
    const forget = { localFile: null, size: null };
    site.app.accounts.current().mirror.records.setAttachmentLocal(site.recordId, lost, forget);
    site.proxy.tell((_answer, response) => {
      response.destroy();
      return null;
    });
    const folder = join(site.folder, 'out');
    mkdirSync(folder);
    writeFileSync(join(folder, 'KEPT.txt'), 'of the folder');
    site.app.dialogs.folder = folder;
    const { saved, failed } = await saveAll();
    expect(failed).toContain('lost.txt');
    expect(saved).toBe((await onRecord()).length - failed.length);
    expect(readFileSync(join(folder, 'KEPT.txt'), 'utf8')).toBe('of the folder');
    expect(readFileSync(join(folder, 'kept (2).txt'), 'utf8')).toBe('of the record');
    expect(readdirSync(folder)).toHaveLength(saved + 1);
    expect(kept).not.toBe('');
  });

  it('names a folder that is not there', async () => {
    site.app.dialogs.folder = join(site.folder, 'no such folder');
    expect(await site.app.refusal('files', 'saveAll', { recordId: site.recordId })).toBe('diskError');
  });
});

describe('dragging a file out', () => {
  const drag = (...attachmentIds: string[]) =>
    site.app.ask('files', 'dragOut', { recordId: site.recordId, attachmentIds });
  const root = () => join(site.app.folder, 'dragged');

  it('writes nothing before the person was told', async () => {
    const id = await site.attach('first.txt', Buffer.from('first'));
    expect(await drag(id)).toEqual({ started: false, toldFirst: true });
    expect(existsSync(root())).toBe(false);
    expect(site.app.dragged).toEqual([]);
    await site.app.ask('settings', 'update', { dragOutTold: true });
    expect(await drag(id)).toEqual({ started: true, toldFirst: false });
  });

  it('gives the file that was dragged in, privately, and is wiped by hand, by lock and by quit', async () => {
    await site.app.ask('settings', 'update', { dragOutTold: true });
    const content = bytes(70_000);
    const ids = [await site.attach('dragged.bin', content), await site.attach('evil\u202E.txt', svg)];
    await drag(...ids, ids[0] ?? '');
    const [first = '', second = '', third] = site.app.dragged.at(-1) ?? [];
    expect(third).toBeUndefined();
    expect(readFileSync(first)).toEqual(content);
    expect([dirname(first), dirname(second)].every((path) => dirname(path) === root())).toBe(true);
    for (const path of [root(), dirname(first)]) expect(statSync(path).mode & 0o777).toBe(0o700);
    for (const path of [first, second]) expect(statSync(path).mode & 0o777).toBe(0o600);
    await site.app.ask('files', 'wipeDragged', {});
    expect(existsSync(root())).toBe(false);
    await drag(...ids);
    await site.app.ask('session', 'lock', {});
    await site.app.files.takingOut.wipeDragged();
    expect(existsSync(root())).toBe(false);
    expect(site.app.incidents).toEqual([]);
  });

  it('trusts no folder that somebody else put in its place', async () => {
    await site.app.ask('settings', 'update', { dragOutTold: true });
    const id = await site.attach('linked.txt', Buffer.from('linked'));
    await site.app.ask('files', 'wipeDragged', {});
    symlinkSync(site.folder, root());
    const before = readdirSync(site.folder).sort();
    await drag(id);
    expect(readdirSync(site.folder).sort()).toEqual(before);
    expect(statSync(root()).mode & 0o777).toBe(0o700);
  });

  it('is of no use while locked, and leaves nothing of what was under way', async () => {
    await site.app.ask('settings', 'update', { dragOutTold: true });
    const id = await site.attach('late.bin', bytes(5 * 1024 * 1024));
    const dragging = site.app.refusal('files', 'dragOut', { recordId: site.recordId, attachmentIds: [id] });
    const begun = site.app.dragged.length;
    await site.app.ask('session', 'lock', {});
    expect(await dragging).toBe('cancelled');
    expect(site.app.dragged).toHaveLength(begun);
    await site.app.files.takingOut.wipeDragged();
    expect(existsSync(root())).toBe(false);
    const asked = { recordId: site.recordId, attachmentIds: [id] };
    expect(await site.app.refusal('files', 'dragOut', asked)).toBe('locked');
    await site.app.unlock(site.annaId, anna.masterPassword ?? '');
  });
});

describe('the budget of what may be shown', () => {
  it('counts previews, drags and files saved together', () => {
    const { preview, dragOut, saveAll } = contract.files;
    expect([preview, dragOut, saveAll].map(({ reveals }) => reveals)).toEqual(['secret', 'secret', 'secret']);
  });
});
