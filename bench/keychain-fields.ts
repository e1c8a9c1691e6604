/**
 * Opening fields and encrypting files, against crypto-js, which the web client of this protocol
 * uses for the same work.
 *
 * The peer is measured twice: with our own base32x, which isolates the cipher, and with base32x a
 * character at a time, as a page without byte buffers writes it, which is the whole of its work.
 */
import { randomBytes } from 'node:crypto';
import CryptoJS from 'crypto-js';
import {
  decodeBase32xTolerant,
  encodeAttachment,
  encodeBase32x,
  generateRecordKey,
  openEnvelopeText,
  sealEnvelope,
} from '../main/keychain/index.ts';
import { alternate } from './measure.ts';
import { benchRow } from './table.ts';
import type { BenchRow } from './table.ts';

const fieldCount = 2000;
const peerFieldCount = 100;
const mebibyte = 1024 * 1024;

const alphabet = '0123456789abcdefghjkmnpqrtuvwxyz';

/** Base32x by characters: what the peer has without tables over byte buffers. */
function encodeByCharacter(text: string): string {
  let encoded = '';
  let bits = 0;
  let waiting = 0;
  for (let at = 0; at < text.length; at += 1) {
    waiting = ((waiting << 8) | text.charCodeAt(at)) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) encoded += alphabet.charAt((waiting >> (bits - 5)) & 31);
  }
  return bits === 0 ? encoded : encoded + alphabet.charAt((waiting << (5 - bits)) & 31);
}

function decodeByCharacter(wire: string): string {
  let decoded = '';
  let bits = 0;
  let waiting = 0;
  for (let at = 0; at < wire.length; at += 1) {
    waiting = ((waiting << 5) | alphabet.indexOf(wire.charAt(at))) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    decoded += String.fromCharCode((waiting >> bits) & 255);
  }
  return decoded;
}

type Codec = {
  readonly name: string;
  readonly encode: (text: string) => string;
  readonly decode: (wire: string) => string;
};

const codecs: readonly Codec[] = [
  {
    name: 'crypto-js, our base32x',
    encode: (text) => encodeBase32x(Buffer.from(text, 'latin1')),
    decode: (wire) => decodeBase32xTolerant(wire).toString('latin1'),
  },
  { name: 'crypto-js, base32x by characters', encode: encodeByCharacter, decode: decodeByCharacter },
];

/** Fields a second on one core. */
function fieldDecrypts(codec: Codec): BenchRow {
  const key = generateRecordKey();
  const keyText = key.toString('latin1');
  const wires = Array.from({ length: fieldCount }, (_, i) =>
    sealEnvelope(Buffer.from(`correct horse ${String(i)}`), key),
  );
  const open = (): void => {
    for (const wire of wires) openEnvelopeText(wire, key);
  };
  const peerOpen = (): void => {
    for (const wire of wires.slice(0, peerFieldCount)) {
      CryptoJS.AES.decrypt(codec.decode(wire), keyText).toString(CryptoJS.enc.Utf8);
    }
  };
  const { ours, peers } = alternate(30, open, peerOpen);
  return benchRow({
    name: 'field decrypt, one core',
    unit: 'fields/s',
    better: 'more',
    ours: ours.map((ms) => (fieldCount / ms) * 1000),
    peer: codec.name,
    peers: peers.map((ms) => (peerFieldCount / ms) * 1000),
    target: '>= 60,000/s and >= 12x crypto-js',
    met: (median, ratio) => median >= 60_000 && ratio >= 12,
  });
}

/** A 5 MiB file to its wire form, in MB of file a second. */
function attachmentEncode(codec: Codec): BenchRow {
  const file = randomBytes(5 * mebibyte);
  const key = generateRecordKey();
  const keyText = key.toString('latin1');
  const encode = (): void => {
    encodeAttachment(file, key);
  };
  const peerEncode = (): void => {
    codec.encode(CryptoJS.AES.encrypt(file.toString('base64'), keyText).toString());
  };
  const { ours, peers } = alternate(7, encode, peerEncode);
  const megabytes = file.length / 1e6;
  return benchRow({
    name: 'attachment of 5 MiB to wire form',
    unit: 'MB/s',
    better: 'more',
    ours: ours.map((ms) => (megabytes / ms) * 1000),
    peer: codec.name,
    peers: peers.map((ms) => (megabytes / ms) * 1000),
    target: '>= 60 MB/s and >= 20x crypto-js',
    met: (median, ratio) => median >= 60 && ratio >= 20,
  });
}

export function run(): Promise<BenchRow[]> {
  if (codecs.some(({ encode }) => encode('fooba') !== 'ctqpyrk1')) throw new Error('a peer does other work');
  return Promise.resolve([...codecs.map(fieldDecrypts), ...codecs.map(attachmentEncode)]);
}
