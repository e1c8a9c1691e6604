/** What the page reads, held against the application's key chain, which writes it. */
import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asRecordKey,
  encodeAttachment,
  encodePlain,
  encodePlainAttachment,
  encodePlainCustomField,
  generateLinkCode,
  generatePartedKey,
  generateRecordKey,
  openEnvelopeText,
  parseTotp,
  partDigest,
  reencryptForLink,
  sealAttachmentKey,
  sealCustomField,
  sealedPartLength,
  sealEnvelope,
  sealPart,
  sealPartList,
  sealPassword,
  totpCode,
} from '../../../main/keychain/index.ts';
import { fromBase32x, fromBase64, openText, Unreadable } from './envelope.js';
import { fileKey, openFile } from './files.js';
import { md5 } from './md5.js';
import { openRecord } from './record.js';
import { codeAt, readTotp } from './totp.js';

const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const code = generateLinkCode();
const codeText = code.toString('latin1');

describe('MD5', () => {
  it('is that of RFC 1321', () => {
    const hex = (text: string): string => Buffer.from(md5(utf8(text))).toString('hex');
    expect(hex('')).toBe('d41d8cd98f00b204e9800998ecf8427e');
    expect(hex('message digest')).toBe('f96b697d7cb7938d525a2f31aaf161d0');
  });

  it('is the same as another one for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(Buffer.from(md5(bytes))).toEqual(createHash('md5').update(bytes).digest());
      }),
    );
  });
});

describe('an envelope', () => {
  it('opens to what was sealed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        expect(await openText(sealEnvelope(utf8(text), code), codeText)).toBe(utf8(text).toString('utf8'));
      }),
    );
  });

  it('is refused wherever the application refuses it', async () => {
    const wire = sealEnvelope(utf8('a text of more than one block, so that blocks can be changed'), code);
    const letter = fc.constantFrom(...'0123456789abcdefghjkmnpqrtuvwxyzilosA=é');
    await fc.assert(
      fc.asyncProperty(fc.nat(wire.length - 1), letter, async (at, put) => {
        const changed = wire.slice(0, at) + put + wire.slice(at + 1);
        const read = await openText(changed, codeText).catch((error: unknown) => error);
        const expected = (() => {
          try {
            return openEnvelopeText(changed, code).toString('utf8');
          } catch {
            return null;
          }
        })();
        if (expected === null) expect(read).toBeInstanceOf(Unreadable);
        else expect(read).toBe(expected);
      }),
    );
  });

  it('does not open with another code, or with none', async () => {
    const wire = sealEnvelope(utf8('text'), code);
    await expect(openText(wire, '')).rejects.toBeInstanceOf(Unreadable);
    await expect(openText(wire, 'A'.repeat(100))).rejects.toBeInstanceOf(Unreadable);
  });

  it('is in the only spelling of its codecs', () => {
    for (const text of ['AB==', 'AA=', 'AAA', 'A A=', 'AAAA='])
      expect(() => fromBase64(text)).toThrow(Unreadable);
    for (const text of ['0', '01', 'I0', '0000000i']) expect(() => fromBase32x(text)).toThrow(Unreadable);
  });
});

describe('a record', () => {
  it('opens member by member with the code', async () => {
    const key = generateRecordKey();
    const field = (name: string, value: string, type: string) =>
      sealCustomField({ name, value: utf8(value), type }, key);
    const item = {
      ...{ name: 'Router', login: 'root', url: 'https://r.example', description: 'Стойка 4' },
      passwordEncrypted: sealPassword(utf8('пароль'), key),
      customs: [
        field('PIN', '0000', 'password'),
        field('Code', 'JBSWY3DPEHPK3PXP', 'totp'),
        field('N', 'x', 'new'),
      ],
    };
    expect(await openRecord(reencryptForLink(item, key, code), codeText)).toEqual({
      ...{ name: 'Router', login: 'root', url: 'https://r.example', description: 'Стойка 4' },
      ...{ password: 'пароль', files: [] },
      fields: [
        { name: 'PIN', value: '0000', type: 'password' },
        { name: 'Code', value: 'JBSWY3DPEHPK3PXP', type: 'totp' },
        { name: 'N', value: 'x', type: 'password' },
      ],
    });
  });

  it('without client-side encryption opens without a code', async () => {
    const customs = [encodePlainCustomField({ name: 'PIN', value: utf8('0000'), type: 'password' })];
    const item = { name: 'N', passwordEncrypted: encodePlain(utf8('pass')), customs };
    expect(await openRecord(item, null)).toMatchObject({
      password: 'pass',
      fields: [{ name: 'PIN', value: '0000', type: 'password' }],
    });
  });

  it('that is anything else is empty, not an error of the page', async () => {
    const empty = { name: '', login: '', url: '', description: '', password: null, fields: [], files: [] };
    for (const odd of [null, 7, 'text', [], { customs: 'no', attachments: 3, name: 4 }]) {
      expect(await openRecord(odd, codeText)).toEqual(empty);
    }
  });
});

