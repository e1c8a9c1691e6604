/**
 * Judging a server's certificate: by the system's authorities, or by the one fingerprint
 * that a person compared.
 *
 * A pinned server is judged here and not by the TLS library: the library can only be told
 * about authorities, while a person may have accepted a single leaf that no authority known
 * here has signed. The handshake itself proves that the server holds the leaf's key.
 */
import { X509Certificate } from 'node:crypto';
import tls from 'node:tls';

/** How a server is recognised. A fingerprint is SHA-256, upper-case hex pairs joined by colons. */
export type ServerTrust =
  | { readonly kind: 'system' }
  | { readonly kind: 'pinned'; readonly fingerprint: string; readonly certificatePem: string };

export type DistrustReason = 'selfSigned' | 'unknownAuthority' | 'expired' | 'wrongHost' | 'other';

/** What came of comparing a chain with a pin. */
export type PinVerdict = 'accepted' | 'changed' | 'expired' | 'wrongHost';

let systemContext: tls.SecureContext | null = null;

/**
 * The authorities of this system and of the runtime, with those an organisation adds.
 * Reading the system's store is slow, so the plain set is read once.
 */
export function authorityContext(added: readonly string[]): tls.SecureContext {
  if (added.length > 0) return tls.createSecureContext({ ca: [...knownAuthorities(), ...added] });
  systemContext ??= tls.createSecureContext({ ca: knownAuthorities() });
  return systemContext;
}

function knownAuthorities(): string[] {
  return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
}

/** The chain that the server showed, leaf first; at most ten long. */
export function peerChain(socket: tls.TLSSocket): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = socket.getPeerCertificate(true);
  while (next?.raw !== undefined && chain.length < 10) {
    const certificate = new X509Certificate(next.raw);
    if (chain.some((seen) => seen.fingerprint256 === certificate.fingerprint256)) break;
    chain.push(certificate);
    next = next.issuerCertificate;
  }
  return chain;
}

/**
 * Compares a chain with a pin: the leaf itself, or an authority above it through an unbroken
 * line of signatures. Dates and host name must fit in both cases.
 */
export function judgePinned(
  chain: readonly X509Certificate[],
  fingerprint: string,
  hostname: string,
  now: Date,
): PinVerdict {
  const leaf = chain[0];
  if (leaf === undefined) return 'changed';
  const depth = chain.findIndex((certificate) => certificate.fingerprint256 === fingerprint);
  if (depth < 0 || !signedInLine(chain.slice(0, depth + 1))) return 'changed';
  if (chain.slice(0, depth + 1).some((certificate) => !isCurrent(certificate, now))) return 'expired';
  return matchesHost(leaf, hostname) ? 'accepted' : 'wrongHost';
}

function signedInLine(chain: readonly X509Certificate[]): boolean {
  return chain.every((certificate, index) => {
    const issuer = chain[index + 1];
    return (
      issuer === undefined ||
      (issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))
    );
  });
}

function isCurrent(certificate: X509Certificate, now: Date): boolean {
  return certificate.validFromDate <= now && now <= certificate.validToDate;
}

/** Does the certificate name this host or address (subject alternative names). */
export function matchesHost(certificate: X509Certificate, hostname: string): boolean {
  const isAddress = /^[\d.]+$/.test(hostname) || hostname.includes(':');
  return (isAddress ? certificate.checkIP(hostname) : certificate.checkHost(hostname)) !== undefined;
}

/** Puts the TLS library's word for a refused chain into one of five plain reasons. */
export function distrustReason(code: string): DistrustReason {
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') return 'selfSigned';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH') return 'wrongHost';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'expired';
  const unknown = [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'CERT_UNTRUSTED',
  ];
  return unknown.includes(code) ? 'unknownAuthority' : 'other';
}

/** True if an error code of a failed connection speaks of the certificate. */
export function isCertificateCode(code: string): boolean {
  return /^(?:CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME|ERR_TLS_CERT)/.test(code);
}
