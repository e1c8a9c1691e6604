/**
 * Whether a request bears a right signature (AWS Signature Version 4), worked out from what arrived
 * and from nothing that the server's own code says. Written from the Amazon S3 API reference,
 * "Authenticating Requests: Using the Authorization Header".
 */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Key {
  readonly id: string;
  readonly secret: string;
  readonly region: string;
}

const allowedSkew = 15 * 60 * 1000;

const chained = (secret: string, parts: readonly string[]): Buffer => {
  let key: Buffer = Buffer.from(`AWS4${secret}`, 'utf8');
  for (const part of parts) key = createHmac('sha256', key).update(part).digest();
  return key;
};

/** `20130524T000000Z` in milliseconds. */
const timeOf = (text: string): number =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

function canonicalForm(request: IncomingMessage, signed: readonly string[], digest: string): string {
  const [path = '', search = ''] = (request.url ?? '').split('?');
  const lines = [request.method ?? '', path, search.split('&').toSorted().join('&')];
  for (const name of signed) lines.push(`${name}:${String(request.headers[name] ?? '').trim()}`);
  lines.push('', signed.join(';'), digest);
  return lines.join('\n');
}

/** The store's word for what is wrong with a request; null when nothing is. */
export function faultOf(request: IncomingMessage, body: Buffer, key: Key, now: number): string | null {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;
  const match = form.exec(request.headers.authorization ?? '');
  if (!match) return 'AccessDenied';
  const [, id, day = '', region, names = '', signature] = match;
  if (id !== key.id) return 'InvalidAccessKeyId';
  if (region !== key.region) return 'AuthorizationHeaderMalformed';
  const time = String(request.headers['x-amz-date']);
  if (!time.startsWith(day) || !(Math.abs(timeOf(time) - now) < allowedSkew)) return 'RequestTimeTooSkewed';
  const signed = names.split(';');
  const mustBeSigned = Object.keys(request.headers).filter(
    (name) => name === 'host' || name.startsWith('x-amz-'),
  );
  if (!mustBeSigned.every((name) => signed.includes(name))) return 'AccessDenied';
  const digest = createHash('sha256').update(body).digest('hex');
  if (request.headers['x-amz-content-sha256'] !== digest) return 'XAmzContentSHA256Mismatch';
  const scope = `${day}/${key.region}/s3/aws4_request`;
  const canonical = createHash('sha256')
    .update(canonicalForm(request, signed, digest))
    .digest('hex');
  const right = createHmac('sha256', chained(key.secret, [day, key.region, 's3', 'aws4_request']))
    .update(`AWS4-HMAC-SHA256\n${time}\n${scope}\n${canonical}`)
    .digest('hex');
  return right === signature ? null : 'SignatureDoesNotMatch';
}
