import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attachmentHash, encodeAttachment, encodePlainAttachment } from './attachment.ts';
import {
  generatePartedKey,
  isInParts,
  openPart,
  openPartList,
  partCount,
  partDigest,
  partLength,
  PLAIN_PARTED_KEY,
  sealedPartLength,
  sealPart,
  sealPartList,
} from './attachmentparts.ts';
import type { OpenedPartList, PartList } from './attachmentparts.ts';
import { openEnvelope, sealEnvelope } from './envelope.ts';
import { encodeBase32x } from './base32x.ts';
import { encodeBase64 } from './base64.ts';
import { generateAttachmentKey, generateRecordKey } from './keys.ts';
import type { AttachmentKey } from './keys.ts';

const undecipherable = expect.objectContaining({ code: 'undecipherable', params: {} });
const mismatch = expect.objectContaining({ code: 'attachmentHashMismatch', params: {} });
const recordKey = generateRecordKey();
const partSize = 1000;

function sealed(part: Uint8Array, key: AttachmentKey | null): Buffer {
  return sealPart(part, key, Buffer.alloc(sealedPartLength(part.length, key !== null)));
}

/** A file as it would travel. */
function inParts(file: Buffer, key: AttachmentKey | null) {
  const parts = Array.from({ length: partCount(file.length, partSize) }, (_, index) =>
    sealed(file.subarray(index * partSize, (index + 1) * partSize), key),
  );
  const digest = createHash('sha256').update(file).digest('hex');
  const list: PartList = { size: file.length, partSize, digest, parts: parts.map(partDigest) };
  return { parts, list, wire: sealPartList(list, key, key === null ? null : recordKey) };
}

/** Takes pieces while they are valid. */
function copied(file: OpenedPartList, index: number, part: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (const piece of openPart(file, index, part)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

describe('a file in parts', () => {
  it('comes back as it was, with and without client-side encryption', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 3500 }), fc.boolean(), (bytes, isOpen) => {
        const file = Buffer.from(bytes);
        const { wire, parts, list } = inParts(file, isOpen ? null : generatePartedKey());
        const read = openPartList(wire, isOpen ? null : recordKey);
        expect(read.list).toEqual(list);
        const back = parts.map((part, index) => copied(read, index, part));
        expect(back.map(({ length }) => length)).toEqual(parts.map((_, index) => partLength(list, index)));
        expect(Buffer.concat(back)).toEqual(file);
      }),
    );
  });

  it('has parts that are the inner blob of an envelope', () => {
    const key = generatePartedKey();
    const file = randomBytes(700_000);
    const part = sealed(file, key);
    expect(part.length).toBe(sealedPartLength(file.length, true));
    const wire = encodeBase32x(encodeBase64(part));
    expect(openEnvelope(wire, key)).toEqual(file);
  });

  it('has a salt of its own for each part', () => {
    const key = generatePartedKey();
    const part = Buffer.alloc(32, 7);
    expect(sealed(part, key)).not.toEqual(sealed(part, key));
  });
});

describe('the kind of an attachment', () => {
  it('is told by its key, and by nothing else', () => {
    const { wire } = inParts(randomBytes(10), generatePartedKey());
    expect(isInParts(wire.encryptedKey, recordKey)).toBe(true);
    expect(isInParts(inParts(randomBytes(10), null).wire.encryptedKey, null)).toBe(true);
    const ordinary = encodeAttachment(Buffer.from('a file'), recordKey);
    expect(isInParts(ordinary.encryptedKey, recordKey)).toBe(false);
    expect(isInParts(encodePlainAttachment(Buffer.from('a file')).encryptedKey, null)).toBe(false);
  });

  it('does not change with the content: a list as an ordinary file is a file, a file as a list is refused', () => {
    const { list } = inParts(randomBytes(10), generatePartedKey());
    const asFile = sealPartList(list, generateAttachmentKey(), recordKey);
    expect(isInParts(asFile.encryptedKey, recordKey)).toBe(false);
    expect(() => openPartList(asFile, recordKey)).toThrow(undecipherable);
    const attachmentKey = generatePartedKey();
    const asList = encodeAttachment(Buffer.from('{"format":"strongroom file in parts"}'), recordKey, {
      attachmentKey,
    });
    expect(() => openPartList(asList, recordKey)).toThrow(undecipherable);
    const plain = encodePlainAttachment(Buffer.from('x'));
    expect(() => openPartList(plain, null)).toThrow(undecipherable);
    expect(() => openPartList({ ...plain, encryptedKey: PLAIN_PARTED_KEY }, null)).toThrow(undecipherable);
  });
});

