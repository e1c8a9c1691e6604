/**
 * An S3-compatible store on loopback that holds its objects in memory, checks every signature, and
 * fails when it is told to.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { S3Store } from '../../server/storage/s3store.ts';
import { faultOf } from './verifying.ts';

/** What goes wrong with a request: the store is busy, breaks off an answer, or says nothing at all. */
export type Fault = 'busy' | 'cut' | 'reset';

export const trialKey = { id: 'TRIALKEY', secret: 'trial/secret+of/the/store', region: 'eu-trial-1' };
export const trialBucket = 'trial-bucket';
const listedAtOnce = 3;

/** What the server is told of a store at an address. */
export function trialStoreAt(url: string, prefix: string): S3Store {
  const credentials = { accessKeyId: trialKey.id, secretAccessKey: Buffer.from(trialKey.secret) };
  const place = { bucket: trialBucket, prefix, addressing: 'path' as const };
  return { ...place, endpoint: new URL(url), region: trialKey.region, credentials };
}

export class ObjectStore {
  readonly objects = new Map<string, Buffer>();
  /** Methods and paths of what was asked, as it arrived. */
  readonly asked: string[] = [];
  /** What goes wrong with the next requests, one each. */
  readonly faults: Fault[] = [];
  /** What every answer waits for. */
  held: Promise<void> = Promise.resolve();
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });
  url = '';

  static async start(): Promise<ObjectStore> {
    const store = new ObjectStore();
    await new Promise<void>((resolve) => store.#server.listen(0, '127.0.0.1', resolve));
    store.url = `http://127.0.0.1:${(store.#server.address() as AddressInfo).port}`;
    return store;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    this.asked.push(`${request.method ?? ''} ${url.pathname}`);
    await this.held;
    const fault = this.faults.shift();
    if (fault === 'reset') return void request.socket.destroy();
    if (fault === 'busy') return refuse(response, 503, 'SlowDown');
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const wrong = faultOf(request, body, trialKey, Date.now());
    if (wrong !== null) return refuse(response, 403, wrong);
    // A host of the bucket's own, or the bucket as the first part of the path.
    const isVirtual = (request.headers.host ?? '').startsWith(`${trialBucket}.`);
    const path = decodeURIComponent(url.pathname).slice(1);
    const [bucket = '', ...rest] = isVirtual ? [trialBucket, path] : path.split('/');
    if (bucket !== trialBucket) return refuse(response, 404, 'NoSuchBucket');
    const key = rest.join('/');
    if (key === '') return this.#tellBucket(request, response, url);
    return this.#tellObject(request, response, key, body, fault);
  }

  #tellBucket(request: IncomingMessage, response: ServerResponse, url: URL): void {
    if (request.method === 'HEAD') return void response.writeHead(200).end();
    const { searchParams } = url;
    if (searchParams.get('list-type') !== '2') return refuse(response, 400, 'InvalidArgument');
    const prefix = searchParams.get('prefix') ?? '';
    const after = Buffer.from(searchParams.get('continuation-token') ?? '', 'base64').toString();
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).toSorted();
    const shown = keys.slice(0, listedAtOnce);
    const last = shown.at(-1) ?? '';
    const more =
      keys.length > shown.length
        ? `<NextContinuationToken>${Buffer.from(last).toString('base64')}</NextContinuationToken>`
        : '';
    const contents = shown.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join('');
    response.writeHead(200, { 'Content-Type': 'application/xml' });
    response.end(`<?xml version="1.0"?><ListBucketResult>${contents}${more}</ListBucketResult>`);
  }

  #tellObject(
    request: IncomingMessage,
    response: ServerResponse,
    key: string,
    body: Buffer,
    fault: Fault | undefined,
  ): void {
    if (request.method === 'PUT') {
      if (request.headers['content-length'] === undefined)
        return refuse(response, 411, 'MissingContentLength');
      this.objects.set(key, body);
      return void response.writeHead(200).end();
    }
    if (request.method === 'DELETE') {
      this.objects.delete(key);
      return void response.writeHead(204).end();
    }
    const object = this.objects.get(key);
    if (!object) return refuse(response, 404, 'NoSuchKey');
    const begin = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const wanted = object.subarray(begin);
    const range = `bytes ${begin}-${object.length - 1}/${object.length}`;
    response.writeHead(begin === 0 ? 200 : 206, {
      'Content-Length': wanted.length,
      ...(begin === 0 ? {} : { 'Content-Range': range }),
    });
    if (fault !== 'cut') return void response.end(wanted);
    response.write(wanted.subarray(0, Math.ceil(wanted.length / 2)), () => {
      setImmediate(() => response.destroy());
    });
  }
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const text = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`;
  response.writeHead(status, { 'Content-Type': 'application/xml', Connection: 'close' }).end(text);
}
