import { X509Certificate } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAnswering, type AnsweringServer } from '../../testing/hostile/answering.ts';
import { makeCertificate, type Certificate } from '../../testing/hostile/certificates.ts';
import { parseServerAddress } from './address.ts';
import type { ServerTrust } from './certificate.ts';
import { Connection } from './connection.ts';
import { inspectServer } from './inspect.ts';

const here = ['127.0.0.1', 'localhost'];
let authority: Certificate;
let leaf: Certificate;
let selfSigned: Certificate;

beforeAll(() => {
  authority = makeCertificate({ name: 'Corp authority', authority: true });
  leaf = makeCertificate({ name: 'Vault', hosts: here, signedBy: authority });
  selfSigned = makeCertificate({ name: 'Lone vault', hosts: here });
});

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing.close();
});

async function serve(certificate: Certificate): Promise<AnsweringServer> {
  const server = await startAnswering(() => ({ json: { items: [] } }), certificate);
  open.push(server);
  return server;
}

/** A leaf served together with the authority above it. */
function withChain(certificate: Certificate): Certificate {
  return { key: certificate.key, cert: certificate.cert + authority.cert };
}

function ask(
  server: AnsweringServer,
  trust: ServerTrust,
  authorities: readonly string[] = [],
): Promise<unknown> {
  const connection = new Connection({ address: parseServerAddress(server.url), trust, authorities });
  open.push(connection);
  return connection.exchange({ method: 'GET', path: '/vaults', headers: { Authorization: 'Bearer secret' } });
}

function pinOf(certificate: Certificate): ServerTrust {
  const { fingerprint256: fingerprint } = new X509Certificate(certificate.cert);
  return { kind: 'pinned', fingerprint, certificatePem: certificate.cert };
}

const system: ServerTrust = { kind: 'system' };
const untrusted = (reason: string) =>
  expect.objectContaining({ code: 'certificateUntrusted', params: expect.objectContaining({ reason }) });

describe('a certificate that the system does not know', () => {
  it('is refused before one byte of HTTP', async () => {
    const server = await serve(leaf);
    await expect(ask(server, system)).rejects.toThrow(untrusted('unknownAuthority'));
    expect(server.seen).toEqual([]);
  });

  it('is refused when it signed itself', async () => {
    const server = await serve(selfSigned);
    await expect(ask(server, system)).rejects.toThrow(untrusted('selfSigned'));
    expect(server.seen).toEqual([]);
  });

  it('is accepted under an authority that was added', async () => {
    await expect(ask(await serve(leaf), system, [authority.cert])).resolves.toMatchObject({ status: 200 });
  });

  it('does not pass under an added authority for another host', async () => {
    const other = makeCertificate({ name: 'Other', hosts: ['other.example'], signedBy: authority });
    await expect(ask(await serve(other), system, [authority.cert])).rejects.toThrow(untrusted('wrongHost'));
  });
});

describe('a pinned certificate', () => {
  it('is accepted by the leaf itself, whoever signed it', async () => {
    await expect(ask(await serve(selfSigned), pinOf(selfSigned))).resolves.toMatchObject({ status: 200 });
    await expect(ask(await serve(leaf), pinOf(leaf))).resolves.toMatchObject({ status: 200 });
  });

  it('is accepted by the authority above it', async () => {
    await expect(ask(await serve(withChain(leaf)), pinOf(authority))).resolves.toMatchObject({ status: 200 });
  });

  it.each(['self-signed', 'of the same authority'])(
    'that changed to another one %s is refused, and nothing is sent',
    async (kind) => {
      const signedBy = kind === 'self-signed' ? {} : { signedBy: authority };
      const server = await serve(makeCertificate({ name: 'Vault', hosts: here, ...signedBy }));
      await expect(ask(server, pinOf(leaf))).rejects.toMatchObject({ code: 'certificateChanged' });
      expect(server.seen).toEqual([]);
    },
  );

  it('is not faked by showing the pinned authority without its signature', async () => {
    const impostor = makeCertificate({ name: 'Corp authority', authority: true });
    const forged = makeCertificate({ name: 'Vault', hosts: here, signedBy: impostor });
    const server = await serve(withChain(forged));
    await expect(ask(server, pinOf(authority))).rejects.toMatchObject({ code: 'certificateChanged' });
    expect(server.seen).toEqual([]);
  });

  it('does not lend its trust through a leaf that is no authority', async () => {
    const child = makeCertificate({ name: 'Vault', hosts: here, signedBy: leaf });
    const server = await serve({ key: child.key, cert: child.cert + leaf.cert });
    await expect(ask(server, pinOf(leaf))).rejects.toMatchObject({ code: 'certificateChanged' });
  });

  it('must still name the host', async () => {
    const other = makeCertificate({ name: 'Other', hosts: ['other.example'] });
    await expect(ask(await serve(other), pinOf(other))).rejects.toThrow(untrusted('wrongHost'));
  });

  it('must still be in date', async () => {
    const old = makeCertificate({ name: 'Old', hosts: here, validFrom: -20, validTo: -2 });
    await expect(ask(await serve(old), pinOf(old))).rejects.toThrow(untrusted('expired'));
  });
});

describe('an inspection', () => {
  it.each([
    ['selfSigned', () => selfSigned],
    ['unknownAuthority', () => leaf],
    ['expired', () => makeCertificate({ name: 'Old', hosts: here, validFrom: -20, validTo: -2 })],
    ['wrongHost', () => makeCertificate({ name: 'Other', hosts: ['other.example'] })],
  ] as const)('says %s', async (reason, certificateOf) => {
    const certificate = certificateOf();
    const server = await serve(certificate);
    const facts = await inspectServer(parseServerAddress(server.url));
    const x509 = new X509Certificate(certificate.cert);
    expect(facts.certificate).toMatchObject({ trusted: false, reason, fingerprint: x509.fingerprint256 });
    expect(new X509Certificate(facts.certificatePem ?? '').fingerprint256).toBe(x509.fingerprint256);
    expect(server.seen).toEqual([]);
  });

  it('finds nothing wrong under a known authority, and shows the chain', async () => {
    const server = await serve(withChain(leaf));
    const facts = await inspectServer(parseServerAddress(server.url), { authorities: [authority.cert] });
    expect(facts.certificate).toMatchObject({
      trusted: true,
      reason: null,
      subject: 'CN=Vault',
      issuer: 'CN=Corp authority',
    });
    expect(facts.chainPem?.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  it('of plain HTTP on this computer shows no certificate', async () => {
    const server = await startAnswering(() => ({ json: {} }));
    open.push(server);
    expect(await inspectServer(parseServerAddress(server.url))).toEqual({
      origin: server.url,
      host: `127.0.0.1:${server.port}`,
      certificate: null,
      certificatePem: null,
      chainPem: null,
    });
    expect(server.seen).toEqual([]);
  });

  it('of nothing there says unreachable', async () => {
    const server = await startAnswering(() => ({ json: {} }));
    await server.close();
    await expect(inspectServer(parseServerAddress(`https://127.0.0.1:${server.port}`))).rejects.toMatchObject(
      {
        code: 'unreachable',
        params: { reason: 'refused' },
      },
    );
  });

  it('of something without TLS says that it is not the protocol', async () => {
    const server = await startAnswering(() => ({ json: {} }));
    open.push(server);
    await expect(inspectServer(parseServerAddress(`https://127.0.0.1:${server.port}`))).rejects.toMatchObject(
      {
        code: 'notPasswork',
      },
    );
  });
});
