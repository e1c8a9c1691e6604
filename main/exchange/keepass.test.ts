/** Databases of KeePass both ways, of others, and hostile ones. */
import kdbxweb from 'kdbxweb';
import { describe, expect, it } from 'vitest';
import { provideArgon2 } from './keepasskdf.ts';
import { writeKdbx } from './index.ts';
import { bytesOf, full, password, read, refusal } from './testreading.ts';

describe('KeePass', () => {
  const withFile = { ...full, files: [{ name: 'key.bin', bytes: Uint8Array.from([1, 0, 255]) }] };

  it('databases written here read back as they were', async () => {
    const tree = await read(await writeKdbx([withFile], password, 'Export'), password);
    expect(tree.format).toBe('kdbx');
    expect(tree.records).toEqual([withFile]);
    expect(tree.folders).toEqual([['Работа'], ['Работа', 'Web / мост']]);
  });

  it('databases of others give their codes, hidden fields, former passwords and files', async () => {
    const [record] = (await read(await foreignDatabase(), password)).records;
    expect(record).toMatchObject({
      path: [],
      name: 'Router',
      password: 'new',
      urls: ['https://one.example', 'https://two.example'],
      former: [{ password: 'old' }],
      files: [{ name: 'a.txt' }],
    });
    expect(record?.customs).toEqual([
      { label: 'TOTP', type: 'totp', value: 'otpauth://totp/code?secret=JBSWY3DPEHPK3PXP&period=60' },
      { label: 'Hidden', type: 'password', value: 'h' },
      { label: 'Shown', type: 'text', value: 's' },
    ]);
  });

  it('databases of the older format, and XML, are read', async () => {
    const database = kdbxweb.Kdbx.create(
      new kdbxweb.Credentials(kdbxweb.ProtectedValue.fromString('correct horse')),
      'old',
    );
    database.setVersion(3);
    const entry = database.createEntry(database.getDefaultGroup());
    entry.fields.set('Title', 'Old');
    entry.fields.set('Password', kdbxweb.ProtectedValue.fromString('p'));
    const bytes = new Uint8Array(await database.save());
    expect((await read(bytes, password)).records).toMatchObject([{ name: 'Old', password: 'p' }]);
    const xml = bytesOf(await database.saveXml());
    expect(await read(xml)).toMatchObject({
      format: 'keepassXml',
      records: [{ name: 'Old', password: 'p' }],
    });
  });

  it('databases do not open without their password, nor cut, nor with a bit turned', async () => {
    const bytes = await foreignDatabase();
    await expect(read(bytes)).rejects.toMatchObject(refusal('passwordNeeded'));
    await expect(read(bytes, Buffer.from('wrong'))).rejects.toMatchObject(refusal('wrongPassword'));
    for (const end of [4, 11, 60, bytes.length - 40]) {
      await expect(read(bytes.slice(0, end), password, 'kdbx')).rejects.toMatchObject({
        code: 'importRefused',
      });
    }
    const turned = bytes.slice();
    const at = turned.length - 50;
    turned[at] = (turned[at] ?? 0) ^ 1;
    await expect(read(turned, password)).rejects.toMatchObject({ code: 'importRefused' });
  });

  it('databases that ask for absurd work are refused before any is done', async () => {
    const hungry = (key: string, value: kdbxweb.Int64): Promise<Uint8Array<ArrayBuffer>> =>
      headerWith(key, value);
    const int = (hi: number): kdbxweb.Int64 => new kdbxweb.Int64(0, hi);
    for (const key of ['M', 'I']) {
      const bytes = await hungry(key, int(4));
      await expect(read(bytes, password)).rejects.toMatchObject(refusal('kdfRefused'));
    }
  });

  it('XML with entities or without bottom is refused', async () => {
    const entity = '<!DOCTYPE a [<!ENTITY b "c">]><KeePassFile>&b;</KeePassFile>';
    await expect(read(bytesOf(entity), null, 'keepassXml')).rejects.toMatchObject(refusal('damaged'));
    const deep = `<KeePassFile>${'<Group>'.repeat(100_000)}`;
    await expect(read(bytesOf(deep))).rejects.toMatchObject(refusal('tooDeep'));
  });
});

async function foreignDatabase(): Promise<Uint8Array<ArrayBuffer>> {
  const { Kdbx, Credentials, ProtectedValue } = kdbxweb;
  provideArgon2();
  const database = Kdbx.create(new Credentials(ProtectedValue.fromString('correct horse')), 'foreign');
  cheap(database);
  const entry = database.createEntry(database.getDefaultGroup());
  entry.fields.set('Title', 'Router');
  entry.fields.set('Password', ProtectedValue.fromString('old'));
  entry.pushHistory();
  entry.fields.set('Password', ProtectedValue.fromString('new'));
  entry.fields.set('URL', 'https://one.example');
  entry.fields.set('KP2A_URL', 'https://two.example');
  entry.fields.set('TimeOtp-Secret-Base32', ProtectedValue.fromString('JBSW Y3DP EHPK 3PXP'));
  entry.fields.set('TimeOtp-Period', '60');
  entry.fields.set('Hidden', ProtectedValue.fromString('h'));
  entry.fields.set('Shown', 's');
  entry.binaries.set('a.txt', await database.createBinary(bytesOf('file').buffer));
  return new Uint8Array(await database.save());
}

function cheap(database: kdbxweb.Kdbx): void {
  const { UInt64 } = kdbxweb.VarDictionary.ValueType;
  database.header.kdfParameters?.set('M', UInt64, new kdbxweb.Int64(65_536, 0));
  database.header.kdfParameters?.set('I', UInt64, new kdbxweb.Int64(1, 0));
}

/** A database whose header was changed after it was written, as an attacker would. */
async function headerWith(key: string, value: kdbxweb.Int64): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await foreignDatabase();
  const at = Buffer.from(bytes).indexOf(Buffer.from([5, 1, 0, 0, 0, key.charCodeAt(0), 8, 0, 0, 0]));
  expect(at).toBeGreaterThan(0);
  const view = new DataView(bytes.buffer);
  view.setUint32(at + 10, value.lo, true);
  view.setUint32(at + 14, value.hi, true);
  return bytes;
}
