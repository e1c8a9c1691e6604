import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openAttachmentKey, sealAttachmentKey } from './attachment.ts';
import { asRecordKey, generateAttachmentKey, generateLinkCode, generateRecordKey } from './keys.ts';
import { linkKeyHash, openLinkCode, reencryptForLink, sealLinkCode } from './link.ts';
import { openCustomField, openPassword, sealCustoms, sealPassword } from './record.ts';

const refusal = expect.objectContaining({ code: 'undecipherable' });
const recordKey = generateRecordKey();
const code = generateLinkCode();
const attachmentKey = generateAttachmentKey();
const item = {
  id: 'not for a link',
  keyEncrypted: 'not for a link',
  name: 'Router',
  login: 'admin',
  url: null,
  description: 'in the cellar',
  passwordEncrypted: sealPassword(Buffer.from('пароль'), recordKey),
  attachments: [
    {
      id: 'a1',
      name: 'config.txt',
      encryptedKey: sealAttachmentKey(attachmentKey, recordKey),
      hash: 'left out',
    },
  ],
  customs: sealCustoms([{ name: 'PIN', value: Buffer.from('1234'), type: 'password', order: 1 }], recordKey),
};

describe('external links', () => {
  it('the code is known to the server by its hash and to members by the record key', () => {
    expect(linkKeyHash(code)).toBe(createHash('sha256').update(code).digest('hex'));
    expect(openLinkCode(sealLinkCode(code, recordKey), recordKey).equals(code)).toBe(true);
    expect(() => openLinkCode(sealLinkCode(code, recordKey), generateRecordKey())).toThrow(refusal);
    const noCode = code.subarray(0, 0) as typeof code;
    expect(() => linkKeyHash(noCode)).toThrow(expect.objectContaining({ code: 'emptyKey' }));
  });

  it('carry what a link carries, all of it under the code and nothing under the record key', () => {
    const before = structuredClone(item);
    const data = reencryptForLink(item, recordKey, code);
    const linkKey = asRecordKey(code);
    expect(Object.keys(data).sort()).toEqual(
      ['attachments', 'customs', 'description', 'login', 'name', 'passwordEncrypted', 'url'].sort(),
    );
    expect([data.name, data.login, data.url, data.description]).toEqual([
      'Router',
      'admin',
      null,
      'in the cellar',
    ]);
    expect(openPassword(data.passwordEncrypted, linkKey)?.toString()).toBe('пароль');
    expect(() => openPassword(data.passwordEncrypted, recordKey)).toThrow(refusal);
    const [field] = data.customs!;
    expect(openCustomField(field!, linkKey)).toEqual({
      name: 'PIN',
      value: Buffer.from('1234'),
      type: 'password',
      order: 1,
    });
    const [attachment] = data.attachments!;
    expect(Object.keys(attachment!)).toEqual(['id', 'name', 'encryptedKey']);
    expect(openAttachmentKey(attachment!.encryptedKey, linkKey).equals(attachmentKey)).toBe(true);
    expect(item).toEqual(before);
  });

  it('absent members stay absent, an absent password stays absent', () => {
    expect(reencryptForLink({ name: 'Only a name' }, recordKey, code)).toEqual({ name: 'Only a name' });
    const bare = { name: 'n', passwordEncrypted: null };
    expect(reencryptForLink(bare, recordKey, code)).toEqual(bare);
  });

  it('a value that does not open makes no link', () => {
    expect(() => reencryptForLink(item, generateRecordKey(), code)).toThrow(refusal);
    expect(() => reencryptForLink({ ...item, passwordEncrypted: 'cGxhaW4=' }, recordKey, code)).toThrow(
      refusal,
    );
  });
});
