/**
 * Looks for thousands of secrets in megabytes at once, in every form in which bytes usually
 * travel or lie: plain, base64 and base32x, the latter two at each place where a text can begin
 * inside a longer encoding.
 */
import { encodeBase32x } from '../../main/keychain/index.ts';
import type { SampleSecret } from '../organisation/ledger.ts';

/** Something to look for; the name is what a failing test prints, never the secret itself. */
export interface Wanted {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Found {
  readonly name: string;
  readonly form: string;
  /** Place in the searched bytes. */
  readonly at: number;
}

/** Shorter ones occur by chance, or in words of the format itself. */
const shortest = 8;
/** Of long secrets pieces are looked for: one is enough to be a leak. */
const pieceBytes = 48;

const byteKinds: readonly SampleSecret['kind'][] = [
  'attachment',
  'recordKey',
  'attachmentKey',
  'vaultKey',
  'privateKey',
  'masterKey',
];

/** The bytes of a secret of the ledger, which keeps keys and files as Latin-1. */
export function bytesOf({ kind, plaintext }: SampleSecret): Buffer {
  return Buffer.from(plaintext, byteKinds.includes(kind) ? 'latin1' : 'utf8');
}

/** Every secret that is long enough to be told from chance, once, and how many are not. */
export function wantedOf(secrets: readonly SampleSecret[]): { wanted: Wanted[]; tooShort: number } {
  const wanted = new Map<string, Wanted>();
  let tooShort = 0;
  for (const secret of secrets) {
    const bytes = bytesOf(secret);
    if ([...secret.plaintext].length < shortest) tooShort += 1;
    else wanted.set(bytes.toString('hex'), { name: `${secret.kind} ${secret.field}`, bytes });
    if (secret.kind !== 'privateKey') continue;
    // The key itself may lie somewhere without the dress of PEM.
    const der = Buffer.from(secret.plaintext.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    wanted.set(der.toString('hex'), { name: 'privateKey as DER', bytes: der.subarray(64) });
  }
  return { wanted: [...wanted.values()], tooShort };
}

function piecesOf(bytes: Buffer): Buffer[] {
  if (bytes.length <= pieceBytes * 2) return [bytes];
  const places = [0, (bytes.length - pieceBytes) >> 1, bytes.length - pieceBytes];
  return places.map((place) => bytes.subarray(place, place + pieceBytes));
}

/**
 * The characters of an encoding that depend on `bytes` alone, when `before` other bytes come
 * first: `bits` is what one character carries.
 */
function insideOf(bytes: Buffer, before: number, bits: number, encode: (all: Buffer) => string): string {
  const text = encode(Buffer.concat([Buffer.alloc(before), bytes]));
  const from = Math.ceil((before * 8) / bits);
  return text.slice(from, Math.floor(((before + bytes.length) * 8) / bits));
}

/** Every form of a piece, by name. */
export function formsOf(bytes: Buffer): { form: string; pattern: Buffer }[] {
  const forms = [{ form: 'plain', pattern: bytes }];
  const add = (form: string, text: string): void => {
    forms.push({ form, pattern: Buffer.from(text, 'latin1') });
  };
  for (const before of [0, 1, 2]) {
    add(
      `base64 +${before}`,
      insideOf(bytes, before, 6, (all) => all.toString('base64')),
    );
  }
  for (const before of [0, 1, 2, 3, 4]) {
    add(`base32x +${before}`, insideOf(bytes, before, 5, encodeBase32x));
  }
  return forms;
}

interface Pattern {
  readonly name: string;
  readonly form: string;
  readonly pattern: Buffer;
}

/** Four bytes decide whether a place is looked at more closely; this many bits tell them apart. */
const filterBits = 22;

function filterPlace(word: number): number {
  return Math.imul(word, 0x9e37_79b1) >>> (32 - filterBits);
}

/** Searches for a fixed set of secrets; made once, used for many texts. */
export class SecretSearch {
  readonly #patterns = new Map<number, Pattern[]>();
  readonly #filter = new Uint8Array(1 << filterBits);

  constructor(wanted: readonly Wanted[]) {
    for (const { name, bytes } of wanted) {
      for (const { form, pattern } of piecesOf(bytes).flatMap(formsOf)) this.#add({ name, form, pattern });
    }
  }

  #add(pattern: Pattern): void {
    const word = pattern.pattern.readInt32BE(0);
    const others = this.#patterns.get(word);
    if (others) others.push(pattern);
    else this.#patterns.set(word, [pattern]);
    this.#filter[filterPlace(word)] = 1;
  }

  /** Everything that is found, one entry for each secret and form. */
  in(bytes: Buffer): Found[] {
    const found = new Map<string, Found>();
    let word = 0;
    for (let end = 0; end < bytes.length; end += 1) {
      word = (word << 8) | (bytes[end] ?? 0);
      if (end < 3 || this.#filter[filterPlace(word)] === 0) continue;
      const at = end - 3;
      for (const { name, form, pattern } of this.#patterns.get(word) ?? []) {
        if (bytes.compare(pattern, 0, pattern.length, at, Math.min(at + pattern.length, bytes.length)) === 0)
          found.set(`${name} ${form}`, { name, form, at });
      }
    }
    return [...found.values()];
  }
}
