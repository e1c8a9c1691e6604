/**
 * Opening fields and encrypting files, against crypto-js, which the web client of this protocol
 * uses for the same work.
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

/** Fields a second on one core. */
function fieldDecrypts(): BenchRow {
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
      const base64 = decodeBase32xTolerant(wire).toString('latin1');
      CryptoJS.AES.decrypt(base64, keyText).toString(CryptoJS.enc.Utf8);
    }
  };
  const { ours, peers } = alternate(30, open, peerOpen);
  return benchRow({
    name: 'field decrypt, one core',
    unit: 'fields/s',
    better: 'more',
    ours: ours.map((ms) => (fieldCount / ms) * 1000),
    peer: 'crypto-js',
    peers: peers.map((ms) => (peerFieldCount / ms) * 1000),
    target: '>= 60,000/s and >= 12x crypto-js',
    met: (median, ratio) => median >= 60_000 && ratio >= 12,
  });
}

/** A 5 MiB file to its wire form, in MB of file a second. */
function attachmentEncode(): BenchRow {
  const file = randomBytes(5 * mebibyte);
  const key = generateRecordKey();
  const keyText = key.toString('latin1');
  const encode = (): void => {
    encodeAttachment(file, key);
  };
  const peerEncode = (): void => {
    encodeBase32x(Buffer.from(CryptoJS.AES.encrypt(file.toString('base64'), keyText).toString(), 'latin1'));
  };
  const { ours, peers } = alternate(7, encode, peerEncode);
  const megabytes = file.length / 1e6;
  return benchRow({
    name: 'attachment of 5 MiB to wire form',
    unit: 'MB/s',
    better: 'more',
    ours: ours.map((ms) => (megabytes / ms) * 1000),
    peer: 'crypto-js',
    peers: peers.map((ms) => (megabytes / ms) * 1000),
    target: '>= 60 MB/s and >= 20x crypto-js',
    met: (median, ratio) => median >= 60 && ratio >= 20,
  });
}

export function run(): Promise<BenchRow[]> {
  return Promise.resolve([fieldDecrypts(), attachmentEncode()]);
}
