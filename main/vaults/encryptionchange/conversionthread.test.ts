import { afterAll, describe, expect, it } from 'vitest';
import {
  decodeAttachment,
  encodePlainAttachment,
  generateAttachmentKey,
  generatePartedKey,
  generateRecordKey,
  isInParts,
  openPart,
  partDigest,
  PLAIN_ATTACHMENT_KEY,
} from '../../keychain/index.ts';
import { ConversionThread } from './conversionthread.ts';

const workerFile = new URL('conversionworker.ts', import.meta.url);
const abort = new AbortController();
const thread = new ConversionThread(workerFile, abort.signal);
afterAll(() => thread.close());

const file = Buffer.from('some bytes of a file, \u00e4');

describe('files between the modes', () => {
  it('go from plain to encrypted and back', async () => {
    const [fileKey, recordKey] = [generateAttachmentKey(), generateRecordKey()];
    const sealed = await thread.file(encodePlainAttachment(file), null, { fileKey, recordKey });
    expect(decodeAttachment(sealed, recordKey).equals(file)).toBe(true);
    const plain = await thread.file(sealed, recordKey, null);
    expect(plain).toEqual({ ...encodePlainAttachment(file), encryptedKey: PLAIN_ATTACHMENT_KEY });
  });

  it('are refused where they do not open or are not what their hash says', async () => {
    const wire = encodePlainAttachment(file);
    const wrong = { ...wire, hash: '0'.repeat(64) };
    await expect(thread.file(wrong, null, null)).rejects.toMatchObject({ code: 'attachmentHashMismatch' });
    const foreign = generateRecordKey();
    await expect(thread.file(wire, foreign, null)).rejects.toMatchObject({ code: 'undecipherable' });
  });

  it('go part by part, each judged by its digest and its length', async () => {
    const key = generatePartedKey();
    const given = { bytes: Buffer.from(file), digest: partDigest(file), length: file.length };
    const sealed = await thread.part(given, null, key);
    expect(sealed.digest).toBe(partDigest(sealed.bytes));
    const list = { size: file.length, partSize: file.length, digest: '', parts: [sealed.digest] };
    const opened = [...openPart({ list, key }, 0, sealed.bytes)].map((piece) => piece.length);
    expect(opened).toEqual([file.length]);
    const back = await thread.part({ ...sealed, length: file.length }, key, null);
    expect(back.bytes.equals(file)).toBe(true);
    for (const wrong of [{ digest: '0'.repeat(64) }, { length: file.length - 1 }, { length: 2 ** 40 }]) {
      await expect(thread.part({ ...given, ...wrong }, null, key)).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:undecipherable|attachmentHashMismatch)$/) as string,
      });
    }
    expect(isInParts(encodePlainAttachment(file).encryptedKey, null)).toBe(false);
  });

  it('end with the work that they are part of', async () => {
    const ending = new AbortController();
    const other = new ConversionThread(workerFile, ending.signal);
    await other.file(encodePlainAttachment(file), null, null);
    const running = other.file(encodePlainAttachment(Buffer.alloc(5_000_000)), null, null);
    ending.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await other.close();
  });
});
