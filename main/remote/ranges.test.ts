import { createHash } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAnswering, type AnsweringServer } from '../../testing/hostile/answering.ts';
import { makeCertificate, type Certificate } from '../../testing/hostile/certificates.ts';
import { parseServerAddress } from './address.ts';
import { LeakLookup } from './ranges.ts';

const here = ['127.0.0.1', 'localhost'];
const sha1 = createHash('sha1').update('password1').digest('hex').toUpperCase();
let authority: Certificate;

beforeAll(() => {
  authority = makeCertificate({ name: 'Corp authority', authority: true });
});

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function serve(certificate: Certificate, lines = [`${sha1.slice(5)}:3861`]): Promise<AnsweringServer> {
  const raw = Buffer.from([...lines, `${'0'.repeat(35)}:0`].join('\r\n'));
  const server = await startAnswering(() => ({ raw, contentType: 'text/plain' }), certificate);
  open.push(server);
  return server;
}

function ask(server: AnsweringServer, authorities: readonly string[] = []): Promise<number> {
  const lookup = new LeakLookup(parseServerAddress(server.url), authorities);
  open.push(lookup);
  return lookup.count(sha1, AbortSignal.timeout(20_000));
}

const untrusted = (reason: string) =>
  expect.objectContaining({ code: 'certificateUntrusted', params: expect.objectContaining({ reason }) });

describe('the lookup of leaked passwords', () => {
  it('says nothing to a service whose certificate signed itself', async () => {
    const server = await serve(makeCertificate({ name: 'Lone service', hosts: here }));
    await expect(ask(server)).rejects.toThrow(untrusted('selfSigned'));
    expect(server.seen).toEqual([]);
  });

  it('says nothing to a service under an authority that nobody here knows', async () => {
    const server = await serve(makeCertificate({ name: 'Service', hosts: here, signedBy: authority }));
    await expect(ask(server)).rejects.toThrow(untrusted('unknownAuthority'));
    expect(server.seen).toEqual([]);
  });

  it('says nothing to a service with the certificate of another host', async () => {
    const other = makeCertificate({ name: 'Other', hosts: ['other.example'], signedBy: authority });
    const server = await serve(other);
    await expect(ask(server, [authority.cert])).rejects.toThrow(untrusted('wrongHost'));
    expect(server.seen).toEqual([]);
  });

  it('tells a trusted one five digits, and finds the count by the rest', async () => {
    const server = await serve(makeCertificate({ name: 'Service', hosts: here, signedBy: authority }));
    expect(await ask(server, [authority.cert])).toBe(3861);
    expect(server.seen.map(({ path }) => path)).toEqual([`/range/${sha1.slice(0, 5)}`]);
  });

  it('takes a password for clear only when the whole answer is in form', async () => {
    const leaf = makeCertificate({ name: 'Service', hosts: here, signedBy: authority });
    expect(await ask(await serve(leaf, []), [authority.cert])).toBe(0);
    const odd = await serve(leaf, ['not a line']);
    await expect(ask(odd, [authority.cert])).rejects.toMatchObject({ code: 'badAnswer' });
  });
});
