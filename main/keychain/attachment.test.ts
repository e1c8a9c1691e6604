import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attachmentHash,
  decodeAttachment,
  decodePlainAttachment,
  encodeAttachment,
  encodePlainAttachment,
  openAttachmentKey,
  PLAIN_ATTACHMENT_KEY,
} from './attachment.ts';
import { decodeBase32xStrict, encodeBase32x } from './base32x.ts';
import { sealEnvelope } from './envelope.ts';
import { asAttachmentKey, generateAttachmentKey, generateRecordKey } from './keys.ts';

const refusal = expect.objectContaining({ code: 'undecipherable', params: {} });
const mismatch = expect.objectContaining({ code: 'attachmentHashMismatch', params: {} });
const recordKey = generateRecordKey();
const attachmentKey = generateAttachmentKey();

/** An attachment whose inner text is not what an honest writer would put there. */
const hostile = (inner: string, file: Buffer): ReturnType<typeof encodeAttachment> => ({
  encryptedKey: sealEnvelope(attachmentKey, recordKey),
  encryptedData: sealEnvelope(Buffer.from(inner), attachmentKey),
  hash: attachmentHash(file),
});

describe('attachments', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (file) => {
        expect(Uint8Array.from(decodeAttachment(encodeAttachment(file, recordKey), recordKey))).toEqual(file);
        expect(Uint8Array.from(decodePlainAttachment(encodePlainAttachment(file)))).toEqual(file);
      }),
    );
  });

  it.each([1, 2, 3, 49_151, 49_152, 49_153, 98_304, 200_000])('of %i bytes, across the pieces', (length) => {
    const file = Buffer.from(Array.from({ length }, (_, i) => (i * 7) % 256));
    const given = Buffer.from(file);
    const wire = encodeAttachment(file, recordKey, { attachmentKey, dataSalt: Buffer.alloc(8, 1) });
    expect(wire.encryptedData).toBe(
      sealEnvelope(Buffer.from(file.toString('base64')), attachmentKey, Buffer.alloc(8, 1)),
    );
    expect(decodeAttachment(wire, recordKey).equals(given)).toBe(true);
    expect(file.equals(given)).toBe(true);
  });

  it('have the hash of the string whose characters are the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (file) => {
        const asText = Buffer.from(Buffer.from(file).toString('latin1'), 'utf8');
        expect(attachmentHash(file)).toBe(createHash('sha256').update(asText).digest('hex'));
      }),
    );
    const long = Buffer.alloc(150_001, 0xe9);
    const asText = Buffer.from(long.toString('latin1'), 'utf8');
    expect(attachmentHash(long)).toBe(createHash('sha256').update(asText).digest('hex'));
  });

  it('each gets a key of its own, sealed under the record key', () => {
    const keys = Array.from({ length: 20 }, () =>
      openAttachmentKey(encodeAttachment(Buffer.from('x'), recordKey).encryptedKey, recordKey).toString(),
    );
    expect(new Set(keys).size).toBe(20);
    expect(keys[0]).toHaveLength(100);
  });

  it('with any key but its own does not open', () => {
    const wire = encodeAttachment(Buffer.from('file'), recordKey);
    expect(() => decodeAttachment(wire, generateRecordKey())).toThrow(refusal);
    expect(() => decodeAttachment({ ...wire, encryptedKey: PLAIN_ATTACHMENT_KEY }, recordKey)).toThrow(
      refusal,
    );
    const noKey = { ...wire, encryptedKey: sealEnvelope(Buffer.alloc(0), recordKey) };
    const emptyKey = expect.objectContaining({ code: 'emptyKey' });
    expect(() => decodeAttachment(noKey, recordKey)).toThrow(emptyKey);
    expect(() => encodeAttachment(Buffer.from('f'), recordKey.subarray(0, 0) as typeof recordKey)).toThrow(
      emptyKey,
    );
    expect(() => asAttachmentKey(Buffer.alloc(0))).toThrow(emptyKey);
  });

  it.each(['', '0'.repeat(64), 'é'.repeat(64)])('with the hash %j are refused', (hash) => {
    const file = Buffer.from('content');
    expect(() => decodeAttachment({ ...encodeAttachment(file, recordKey), hash }, recordKey)).toThrow(
      mismatch,
    );
    expect(() => decodePlainAttachment({ ...encodePlainAttachment(file), hash })).toThrow(mismatch);
  });

  it.each(['aGVsbG8', 'aGVsbG8=\n', 'aGVsbG9=', 'aGVs bG8=', 'a-Vs', 'aGVsbG8=aGVs', 'hello', '='])(
    'with the inner text %j are refused before the hash is looked at',
    (inner) => {
      const file = Buffer.from(inner, 'base64');
      expect(() => decodeAttachment(hostile(inner, file), recordKey)).toThrow(refusal);
      const plain = { ...encodePlainAttachment(file), encryptedData: Buffer.from(inner).toString('base64') };
      expect(() => decodePlainAttachment(plain)).toThrow(refusal);
    },
  );

  it('padded base64 in the middle, cut exactly between two pieces, is refused', () => {
    // The first piece of the reader ends after 30,704 bytes of text: a multiple of four.
    const first = `${'A'.repeat(30_702)}==`;
    const inner = `${first}${'A'.repeat(8)}`;
    expect(() => decodeAttachment(hostile(inner, Buffer.alloc(10)), recordKey)).toThrow(refusal);
  });

  it('2,000 changed bits: never the wrong bytes, never another error', () => {
    const file = Buffer.from('The quick brown fox jumps over the lazy dog. '.repeat(4));
    const wire = encodeAttachment(file, recordKey);
    const blob = Buffer.from(decodeBase32xStrict(wire.encryptedData).toString(), 'base64');
    const codes = new Set<unknown>();
    for (let i = 0; i < 2000; i += 1) {
      const changed = Buffer.from(blob);
      changed[(i * 31) % blob.length]! ^= 1 << (i % 8);
      const encryptedData = encodeBase32x(Buffer.from(changed.toString('base64')));
      try {
        decodeAttachment({ ...wire, encryptedData }, recordKey);
        codes.add('opened');
      } catch (error) {
        codes.add(error instanceof Error && 'code' in error ? error.code : error);
      }
    }
    codes.delete('attachmentHashMismatch');
    expect([...codes]).toEqual(['undecipherable']);
  });
});
