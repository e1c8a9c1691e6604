/**
 * Looking at a server before anything is said to it: the TLS handshake alone, so that a
 * person can judge an unknown certificate while not one byte of HTTP has been sent.
 */
import type { X509Certificate } from 'node:crypto';
import net from 'node:net';
import type { ServerInspection } from '../../contract/accounts.ts';
import type { ServerAddress } from './address.ts';
import { distrustReason, matchesHost, peerChain, type DistrustReason } from './certificate.ts';
import { connectionFailure, openUnjudged, whenOpen } from './transport.ts';

/** An inspection with the certificates themselves, for the pin that may follow. */
export interface ServerFacts extends ServerInspection {
  /** The leaf certificate; null for plain HTTP. */
  readonly certificatePem: string | null;
  /** Everything the server showed, leaf first; null for plain HTTP. */
  readonly chainPem: string | null;
}

export interface InspectOptions {
  readonly timeoutMs?: number;
  /** Certificates (PEM) of authorities that count beside the system's own. */
  readonly authorities?: readonly string[];
}

/**
 * Reaches a server and reports its certificate.
 * @throws StrongroomError `unreachable`, or `notPasswork` if no TLS is spoken there.
 */
export async function inspectServer(
  address: ServerAddress,
  options: InspectOptions = {},
): Promise<ServerFacts> {
  const timeoutMs = options.timeoutMs ?? 10_000;
  try {
    if (!address.secure) {
      (await whenOpen(net.connect(address.port, address.hostname), 'connect', timeoutMs)).destroy();
      const { origin, host } = address;
      return { origin, host, certificate: null, certificatePem: null, chainPem: null };
    }
    const authorities = options.authorities ?? [];
    const socket = await openUnjudged({ address, trust: { kind: 'system' }, authorities, timeoutMs });
    const chain = peerChain(socket);
    const distrust = socket.authorized ? null : String(socket.authorizationError);
    socket.destroy();
    return describe(address, chain, distrust);
  } catch (cause) {
    throw connectionFailure(cause, address.host);
  }
}

function describe(
  address: ServerAddress,
  chain: readonly X509Certificate[],
  distrust: string | null,
): ServerFacts {
  const leaf = chain[0];
  if (leaf === undefined) throw Object.assign(new Error('no certificate'), { code: 'EPROTO' });
  const reason = reasonOf(leaf, address.hostname, distrust);
  return {
    origin: address.origin,
    host: address.host,
    certificate: {
      trusted: reason === null,
      fingerprint: leaf.fingerprint256,
      subject: oneLine(leaf.subject),
      issuer: oneLine(leaf.issuer),
      validFrom: leaf.validFromDate.getTime(),
      validTo: leaf.validToDate.getTime(),
      reason,
    },
    certificatePem: leaf.toString(),
    chainPem: chain.map((certificate) => certificate.toString()).join(''),
  };
}

/** A wrong host or a passed date is what no pin can mend, so it is named before the authority. */
function reasonOf(leaf: X509Certificate, hostname: string, distrust: string | null): DistrustReason | null {
  if (!matchesHost(leaf, hostname)) return 'wrongHost';
  const now = new Date();
  if (now < leaf.validFromDate || now > leaf.validToDate) return 'expired';
  return distrust === null ? null : distrustReason(distrust);
}

/** Names come one attribute a line and from the server: joined, and bounded for the screen. */
function oneLine(name: string): string {
  return name.split('\n').join(', ').slice(0, 500);
}
