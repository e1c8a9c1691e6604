/** Files beyond the protocol's limit, from a disk to another person's disk, through a real server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bytes, FileStage } from '../../../testing/integration/filestage.ts';
import { PROTOCOL_ATTACHMENT_LIMIT } from '../../keychain/index.ts';

const MiB = 1024 * 1024;
let site: FileStage;

beforeAll(async () => {
  site = await FileStage.open();
});
beforeEach(() => site.begin());
afterEach(() => site.end());
afterAll(() => site.close());

/** Saves a file on boris' device and gives its bytes. */
async function receivedByOther(name: string): Promise<Buffer> {
  await site.other.synced();
  const { attachments } = await site.other.ask('records', 'read', { recordId: site.recordId });
  const there = attachments.find((file) => file.name === name);
  site.other.dialogs.target = join(site.folder, 'received');
  await site.other.ask('attachments', 'saveAs', {
    recordId: site.recordId,
    attachmentId: there?.id ?? '',
  });
  return readFileSync(join(site.folder, 'received'));
}

describe('a file', () => {
  it.each([
    ['empty', 0],
    ['of one byte', 1],
    ['just below the limit of the protocol', PROTOCOL_ATTACHMENT_LIMIT - 1],
    ['at the limit of the protocol', PROTOCOL_ATTACHMENT_LIMIT],
    ['just above the limit of the protocol', PROTOCOL_ATTACHMENT_LIMIT + 1],
    ['of several parts', 13 * MiB],
  ])('that is %s reaches another person byte for byte', async (name, size) => {
    const content = bytes(size);
    await site.attach(name, content);
    await site.sent();
    expect((await receivedByOther(name)).equals(content)).toBe(true);
  });
});