describe('a file', () => {
  const recordKey = asRecordKey(code);
  const whole = (wire: { encryptedData: string; hash: string }, parts: readonly Buffer[] = []) => ({
    content: async () => wire,
    part: async (number: number) => Uint8Array.from(parts[number - 1] ?? []),
  });
  const bytesOf = async (blob: Blob): Promise<Buffer> => Buffer.from(await blob.arrayBuffer());
  const none = (): void => undefined;

  it('comes out byte for byte, and not at all where it was changed', async () => {
    const content = randomBytes(5000);
    const wire = encodeAttachment(content, recordKey);
    const key = await fileKey(wire.encryptedKey, codeText);
    expect(await bytesOf(await openFile(whole(wire), key, true, none))).toEqual(content);
    const other = { ...wire, hash: encodeAttachment(randomBytes(5000), recordKey).hash };
    await expect(openFile(whole(other), key, true, none)).rejects.toBeInstanceOf(Unreadable);
  });

  it('without client-side encryption comes out as well', async () => {
    const wire = encodePlainAttachment(utf8('plain'));
    const key = await fileKey(wire.encryptedKey, null);
    expect((await bytesOf(await openFile(whole(wire), key, false, none))).toString()).toBe('plain');
  });

  it('in parts is joined from the parts of its list in their order, and from no others', async () => {
    const content = randomBytes(2500);
    const partSize = 1000;
    const key = generatePartedKey();
    const slices = [0, 1, 2].map((at) => content.subarray(at * partSize, (at + 1) * partSize));
    const sealed = slices.map((slice) =>
      Buffer.from(sealPart(slice, key, Buffer.alloc(sealedPartLength(slice.length, true)))),
    );
    const digest = createHash('sha256').update(content).digest('hex');
    const list = { size: content.length, partSize, digest, parts: sealed.map(partDigest) };
    const wire = sealPartList(list, key, recordKey);
    const opened = await fileKey(sealAttachmentKey(key, recordKey), codeText);
    const shares: number[] = [];
    const file = await openFile(whole(wire, sealed), opened, true, (share) => shares.push(share));
    expect(await bytesOf(file)).toEqual(content);
    expect(shares).toEqual([1 / 3, 2 / 3, 1]);
    const [first, second, third] = sealed;
    for (const parts of [
      [second, first, third],
      [first, second, second],
      [first, second],
    ]) {
      const given = parts.flatMap((part) => part ?? []);
      await expect(openFile(whole(wire, given), opened, true, none)).rejects.toBeInstanceOf(Unreadable);
    }
    const forged = sealPartList(list, generatePartedKey(), recordKey);
    await expect(openFile(whole(forged, sealed), opened, true, none)).rejects.toBeInstanceOf(Unreadable);
  });
});

describe('a one-time code', () => {
  it('is the application’s, whatever the secret, the hash, the length and the time', async () => {
    const secret = fc.stringMatching(/^[A-Z2-7]{16,40}$/);
    const parameters = fc.record({
      algorithm: fc.constantFrom('SHA1', 'SHA256', 'SHA512'),
      digits: fc.integer({ min: 6, max: 8 }),
      period: fc.constantFrom(15, 30, 60),
    });
    const time = fc.integer({ min: 0, max: 4e12 });
    await fc.assert(
      fc.asyncProperty(secret, parameters, time, async (text, { algorithm, digits, period }, at) => {
        const uri = `otpauth://totp/x?secret=${text}&algorithm=${algorithm}&digits=${digits}&period=${period}`;
        for (const written of [text, uri]) {
          const read = readTotp(written);
          if (read === null) throw new Error('not read');
          const { code: expected, remainingMs } = totpCode(parseTotp(written), at);
          expect(await codeAt(read, at)).toEqual({ code: expected, remainingMs });
        }
      }),
    );
  });

  it('is not made of what is no secret', () => {
    for (const text of ['', 'p4ss word!', 'otpauth://hotp/x?secret=JBSWY3DP', 'otpauth://totp/x?digits=99']) {
      expect(readTotp(text)).toBeNull();
    }
  });
});
