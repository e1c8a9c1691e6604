/**
 * Opening a KeePass database with a bound on what it unpacks to.
 *
 * A database is packed before it is encrypted, and the library unpacks whatever the password
 * opens, taking the size that the packed data claim for granted. Whoever sends a database with its
 * password could so ask for all the memory there is. Between decrypting and unpacking the packed
 * data are therefore run through once, without being kept, and refused when they swell.
 */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import kdbxweb from 'kdbxweb';
import { importLimits, refusedImport } from './tree.ts';

type Decrypt = (data: ArrayBuffer, key: ArrayBuffer) => Promise<ArrayBuffer>;

/** The library's step between encrypted and packed data; it has no place for a check of its own. */
const step = 'decryptData';

/** Throws as the library does, and `tooLarge`, `damaged`. */
export async function loadBounded(
  data: ArrayBuffer,
  credentials: kdbxweb.Credentials,
): Promise<kdbxweb.Kdbx> {
  const database = new kdbxweb.Kdbx();
  database.credentials = credentials;
  const format = new kdbxweb.KdbxFormat(database);
  const decrypt = decryptStepOf(format);
  const judged: Decrypt = async (encrypted, key) => {
    const packed = await decrypt.call(format, encrypted, key);
    await judgePacked(database, packed);
    return packed;
  };
  Object.defineProperty(format, step, { value: judged });
  return format.load(data);
}

function decryptStepOf(format: kdbxweb.KdbxFormat): Decrypt {
  const found: unknown = Reflect.get(format, step);
  // Another version of the library may work otherwise; unbounded is no way to go on.
  if (typeof found !== 'function') throw new TypeError('the KeePass library has no step to bound');
  return (data, key) => Promise.resolve(Reflect.apply(found, format, [data, key]) as ArrayBuffer);
}

async function judgePacked({ header, versionMajor }: kdbxweb.Kdbx, packed: ArrayBuffer): Promise<void> {
  if (header.compression !== kdbxweb.Consts.CompressionAlgorithm.GZip) return;
  if (versionMajor !== 3) return judgeInflation(new Uint8Array(packed));
  // KDBX 3.1: bytes that prove the key stand first, then blocks with a hash each. A wrong key ends
  // at these bytes, which the library compares itself and gives the reason for.
  const start = new Uint8Array(header.streamStartBytes ?? new ArrayBuffer(0));
  const whole = new Uint8Array(packed);
  if (!start.every((byte, at) => whole[at] === byte)) return;
  const blocks = await kdbxweb.HashedBlockTransform.decrypt(packed.slice(start.length));
  return judgeInflation(new Uint8Array(blocks));
}

async function judgeInflation(packed: Uint8Array): Promise<void> {
  const most = Math.min(
    importLimits.databaseBytes,
    Math.max(packed.length, importLimits.swellingFrom) * importLimits.zipRatio,
  );
  let size = 0;
  const inflated = Readable.from([packed]).pipe(createGunzip());
  try {
    for await (const chunk of inflated) {
      size += Buffer.from(chunk).length;
      if (size > most) throw refusedImport('tooLarge');
    }
  } finally {
    inflated.destroy();
  }
}
