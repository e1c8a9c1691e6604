/** Which files have a copy on this device: by choice, in the background, and never at the cost of what waits. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { anna } from '../../../testing/hostile/smallorganisation.ts';
import { bytes, FileStage } from '../../../testing/integration/filestage.ts';
import { PROTOCOL_ATTACHMENT_LIMIT } from '../../keychain/index.ts';

let site: FileStage;
beforeAll(async () => {
  site = await FileStage.open();
});
beforeEach(() => site.begin());
afterEach(async () => {
  vi.restoreAllMocks();
  site.proxy.tell(null);
  if (!site.app.accounts.isUnlocked()) await site.app.unlock(site.annaId, anna.masterPassword ?? '');
  const { vaultIds, recordIds } = (await status()).rules;
  for (const vaultId of vaultIds) await site.app.ask('offlineFiles', 'keepVault', { vaultId, keep: false });
  for (const recordId of recordIds)
    await site.app.ask('offlineFiles', 'keepRecord', { recordId, keep: false });
  await below(PROTOCOL_ATTACHMENT_LIMIT);
  await site.app.files.offline.rested();
  site.end();
});
afterAll(() => site.close());

const status = () => site.app.ask('offlineFiles', 'status', {});
const below = (limit: number | null) => site.app.ask('offlineFiles', 'keepBelow', { below: limit });
const storedFiles = (): string[] => readdirSync(site.app.profiles.filesPathOf(site.annaId));
const fileHere = async (name: string) => {
  const { attachments } = await site.app.ask('records', 'read', { recordId: site.recordId });
  const found = attachments.find((file) => file.name === name);
  if (!found) throw new Error(`there is no file ${name}`);
  return found;
};
const unreachable = (): void =>
  site.proxy.tell((_answer, response) => {
    response.destroy();
    return null;
  });

/** The other person attaches a file to the record that both see, and anna hears of it. */
async function attachThere(name: string, content: Buffer): Promise<void> {
  await site.other.synced();
  const found = await site.other.ask('records', 'search', {
    query: 'Empty',
    scope: null,
    offset: 0,
    limit: 1,
  });
  const { files } = await site.other.ask('attachments', 'stage', { paths: [site.file(name, content)] });
  const asked = { recordId: found.rows[0]?.id ?? '', token: files[0]?.token ?? '' };
  await site.other.ask('attachments', 'add', asked);
  await site.sent(site.other);
  await site.app.synced();
  await site.app.files.offline.rested();
}

