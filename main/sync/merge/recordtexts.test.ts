/** Whether ciphertexts hold the same text, and records under another key; with real keys. */
import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodePlain,
  generateAttachmentKey,
  generateRecordKey,
  openAttachmentKey,
  openEnvelopeText,
  sealAttachmentKey,
  sealEnvelope,
} from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { StoredAttachment, StoredRecord } from '../../mirror/model.ts';
import { aRecord } from '../../mirror/testmirror.ts';
import { RecordTexts, underNewKey } from './recordtexts.ts';

const manifestKey = createSecretKey(randomBytes(32));
const [from, to] = [generateRecordKey(), generateRecordKey()];
const seal = (text: string, key: RecordKey = from): string => sealEnvelope(Buffer.from(text, 'utf8'), key);
const open = (wire: string, key: RecordKey): string => openEnvelopeText(wire, key).toString('utf8');
const custom = (name: string, value: string, key: RecordKey = from) => ({
  name: seal(name, key),
  value: seal(value, key),
  type: seal('text', key),
});
const withPassword = (passwordEncrypted: string | null): StoredRecord =>
  aRecord({ id: 'r', vaultId: 'v', passwordEncrypted });

describe('the texts of a merge', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });

  it('are the same where the texts are, whatever their salts and keys', () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (one, other, isCopy) => {
        const [a, b] = [seal(one), seal(isCopy ? one : other, to)];
        const sides = [
          { record: withPassword(a), key: from },
          { record: withPassword(b), key: to },
        ];
        const texts = new RecordTexts(manifestKey, sides);
        expect(texts.secret(a, b)).toBe(isCopy || one === other);
        expect(texts.secret(b, a)).toBe(isCopy || one === other);
        expect(texts.secret(a, null)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('are the same where nothing stands, in whichever form', () => {
    const empty = seal('');
    const texts = new RecordTexts(manifestKey, [{ record: withPassword(empty), key: from }]);
    expect([texts.secret(null, ''), texts.secret(empty, null), texts.secret('', empty)]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('are never the same where one does not open, but byte for byte', () => {
    const [foreign, again] = [seal('text', to), seal('text', to)];
    const sides = [
      { record: withPassword(foreign), key: from },
      { record: withPassword(again), key: from },
    ];
    const texts = new RecordTexts(manifestKey, sides);
    expect([texts.secret(foreign, again), texts.secret(foreign, foreign)]).toEqual([false, true]);
    expect(texts.secret('of no side', 'of no other')).toBe(false);
    expect(texts.customIdentity({ name: foreign, value: '', type: '' })).toBeNull();
  });

  it('tell custom fields by their labels, without the label', () => {
    const [one, other] = [custom('PIN', '1'), custom('PIN', '2')];
    const record = { ...withPassword(null), customs: [one, other, custom('PUK', '1')] };
    const texts = new RecordTexts(manifestKey, [{ record, key: from }]);
    const [first, second, third] = record.customs.map((field) => texts.customIdentity(field));
    expect(first).toBe(second);
    expect(first).not.toBe(third);
    expect(first).not.toContain('PIN');
  });

  it('need no key without client-side encryption', () => {
    const wire = encodePlain(Buffer.from('open', 'utf8'));
    const texts = new RecordTexts(manifestKey, [{ record: withPassword(wire), key: null }]);
    expect([texts.secret(wire, wire), texts.secret(wire, null)]).toEqual([true, false]);
  });
});

describe('a record under another key', () => {
  const fileKey = generateAttachmentKey();
  const file = (id: string, serverId: string | null): StoredAttachment => ({
    id,
    serverId,
    name: id,
    encryptedKey: sealAttachmentKey(fileKey, from),
    hash: null,
    size: null,
    localFile: null,
  });
  const words = fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 4 });

  it('holds the same texts, each under the new key and none under the old one', () => {
    fc.assert(
      fc.property(fc.option(fc.string()), words, (password, fields) => {
        const record = {
          ...withPassword(password === null ? null : seal(password)),
          customs: fields.map(([name, value]) => custom(name, value)),
          attachments: [file('new', null)],
        };
        const anew = underNewKey(record, from, to, new Map());
        expect(anew.passwordEncrypted === null ? null : open(anew.passwordEncrypted, to)).toBe(password);
        expect(anew.customs.map(({ name, value }) => [open(name, to), open(value, to)])).toEqual(fields);
        expect(anew.customs.map(({ type }) => open(type, to))).toEqual(fields.map(() => 'text'));
        const [added] = anew.attachments;
        expect(openAttachmentKey(added?.encryptedKey ?? '', to)).toEqual(fileKey);
      }),
      { numRuns: 30 },
    );
  });

  it('has the same new ciphertext wherever it had the same old one, so that base and mine stay alike', () => {
    const mine = { ...withPassword(seal('kept')), customs: [custom('PIN', '1')] };
    const base = { ...mine, name: 'before' };
    const sealed = new Map<string, string>();
    const [newMine, newBase] = [mine, base].map((record) => underNewKey(record, from, to, sealed));
    expect(newMine?.passwordEncrypted).toBe(newBase?.passwordEncrypted);
    expect(newMine?.customs).toEqual(newBase?.customs);
    expect(newMine?.passwordEncrypted).not.toBe(mine.passwordEncrypted);
  });

  it('keeps what does not open, and the keys of files that the server has', () => {
    const record = {
      ...withPassword(seal('foreign', generateRecordKey())),
      attachments: [file('there', 's')],
    };
    expect(underNewKey(record, from, to, new Map())).toEqual(record);
    expect(underNewKey(record, from, from, new Map())).toBe(record);
  });
});
