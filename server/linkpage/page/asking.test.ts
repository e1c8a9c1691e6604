/** What leaves the page of a link: a hash of the code, and never the code itself. */
import { createHash } from 'node:crypto';
import { afterEach, expect, it, vi } from 'vitest';
import { generateLinkCode } from '../../../main/keychain/index.ts';
import { askData, askFacts, fileSource, hashOf } from './asking.js';

const token = 'a'.repeat(25);

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Opens a link as the page does; gives everything that went to the server. */
async function toldToServer(code: string): Promise<string> {
  const told: string[] = [];
  vi.stubGlobal('document', { location: { href: `https://vault.example/g/p/${token}#code=${code}` } });
  vi.stubGlobal('fetch', async (address: URL, options: RequestInit) => {
    told.push(String(address), JSON.stringify(options));
    return new Response(JSON.stringify({ itemData: {} }));
  });
  await askFacts(token);
  const hash = await hashOf(code);
  await askData(token, hash);
  const source = fileSource(token, hash, 'f'.repeat(24));
  await source.content();
  await source.part(1);
  expect(told).toHaveLength(8);
  return told.join('\n');
}

it('the code of a link goes into no request of its page, the hash into the three that need it', async () => {
  const code = generateLinkCode().toString('latin1');
  const told = await toldToServer(code);
  expect(told).not.toContain(code);
  expect(told).not.toContain(encodeURIComponent(code));
  expect(told).not.toContain(Buffer.from(code).toString('base64').slice(0, 40));
  const hash = createHash('sha256').update(code).digest('hex');
  expect(told.split(hash)).toHaveLength(4);
  expect(told).not.toContain('#');
});

it('no cookie goes along and no other place is told where it came from', async () => {
  const told = await toldToServer(generateLinkCode().toString('latin1'));
  expect(told.split('"credentials":"omit"')).toHaveLength(5);
  expect(told.split('"referrerPolicy":"no-referrer"')).toHaveLength(5);
});
