/** Certificates made on the spot: authorities and leaves, right and wrong ones. */
import forge from 'node-forge';

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateWish {
  readonly name: string;
  /** Host names and addresses it is good for. */
  readonly hosts?: readonly string[];
  readonly authority?: boolean;
  /** Days from now. */
  readonly validFrom?: number;
  readonly validTo?: number;
  /** Who signs it; itself by default. */
  readonly signedBy?: Certificate;
}

const dayMs = 86_400_000;
let serial = 1;

/** A certificate with an RSA-2048 key of its own. */
export function makeCertificate(wish: CertificateWish): Certificate {
  const pair = forge.pki.rsa.generateKeyPair({ bits: 2048, workers: 0 });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = pair.publicKey;
  certificate.serialNumber = `0${(serial++).toString(16).padStart(7, '1')}`;
  certificate.validity.notBefore = new Date(Date.now() + (wish.validFrom ?? -1) * dayMs);
  certificate.validity.notAfter = new Date(Date.now() + (wish.validTo ?? 30) * dayMs);
  const subject = [{ name: 'commonName', value: wish.name }];
  certificate.setSubject(subject);
  const issuer = wish.signedBy === undefined ? null : forge.pki.certificateFromPem(wish.signedBy.cert);
  certificate.setIssuer(issuer === null ? subject : issuer.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: wish.authority === true, critical: true },
    ...(wish.hosts === undefined ? [] : [{ name: 'subjectAltName', altNames: wish.hosts.map(altName) }]),
  ]);
  const signer =
    wish.signedBy === undefined ? pair.privateKey : forge.pki.privateKeyFromPem(wish.signedBy.key);
  certificate.sign(signer, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: forge.pki.privateKeyToPem(pair.privateKey) };
}

function altName(host: string): { type: number; value?: string; ip?: string } {
  return /^[\d.]+$|:/.test(host) ? { type: 7, ip: host } : { type: 2, value: host };
}