describe('copies on this device', () => {
  it('are made of everything the protocol can hold, until somebody chooses', async () => {
    await attachThere('usual.bin', bytes(4000));
    expect(await fileHere('usual.bin')).toMatchObject({ here: true });
    const { rules, missing, here, state, free } = await status();
    expect(rules).toEqual({ below: PROTOCOL_ATTACHMENT_LIMIT, vaultIds: [], recordIds: [] });
    expect([missing.count, state]).toEqual([0, 'settled']);
    expect(here.count).toBeGreaterThan(0);
    expect(free).toBeGreaterThan(0);
  });

  it('of a large file come and go with the choice of its record', async () => {
    const content = bytes(PROTOCOL_ATTACHMENT_LIMIT + 5000);
    await attachThere('large.bin', content);
    const { id, here } = await fileHere('large.bin');
    expect(here).toBe(false);
    const before = storedFiles().length;
    const asked = { recordId: site.recordId, keep: true };
    await site.app.ask('offlineFiles', 'keepRecord', asked);
    await site.app.files.offline.rested();
    expect(await fileHere('large.bin')).toMatchObject({ here: true });
    expect(await site.app.ask('offlineFiles', 'ofRecord', { recordId: site.recordId })).toMatchObject({
      ...{ byRecord: true, byVault: false },
    });
    expect(site.app.told('offlineFilesChanged').length).toBeGreaterThan(0);
    unreachable();
    const path = site.target();
    await site.app.ask('attachments', 'saveAs', { recordId: site.recordId, attachmentId: id });
    expect(readFileSync(path).equals(content)).toBe(true);
    await site.app.ask('offlineFiles', 'keepRecord', { ...asked, keep: false });
    expect(await fileHere('large.bin')).toMatchObject({ here: false });
    expect(storedFiles()).toHaveLength(before);
    const saving = { recordId: site.recordId, attachmentId: id };
    expect(await site.app.refusal('attachments', 'saveAs', saving)).toBe('attachmentNotHere');
  });

  it('are kept for a whole vault', async () => {
    await below(null);
    await attachThere('of the vault.bin', bytes(3000));
    expect(await fileHere('of the vault.bin')).toMatchObject({ here: false });
    const vaultId = site.app.records.stored(site.recordId).vaultId ?? '';
    await site.app.ask('offlineFiles', 'keepVault', { vaultId, keep: true });
    await site.app.files.offline.rested();
    expect(await fileHere('of the vault.bin')).toMatchObject({ here: true });
    expect((await status()).state).toBe('settled');
  });

  it('go above a size, and are not fetched anew', async () => {
    await attachThere('small.bin', bytes(2000));
    await attachThere('middling.bin', bytes(60_000));
    await below(10_000);
    expect(await fileHere('small.bin')).toMatchObject({ here: true });
    expect(await fileHere('middling.bin')).toMatchObject({ here: false });
    await attachThere('later.bin', bytes(60_000));
    const { here, size } = await fileHere('later.bin');
    expect(here).toBe(false);
    expect(Math.abs((size ?? 0) - 60_000)).toBeLessThan(50);
    const asked = site.proxy.requests.length;
    await site.app.synced();
    await site.app.files.offline.rested();
    const since = site.proxy.requests.slice(asked).filter(({ path }) => path.includes('/attachment/'));
    expect(since).toEqual([]);
    await below(PROTOCOL_ATTACHMENT_LIMIT);
    await site.app.files.offline.rested();
    expect(await fileHere('later.bin')).toMatchObject({ here: true });
  });

  it('stay when a large file that is wanted here has been sent', async () => {
    await site.app.ask('offlineFiles', 'keepRecord', { recordId: site.recordId, keep: true });
    await site.app.files.offline.rested();
    const asked = site.proxy.requests.length;
    await site.attach('sent and kept.bin', bytes(PROTOCOL_ATTACHMENT_LIMIT + 1));
    await site.sent();
    await site.app.files.offline.rested();
    expect(await fileHere('sent and kept.bin')).toMatchObject({ here: true, pending: false });
    const fetched = site.proxy.requests
      .slice(asked)
      .filter(({ method, path }) => method === 'GET' && path.includes('/parts/'));
    expect(fetched.length).toBeLessThanOrEqual(1);
  });

  it('never go while the file has to be sent', async () => {
    unreachable();
    await site.app.synced();
    const id = await site.attach('unsent.bin', bytes(30_000));
    const { unsent } = await below(null);
    expect(unsent).toEqual({ count: 1, bytes: 30_000 });
    expect(await fileHere('unsent.bin')).toMatchObject({ here: true, pending: true });
    site.proxy.tell(null);
    await site.sent();
    await site.other.synced();
    const path = site.target();
    await site.app.ask('attachments', 'saveAs', { recordId: site.recordId, attachmentId: id });
    expect(readFileSync(path)).toEqual(bytes(30_000));
  });

  it('leave the disk its reserve', async () => {
    await below(null);
    await attachThere('no room.bin', bytes(9000));
    // A disk cannot be filled here; what it would say can be said.
    vi.spyOn(site.app.accounts.current().files, 'free').mockResolvedValue(1000);
    await below(PROTOCOL_ATTACHMENT_LIMIT);
    await site.app.files.offline.rested();
    expect(await status()).toMatchObject({ state: 'noRoom', free: 1000 });
    expect(await fileHere('no room.bin')).toMatchObject({ here: false });
  });

  it('wait for the server, and for the next unlock', async () => {
    await below(null);
    await attachThere('waits.bin', bytes(5000));
    unreachable();
    await below(PROTOCOL_ATTACHMENT_LIMIT);
    await site.app.files.offline.rested();
    expect(await status()).toMatchObject({ state: 'waitingForServer' });
    site.proxy.tell(null);
    await site.app.ask('session', 'lock', {});
    await site.app.unlock(site.annaId, anna.masterPassword ?? '');
    await site.app.synced();
    await site.app.files.offline.rested();
    expect(await fileHere('waits.bin')).toMatchObject({ here: true });
    expect(site.app.incidents).toEqual([]);
  });

  it('cannot be chosen for what is not there', async () => {
    const missing = { recordId: 'nothing', keep: true };
    expect(await site.app.refusal('offlineFiles', 'keepRecord', missing)).toBe('noSuchRecord');
    expect(await site.app.refusal('offlineFiles', 'keepVault', { vaultId: 'nothing', keep: true })).toBe(
      'noSuchVault',
    );
  });
});
