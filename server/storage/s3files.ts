/**
 * Files in the bucket of an S3-compatible store: PutObject, GetObject, DeleteObject, HeadBucket and
 * ListObjectsV2 of the Amazon S3 API, and nothing else, since those are what every such store has.
 *
 * A file rests in a folder of the server until it has been sent. That keeps it out of memory, gives
 * its length and digest before the first byte leaves, and lets it be sent again. One that is cut
 * while it is read goes on where it was: objects never change.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { dropUnfinished, privateFolder, unfinishedPath, writeThrough } from './diskfiles.ts';
import type { FilePlace } from './fileplace.ts';
import { FilesUnreachable, isFileName } from './fileplace.ts';
import type { SentBody } from './s3requests.ts';
import { attempts, S3Refusal, S3Requests, shortText, waitBefore } from './s3requests.ts';
import type { S3Store } from './s3store.ts';

const readAtOnce = 256 * 1024;
const removedAtOnce = 16;
/** A page of a listing has at most a thousand entries of less than 4 KiB each. */
const largestListing = 4 * 1024 * 1024;
/** How long an answer about the store's health holds, in milliseconds: anybody may ask for it. */
const healthHolds = 5_000;

/** Keeps files in a bucket; what is on its way there rests in `spoolFolder`. */
export function s3Files(store: S3Store, spoolFolder: string): FilePlace {
  const requests = new S3Requests(store);
  const askBucket = () => requests.tell({ method: 'HEAD', key: null }, 1);
  let health: { asked: number; answer: Promise<void> } | null = null;

  return {
    async prepare() {
      await dropUnfinished(spoolFolder);
      await askBucket().catch((error: unknown) => {
        // A store that is away for now comes back, and the health endpoint tells of it meanwhile.
        if (error instanceof FilesUnreachable) return;
        throw new Error(unusable(error), { cause: error });
      });
    },
    async write(name, source) {
      await privateFolder(spoolFolder);
      const path = unfinishedPath(spoolFolder, name);
      try {
        await requests.tell({ method: 'PUT', key: name, body: await spooled(path, source) });
      } finally {
        await rm(path, { force: true });
      }
    },
    read: (name) => readResuming(requests, name),
    remove: (names) => removeAll(requests, names),
    names: () => listed(requests, store.prefix),
    check() {
      const now = performance.now();
      if (health === null || now - health.asked > healthHolds) health = { asked: now, answer: askBucket() };
      return health.answer;
    },
    close: () => requests.close(),
  };
}

/** Why a bucket that was asked for cannot be used, in words for whoever set it. */
function unusable(error: unknown): string {
  const status = error instanceof S3Refusal ? error.status : 0;
  if (status === 404) return 'There is no such bucket as --files names.';
  if (status === 301 || status === 400) return 'The bucket of --files is not in the region of AWS_REGION.';
  if (status === 401 || status === 403) {
    return 'The object store does not let these credentials use the bucket (or the clock here is wrong).';
  }
  return 'The bucket of --files cannot be used.';
}

async function spooled(path: string, source: AsyncIterable<Uint8Array>): Promise<SentBody> {
  const digest = createHash('sha256');
  let length = 0;
  const counted = async function* () {
    for await (const piece of source) {
      digest.update(piece);
      length += piece.length;
      yield piece;
    }
  };
  await writeThrough(path, counted());
  const open = () => createReadStream(path, { highWaterMark: readAtOnce });
  return { length, digest: digest.digest('hex'), open };
}

/** The whole length that an answer is part of; the answer has to begin where it was asked to. */
function wholeLength(response: IncomingMessage, offset: number): number {
  const { 'content-length': length, 'content-range': range } = response.headers;
  const isPart = response.statusCode === 206;
  const begins = isPart ? Number(/^bytes (\d+)-/.exec(range ?? '')?.[1]) : 0;
  if (length === undefined || begins !== offset) {
    response.destroy();
    throw new Error('The object store did not answer with what it was asked for.');
  }
  return offset + Number(length);
}

async function* readResuming(requests: S3Requests, key: string): AsyncGenerator<Buffer> {
  let offset = 0;
  let length: number | null = null;
  let failures = 0;
  while (length === null || offset < length) {
    const headers: Record<string, string> = offset === 0 ? {} : { range: `bytes=${offset}-` };
    const response = await requests.send({ method: 'GET', key, headers });
    const found = wholeLength(response, offset);
    if (length !== null && found !== length) throw new Error('A file of the object store has changed.');
    length = found;
    const begun = offset;
    const pieces = piecesOf(response);
    try {
      for (let piece = await pieces.next(); !piece.done && piece.value; piece = await pieces.next()) {
        offset += piece.value.length;
        yield piece.value;
      }
    } finally {
      response.destroy();
    }
    if (offset >= length) return;
    failures = offset > begun ? 1 : failures + 1;
    if (failures >= attempts) throw new FilesUnreachable('The object store cuts what it sends.');
    await waitBefore(failures);
  }
}

/** The pieces of an answer; null where it breaks off. What its reader throws is not taken for that. */
async function* piecesOf(response: IncomingMessage): AsyncGenerator<Buffer | null> {
  const pieces = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const piece = await pieces.next().catch(() => null);
    if (piece?.done) return;
    yield piece && piece.value;
    if (piece === null) return;
  }
}

/** Tries every one, and then passes on the first failure. */
async function removeAll(requests: S3Requests, names: readonly string[]): Promise<void> {
  const waiting = [...names];
  const failures: unknown[] = [];
  const work = async () => {
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      await requests.tell({ method: 'DELETE', key }).catch((error: unknown) => {
        const isGone = error instanceof S3Refusal && error.status === 404;
        if (!isGone) failures.push(error);
      });
    }
  };
  await Promise.all(Array.from({ length: Math.min(removedAtOnce, names.length) }, work));
  if (failures.length > 0) throw failures[0];
}

/** Names under the prefix that the server could have given; what else stands there is left alone. */
async function* listed(requests: S3Requests, prefix: string): AsyncGenerator<string> {
  let token: string | undefined;
  do {
    const query = {
      'list-type': '2',
      prefix,
      ...(token === undefined ? {} : { 'continuation-token': token }),
    };
    const text = await shortText(await requests.send({ method: 'GET', key: null, query }), largestListing);
    if (!text.includes('</ListBucketResult>')) throw new Error('The object store did not list the bucket.');
    for (const [, key = ''] of text.matchAll(/<Key>([^<]*)<\/Key>/g)) {
      const name = key.startsWith(prefix) ? key.slice(prefix.length) : '';
      if (isFileName(name)) yield name;
    }
    token = unescaped(/<NextContinuationToken>([^<]+)<\/NextContinuationToken>/.exec(text)?.[1]);
  } while (token !== undefined);
}

/** Text of XML without its entities. */
const unescaped = (text: string | undefined): string | undefined =>
  text
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
