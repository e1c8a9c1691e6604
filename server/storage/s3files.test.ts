/** Files in an object store that checks signatures, and what becomes of them when it fails. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ObjectStore, trialStoreAt } from '../../testing/objectstore/store.ts';
import type { FilePlace } from './fileplace.ts';
import { FilesUnreachable, newFileName } from './fileplace.ts';
import { s3Files } from './s3files.ts';
import type { S3Store } from './s3store.ts';

let store: ObjectStore;
let spool = '';
let place: FilePlace;
const opened: FilePlace[] = [];

const placeAt = (changes: Partial<S3Store> = {}): FilePlace => {
  const at = s3Files({ ...trialStoreAt(store.url, 'team/'), ...changes }, spool);
  opened.push(at);
  return at;
};

beforeEach(async () => {
  store = await ObjectStore.start();
  spool = join(mkdtempSync(join(tmpdir(), 'strongroom-spool-')), 'files');
  place = placeAt();
});
afterEach(async () => {
  for (const each of opened.splice(0)) each.close();
  await store.stop();
  rmSync(join(spool, '..'), { recursive: true, force: true });
});

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += 100_000) yield bytes.subarray(start, start + 100_000);
}
const read = async (name: string, from = place) =>
  Buffer.concat(await Readable.from(from.read(name)).toArray());
const spooled = () => (existsSync(spool) ? readdirSync(spool) : []);
const bytes = randomBytes(1_000_000);

describe('a file', () => {
  it('comes back byte for byte, stands under the prefix, and leaves nothing on the disk', async () => {
    const name = newFileName();
    await place.write(name, inPieces(bytes));
    expect([...store.objects.keys()]).toEqual([`team/${name}`]);
    expect(spooled()).toEqual([]);
    expect((await read(name)).equals(bytes)).toBe(true);
    await place.remove([name, newFileName()]);
    expect(store.objects.size).toBe(0);
    await expect(read(name)).rejects.toThrow('404 NoSuchKey');
  });

  it('is not kept when its source fails', async () => {
    const source = async function* () {
      yield bytes;
      throw new Error('cut off');
    };
    await expect(place.write(newFileName(), source())).rejects.toThrow('cut off');
    expect(store.asked).toEqual([]);
    expect(spooled()).toEqual([]);
  });

  it('is sent with a host of the bucket’s own, and with temporary credentials', async () => {
    const { endpoint, credentials } = trialStoreAt(store.url, '');
    const own = placeAt({
      endpoint: new URL(endpoint.href.replace('127.0.0.1', 'objects.example')),
      addressing: 'virtual',
      lookup: (host, _options, found) => {
        expect(host).toBe('trial-bucket.objects.example');
        found(null, [{ address: '127.0.0.1', family: 4 }]);
      },
      credentials: { ...credentials, sessionToken: 'for an hour' },
    });
    const name = newFileName();
    await own.write(name, inPieces(bytes));
    expect(store.asked).toEqual([`PUT /team/${name}`]);
    expect((await read(name)).equals(bytes)).toBe(true);
  });

  it('is found by name among many, and what is not the server’s is left out', async () => {
    const names = Array.from({ length: 8 }, newFileName);
    for (const name of names) await place.write(name, inPieces(Buffer.from('x')));
    store.objects.set('team/notes.txt', Buffer.from('of somebody else'));
    store.objects.set(newFileName(), Buffer.from('outside of the prefix'));
    expect((await Readable.from(place.names()).toArray()).toSorted()).toEqual(names.toSorted());
    await place.remove(names);
    expect(store.objects.size).toBe(2);
  });
});

describe('a store that fails', () => {
  it('is asked again while it is busy or hangs up, for a sent file too', async () => {
    const name = newFileName();
    store.faults.push('busy', 'reset', 'busy');
    await place.write(name, inPieces(bytes));
    expect(store.asked).toHaveLength(4);
    store.faults.push('reset', 'busy');
    expect((await read(name)).equals(bytes)).toBe(true);
  });

  it('is given up after a few times, with nothing kept', async () => {
    store.faults.push(...Array.from({ length: 8 }, () => 'busy' as const));
    const name = newFileName();
    await expect(place.write(name, inPieces(bytes))).rejects.toThrow(FilesUnreachable);
    expect(store.asked).toHaveLength(4);
    expect(spooled()).toEqual([]);
    await expect(place.remove([name])).rejects.toThrow('503 SlowDown');
    expect(store.objects.size).toBe(0);
  });

  it('is read on from where it broke off, and not for ever', async () => {
    const name = newFileName();
    await place.write(name, inPieces(bytes));
    store.faults.push('cut', 'cut', 'cut');
    expect((await read(name)).equals(bytes)).toBe(true);
    expect(store.asked).toHaveLength(5);
    store.faults.push('cut', ...Array.from({ length: 8 }, () => 'reset' as const));
    await expect(read(name)).rejects.toThrow(FilesUnreachable);
    expect(store.asked).toHaveLength(10);
  });

  it('does not stop a reader that has had enough, nor is it asked for more then', async () => {
    const name = newFileName();
    await place.write(name, inPieces(bytes));
    for await (const piece of place.read(name)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(store.asked).toHaveLength(2);
  });

  it('is known to be away', async () => {
    await expect(place.check()).resolves.toBeUndefined();
    await store.stop();
    const other = placeAt();
    await expect(other.check()).rejects.toThrow(FilesUnreachable);
    await expect(other.prepare()).resolves.toBeUndefined();
  });
});

describe('a store that says no', () => {
  const wrongSecret = () => ({
    ...trialStoreAt(store.url, '').credentials,
    secretAccessKey: Buffer.from('another secret'),
  });

  it('stops the server at its start, in words that tell no secret', async () => {
    await expect(place.prepare()).resolves.toBeUndefined();
    await expect(placeAt({ bucket: 'missing-bucket' }).prepare()).rejects.toThrow('no such bucket');
    const refused = placeAt({ credentials: wrongSecret() }).prepare();
    await expect(refused).rejects.toThrow('does not let these credentials');
    await expect(refused).rejects.not.toThrow('another secret');
  });

  it('is not asked again', async () => {
    const refused = placeAt({ credentials: wrongSecret() });
    await expect(refused.write(newFileName(), inPieces(bytes))).rejects.toThrow('403 SignatureDoesNotMatch');
    const late = placeAt({ now: () => Date.now() - 3_600_000 });
    await expect(late.write(newFileName(), inPieces(bytes))).rejects.toThrow('403 RequestTimeTooSkewed');
    expect(store.asked).toHaveLength(2);
  });
});

it('clears away at the start what a killed server was sending', async () => {
  await place.write(newFileName(), inPieces(bytes));
  writeFileSync(join(spool, `${newFileName()}.part`), 'half');
  await place.prepare();
  expect(spooled()).toEqual([]);
});
