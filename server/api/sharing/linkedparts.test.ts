/** Large files behind an external link: their parts, and for how long. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { generateLinkCode, linkKeyHash, sealLinkCode } from '../../../main/keychain/index.ts';
import { PartsTrial } from '../../../testing/organisation/trialparts.ts';

let site: PartsTrial;

beforeAll(async () => {
  site = await PartsTrial.open();
});
beforeEach(() => site.begin());
afterAll(() => site.server.close());

/** A link to the record with a file in two parts, and another file that it does not name. */
async function linked(type: 'single_use' | 'reusable') {
  const attach = async () => {
    const sending = site.sending(64 * 1024 + 16, 5);
    await sending.open();
    for (const number of [1, 2]) await sending.put(number);
    const { id } = await sending.finish();
    return { id, sending };
  };
  const [named, other] = [await attach(), await attach()];
  const code = generateLinkCode();
  const keyHash = linkKeyHash(code);
  const { encryptedKey } = named.sending.list;
  const body = {
    ...{ itemId: site.itemId, type, expirationTime: 'unlimited', keyHash },
    keyEncrypted: sealLinkCode(code, site.records.recordKey),
    itemData: { name: 'N', attachments: [{ id: named.id, name: 'large.bin', encryptedKey }] },
  };
  const { url } = await site.member.http.send<{ url: string }>('POST', '/links', body);
  const path = `/links/public/${url.split('/').at(-1) ?? ''}`;
  const part = async (number: number, of = named.id, hash = keyHash) => {
    const answer = await fetch(`${site.server.url}/api/v1${path}/attachments/${of}/parts/${String(number)}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ keyHash: hash }),
    });
    return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
  };
  const open = () => site.server.http.send('POST', path, { keyHash });
  return { part, open, other: other.id, parts: named.sending.parts };
}

describe('the parts of a large file behind a link', () => {
  it('are given once it was opened, to whoever has the code, and of no other file', async () => {
    const { part, open, other, parts } = await linked('reusable');
    expect((await part(1)).status).toBe(404);
    await open();
    for (const [index, sent] of parts.entries()) {
      const { status, bytes } = await part(index + 1);
      expect(status).toBe(200);
      expect(bytes.equals(sent)).toBe(true);
    }
    expect((await part(3)).status).toBe(404);
    expect((await part(1, other)).status).toBe(404);
    expect((await part(1, undefined, 'b'.repeat(64))).status).toBe(404);
  });

  it('of a single-use link go on for an hour, though it opens no more after three minutes', async () => {
    const { part, open } = await linked('single_use');
    await open();
    site.now += 181_000;
    await expect(open()).rejects.toMatchObject({ status: 404 });
    expect((await part(2)).status).toBe(200);
    site.now += 3_600_000 - 181_000;
    expect((await part(2)).status).toBe(404);
  });
});
