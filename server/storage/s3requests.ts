/**
 * Requests to an object store: signed, bounded in time, and asked again where asking again can help.
 *
 * A refusal names its status and the store's own word for it (`NoSuchBucket`), never an address, a
 * header or a body, because errors reach the log.
 */
import { createHash } from 'node:crypto';
import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { FilesUnreachable } from './fileplace.ts';
import { authorisation, encodedPath, encodedQuery, signingTime } from './s3signature.ts';
import type { S3Store } from './s3store.ts';

/** A body that can be sent more than once. */
export interface SentBody {
  readonly length: number;
  /** Hex SHA-256. */
  readonly digest: string;
  open(): Readable;
}

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'DELETE';
  /** The object; null asks the bucket. */
  readonly key: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: SentBody;
}

/** The store understood and said no; asking again does not help. */
export class S3Refusal extends Error {
  readonly status: number;

  constructor(status: number, code: string) {
    super(`The object store refused: ${status} ${code}`.trim());
    this.name = 'S3Refusal';
    this.status = status;
  }
}

/** How often something is asked at most. */
export const attempts = 4;
const firstPause = 100;
/** How long nothing may move on a connection, in milliseconds. */
const idleLimit = 15_000;
/** How long sending a body and hearing of it may take altogether, in milliseconds. */
const answerLimit = 120_000;
const connections = 50;
const largestRefusal = 16 * 1024;
const nothingDigest = createHash('sha256').digest('hex');
const mayPass = new Set([408, 429]);

/** Waits before the next attempt: longer each time, and never for all at the same moment. */
export async function waitBefore(attempt: number): Promise<void> {
  await pause(firstPause * 2 ** (attempt - 1) * (0.5 + Math.random()));
}

/** A body up to a size; what is longer is cut. */
export async function shortText(response: IncomingMessage, largest: number): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece);
    size += piece.length;
    if (size >= largest) break;
  }
  return Buffer.concat(pieces).toString('utf8', 0, largest);
}

/** The store's word for a refusal: `<Code>` of its XML. */
async function refusalOf(response: IncomingMessage): Promise<Error> {
  const status = response.statusCode ?? 0;
  const text = await shortText(response, largestRefusal);
  const code = /<Code>([A-Za-z]{1,60})<\/Code>/.exec(text)?.[1] ?? '';
  const passes = status >= 500 || mayPass.has(status) || code === 'RequestTimeout';
  return passes
    ? new FilesUnreachable(`The object store answered ${status} ${code}`.trim())
    : new S3Refusal(status, code);
}

/** Speaks to the bucket of one store. */
export class S3Requests {
  readonly #store: S3Store;
  readonly #agent: PlainAgent;
  readonly #host: string;

  constructor(store: S3Store) {
    this.#store = store;
    const { endpoint, bucket, addressing } = store;
    const { lookup } = store;
    const options = { keepAlive: true, maxSockets: connections, ...(lookup ? { lookup } : {}) };
    this.#agent = endpoint.protocol === 'https:' ? new TlsAgent(options) : new PlainAgent(options);
    this.#host = addressing === 'virtual' ? `${bucket}.${endpoint.host}` : endpoint.host;
  }

  /**
   * Asks until the store answers with success, a few times at most. The body of the answer has to be
   * read or destroyed. Rejects with `S3Refusal` or, where the store does not answer, `FilesUnreachable`.
   */
  async send(wanted: S3Request, most = attempts): Promise<IncomingMessage> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#ask(wanted);
      } catch (error) {
        if (error instanceof S3Refusal) throw error;
        if (attempt >= most) {
          if (error instanceof FilesUnreachable) throw error;
          throw new FilesUnreachable('The object store cannot be reached.', { cause: error });
        }
        await waitBefore(attempt);
      }
    }
  }

  /** The same where the answer has nothing to say. */
  async tell(wanted: S3Request, most = attempts): Promise<void> {
    const response = await this.send(wanted, most);
    response.resume();
  }

  close(): void {
    this.#agent.destroy();
  }

  async #ask(wanted: S3Request): Promise<IncomingMessage> {
    const response = await this.#exchange(wanted);
    const { statusCode = 0 } = response;
    if (statusCode >= 200 && statusCode < 300) return response;
    throw await refusalOf(response);
  }

  #exchange(wanted: S3Request): Promise<IncomingMessage> {
    const { endpoint } = this.#store;
    const send = endpoint.protocol === 'https:' ? tlsRequest : plainRequest;
    const request = send({ ...this.#optionsOf(wanted), agent: this.#agent });
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => request.destroy(new Error('The answer takes too long.')), answerLimit);
      const settled = (settle: () => void) => {
        clearTimeout(late);
        settle();
      };
      request.setTimeout(idleLimit, () => request.destroy(new Error('Nothing moves on the connection.')));
      request.once('response', (response) => settled(() => resolve(response)));
      request.on('error', (error) => settled(() => reject(error)));
      if (!wanted.body) request.end();
      // A store that answers before it has read everything closes the connection; its answer counts.
      else
        pipeline(wanted.body.open(), request).catch((error: unknown) =>
          settled(() => reject(error as Error)),
        );
    });
  }

  #optionsOf({ method, key, query = {}, headers = {}, body }: S3Request): RequestOptions {
    const { endpoint, bucket, addressing, credentials, region, prefix, now = Date.now } = this.#store;
    const inBucket = key === null ? '' : `${prefix}${key}`;
    const path = addressing === 'path' ? `/${bucket}/${inBucket}` : `/${inBucket}`;
    const signed = {
      ...headers,
      host: this.#host,
      'x-amz-content-sha256': body?.digest ?? nothingDigest,
      'x-amz-date': signingTime(new Date(now())),
      ...(credentials.sessionToken === undefined ? {} : { 'x-amz-security-token': credentials.sessionToken }),
    };
    const search = encodedQuery(query);
    return {
      method,
      hostname: this.#host.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''),
      port: endpoint.port,
      path: `${encodedPath(path)}${search === '' ? '' : `?${search}`}`,
      headers: {
        ...signed,
        authorization: authorisation({ method, path, query, headers: signed }, credentials, region),
        ...(body ? { 'content-length': body.length } : {}),
      },
    };
  }
}
