/** What the application wrote, read by something that shares no line with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anna } from '../hostile/smallorganisation.ts';
import { bytes, FileStage } from '../integration/filestage.ts';
import { oneTimeCode, readRecord } from './reader.ts';

const typed = {
  password: 'пароль, "quotes" & \u{1F511} e\u0301',
  label: 'Примечание',
  value: 'line one\nline two',
  secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
};
const content = bytes(70_001);
const set = (text: string) => ({ kind: 'set' as const, value: Buffer.from(text) });

let site: FileStage;
let recordId: string;
let itemId: string;
beforeAll(async () => {
  site = await FileStage.open();
  await site.begin();
  const vaultId = site.app.records.stored(site.recordId).vaultId ?? '';
  const created = await site.app.ask('editing', 'create', {
    place: { vaultId, folderId: null },
    fields: {
      name: 'Read by another program',
      password: set(typed.password),
      customs: [
        { from: null, label: set(typed.label), type: 'text', value: set(typed.value) },
        { from: null, label: set('TOTP'), type: 'totp', value: set(typed.secret) },
      ],
    },
  });
  recordId = created.recordId;
  await site.attach('every byte.bin', content, recordId);
  await site.sent();
  itemId = site.app.records.stored(recordId).itemServerId;
});
afterAll(async () => {
  site.end();
  await site.close();
});

describe('a reader written from the protocol alone', () => {
  const person = { ...anna, masterPassword: anna.masterPassword ?? '' };

  it('finds in a record what was typed, and in its file what was attached', async () => {
    const record = await readRecord(site.server.url, person, itemId, 'every byte.bin');
    expect(record).toMatchObject({
      name: 'Read by another program',
      password: typed.password,
      customs: [
        { name: typed.label, value: typed.value, type: 'text' },
        { name: 'TOTP', value: typed.secret, type: 'totp' },
      ],
    });
    expect(record.file.bytes.equals(content)).toBe(true);
  });

  it('shows the same code', async () => {
    const { customs } = await readRecord(site.server.url, person, itemId, 'every byte.bin');
    const field = { kind: 'custom', index: 1 } as const;
    const { code, next, validUntil } = await site.app.ask('records', 'readCode', { recordId, field });
    const seconds = validUntil / 1000 - 1;
    const { value } = customs[1] ?? { value: '' };
    expect([oneTimeCode(value, seconds), oneTimeCode(value, seconds + 30)]).toEqual([code, next]);
    // RFC 6238, appendix B.
    expect(oneTimeCode(typed.secret, 59)).toBe('287082');
  });

  it('opens nothing with another master password', async () => {
    const other = { ...person, masterPassword: 'another master password' };
    await expect(readRecord(site.server.url, other, itemId, 'every byte.bin')).rejects.toThrow();
  });

  it('imports nothing but cryptography', () => {
    const source = readFileSync(join(import.meta.dirname, 'reader.ts'), 'utf8');
    const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, name]) => name);
    expect(imported).toEqual(['node:crypto']);
  });
});