describe('a list', () => {
  const key = generatePartedKey();
  const { list, wire } = inParts(randomBytes(2500), key);

  it('that was altered without the key is refused, whatever hash comes with it', () => {
    const text = openEnvelope(wire.encryptedData, key).toString('latin1');
    const plain = Buffer.from(text, 'base64').toString('latin1');
    for (const altered of [
      plain.replace('2500', '2400'),
      plain.replace(list.parts[0] ?? '', list.parts[1] ?? ''),
      plain.slice(0, -1),
      plain + ' ',
      '',
    ]) {
      const bytes = Buffer.from(altered, 'latin1');
      const encryptedData = sealEnvelope(encodeBase64(bytes), key);
      const forged = { ...wire, encryptedData, hash: attachmentHash(bytes) };
      expect(() => openPartList(forged, recordKey)).toThrow(undecipherable);
    }
  });

  it('of another file does not open under this key', () => {
    const other = inParts(randomBytes(2500), generatePartedKey()).wire;
    expect(() => openPartList({ ...other, encryptedKey: wire.encryptedKey }, recordKey)).toThrow(
      undecipherable,
    );
  });

  it.each([
    ['no size', { size: 0 }],
    ['a part too few', { parts: list.parts.slice(1) }],
    ['something that is no digest', { parts: ['x', ...list.parts.slice(1)] }],
    ['no digest of the whole', { digest: 'x' }],
    ['parts of no size', { partSize: 0 }],
  ])('with %s is refused, though its writer had the key', (_, change) => {
    const careless: PartList = { ...list, ...change };
    expect(() => openPartList(sealPartList(careless, key, recordKey), recordKey)).toThrow(undecipherable);
  });
});

describe('a part', () => {
  const key = generatePartedKey();
  const { parts, wire } = inParts(randomBytes(2500), key);
  const file = openPartList(wire, recordKey);
  const [first = Buffer.alloc(0), second = Buffer.alloc(0), last = Buffer.alloc(0)] = parts;

  it('in the place of another, cut, altered or of another file gives out nothing', () => {
    const other = inParts(randomBytes(2500), key).parts[0] ?? Buffer.alloc(0);
    const altered = Buffer.from(first);
    altered[500] = (altered[500] ?? 0) ^ 1;
    const lies = [second, last, first.subarray(0, -16), Buffer.concat([first, second]), altered, other];
    for (const lie of [...lies, Buffer.alloc(0)]) {
      expect(() => copied(file, 0, lie)).toThrow(mismatch);
    }
    expect(() => copied(file, 3, first)).toThrow(mismatch);
  });

  it('that the list names and that does not hold what it should is refused', () => {
    const named = (part: Buffer): OpenedPartList => ({
      ...file,
      list: { ...file.list, parts: [partDigest(part), ...file.list.parts.slice(1)] },
    });
    for (const part of [sealed(randomBytes(999), key), Buffer.alloc(64), Buffer.alloc(0), last]) {
      expect(() => copied(named(part), 0, part)).toThrow(undecipherable);
    }
    const foreign = sealed(randomBytes(partSize), generatePartedKey());
    expect(() => copied(named(foreign), 0, foreign)).toThrow(undecipherable);
  });

  it('is given out in pieces that are wiped behind their reader', () => {
    const kept = Array.from(openPart(file, 0, first));
    expect(kept.every((piece) => piece.every((byte) => byte === 0))).toBe(true);
  });
});
