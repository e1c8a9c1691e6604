/**
 * AWS Signature Version 4 in the `Authorization` header, as the Amazon S3 API reference, "Signature
 * Calculations for the Authorization Header: Transferring Payload in a Single Chunk", describes it.
 *
 * Own code, because what signs for `fetch` cannot send a stream of a known length, which this store
 * asks for: a part goes from the disk to the store without standing whole in memory.
 */
import { createHash, createHmac } from 'node:crypto';

export interface S3Credentials {
  readonly accessKeyId: string;
  /** The secret; it never leaves this process. */
  readonly secretAccessKey: Buffer;
  /** Goes with temporary credentials. */
  readonly sessionToken?: string;
}

/** What is signed. Every header that is named here has to be sent as it is. */
export interface SignedRequest {
  readonly method: string;
  /** Beginning with a slash, not encoded. */
  readonly path: string;
  /** Not encoded. */
  readonly query: Readonly<Record<string, string>>;
  /** By lower-case name; `host`, `x-amz-date` and `x-amz-content-sha256` among them. */
  readonly headers: Readonly<Record<string, string>>;
}

const algorithm = 'AWS4-HMAC-SHA256';

/** Percent-encodes all but the unreserved characters, byte by byte. */
export const uriEncoded = (value: string): string =>
  encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** A path as it is signed and sent: encoded but for its slashes. */
export const encodedPath = (path: string): string => path.split('/').map(uriEncoded).join('/');

/** A query as it is signed and sent: encoded, in the order of the names. */
export const encodedQuery = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]) => `${uriEncoded(name)}=${uriEncoded(value)}`)
    .sort()
    .join('&');

/** The time as the protocol writes it, such as `20130524T000000Z`. */
export const signingTime = (time: Date): string => time.toISOString().replace(/[-:]|\.\d{3}/g, '');

const hmac = (key: Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function signingKey(secret: Buffer, day: string, region: string): Buffer {
  const first = hmac(Buffer.concat([Buffer.from('AWS4'), secret]), day);
  return hmac(hmac(hmac(first, region), 's3'), 'aws4_request');
}

/** The value of the `Authorization` header of a request. */
export function authorisation(
  { method, path, query, headers }: SignedRequest,
  { accessKeyId, secretAccessKey }: S3Credentials,
  region: string,
): string {
  const time = headers['x-amz-date'] ?? '';
  const names = Object.keys(headers).sort();
  const signedHeaders = names.join(';');
  const canonical = [
    ...[method, encodedPath(path), encodedQuery(query)],
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim()}`),
    ...['', signedHeaders, headers['x-amz-content-sha256'] ?? ''],
  ].join('\n');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const digest = createHash('sha256').update(canonical).digest('hex');
  const signature = hmac(
    signingKey(secretAccessKey, day, region),
    [algorithm, time, scope, digest].join('\n'),
  ).toString('hex');
  return `${algorithm} Credential=${accessKeyId}/${scope},SignedHeaders=${signedHeaders},Signature=${signature}`;
}
