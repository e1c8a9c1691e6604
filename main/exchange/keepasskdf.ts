/**
 * What a KeePass database demands before it opens, judged from its plain header before anything
 * is computed: a hostile file may ask for years of work or all of the memory. Header fields of
 * KDBX 3.1 and 4 as KeePass documents them ("KDBX 4", header fields 6 and 11).
 */
import { argon2d, argon2id } from 'hash-wasm';
import kdbxweb from 'kdbxweb';
import { refusedImport } from './tree.ts';

const limits = {
  aesRounds: 200_000_000,
  memoryKib: 1024 * 1024,
  /** Memory times passes, in KiB: about a minute of one core. */
  work: 64 * 1024 * 1024,
  lanes: 64,
};

const field = { end: 0, transformRounds: 6, kdfParameters: 11 };
const headerStart = 12;

/** Throws `kdfRefused` for demands beyond reason, `damaged` for a header that is none. */
export function judgeKdf(bytes: Uint8Array<ArrayBuffer>): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerStart) throw refusedImport('damaged');
  const major = view.getUint16(10, true);
  if (major !== 3 && major !== 4) throw refusedImport('unknownFormat');
  const lengthBytes = major === 4 ? 4 : 2;
  for (let at = headerStart; at + 1 + lengthBytes <= bytes.length;) {
    const id = view.getUint8(at);
    const length = major === 4 ? view.getUint32(at + 1, true) : view.getUint16(at + 1, true);
    const start = at + 1 + lengthBytes;
    if (start + length > bytes.length) throw refusedImport('damaged');
    if (id === field.transformRounds) judgeRounds(length === 8 ? view.getBigUint64(start, true) : null);
    if (id === field.kdfParameters) judgeParameters(bytes.slice(start, start + length));
    if (id === field.end) return;
    at = start + length;
  }
  throw refusedImport('damaged');
}

function judgeRounds(rounds: bigint | null): void {
  if (rounds === null || rounds > limits.aesRounds) throw refusedImport('kdfRefused');
}

function judgeParameters(bytes: Uint8Array<ArrayBuffer>): void {
  const parameters = dictionaryOf(bytes);
  const rounds = figureOf(parameters.get('R'));
  if (rounds !== null) judgeRounds(BigInt(Math.ceil(rounds)));
  const memory = figureOf(parameters.get('M'));
  if (memory === null) return;
  judgeArgon2(
    memory / 1024,
    figureOf(parameters.get('I')) ?? Infinity,
    figureOf(parameters.get('P')) ?? Infinity,
  );
}

function judgeArgon2(memoryKib: number, passes: number, lanes: number): void {
  const fits =
    memoryKib <= limits.memoryKib && memoryKib * passes <= limits.work && lanes >= 1 && lanes <= limits.lanes;
  if (!fits) throw refusedImport('kdfRefused');
}

function dictionaryOf(bytes: Uint8Array<ArrayBuffer>): kdbxweb.VarDictionary {
  try {
    return kdbxweb.VarDictionary.read(new kdbxweb.BinaryStream(bytes.buffer));
  } catch (error) {
    throw refusedImport('damaged', error);
  }
}

function figureOf(
  value: kdbxweb.VarDictionary extends { get(key: string): infer V } ? V : never,
): number | null {
  if (typeof value === 'number') return value;
  if (value instanceof kdbxweb.Int64) return value.hi * 2 ** 32 + (value.lo >>> 0);
  return null;
}

/** Gives the KeePass library its Argon2. Call before a database is opened or written. */
export function provideArgon2(): void {
  kdbxweb.CryptoEngine.setArgon2Impl(
    async (password, salt, memory, iterations, length, parallelism, type, version) => {
      // Version 1.0 of Argon2 was never what KeePass or KeePassXC wrote.
      if (version !== 0x13) throw refusedImport('kdfRefused');
      judgeArgon2(memory, iterations, parallelism);
      const derive = type === kdbxweb.CryptoEngine.Argon2TypeArgon2id ? argon2id : argon2d;
      const hash = await derive({
        password: new Uint8Array(password),
        salt: new Uint8Array(salt),
        memorySize: memory,
        iterations,
        hashLength: length,
        parallelism,
        outputType: 'binary',
      });
      return Uint8Array.from(hash).buffer;
    },
  );
}
