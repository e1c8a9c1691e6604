/** Every format both ways, and hostile files of each: one refusal with a reason. */
import { createCipheriv, createHmac, pbkdf2Sync } from 'node:crypto';
import fc from 'fast-check';
import kdbxweb from 'kdbxweb';
import { describe, expect, it } from 'vitest';
import yazl from 'yazl';
import type { ImportFormat, ImportReason } from '../../contract/exchange.ts';
import { provideArgon2 } from './keepasskdf.ts';
import { importedRecord, readImport, readMapped, writeCsv, writeJson, writeKdbx } from './index.ts';
import type { ImportedRecord, ImportedTree } from './index.ts';

const password = Buffer.from('correct horse', 'utf8');
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'utf8'));

async function read(
  bytes: Uint8Array<ArrayBuffer>,
  key: Uint8Array | null = null,
  format: ImportFormat | null = null,
): Promise<ImportedTree> {
  const answer = await readImport({ bytes, format, password: key, keyFile: null });
  return answer.kind === 'tree' ? answer.tree : readMapped(answer.table, answer.preview.suggested);
}

function refusal(reason: ImportReason): object {
  return { code: 'importRefused', params: { reason } };
}

const full = importedRecord({
  path: ['Работа', 'Web / мост'],
  name: 'Mail "main"',
  login: 'olga',
  password: 'pä$$;\n"word"',
  urls: ['https://mail.example', 'https://two.example'],
  description: 'line\nline, two',
  tags: ['one', 'два'],
  color: 5,
  favourite: true,
  customs: [
    { label: 'PIN', type: 'password', value: '0000' },
    { label: 'Title', type: 'text', value: 'not the title' },
    { label: 'Code', type: 'totp', value: 'JBSWY3DPEHPK3PXP' },
    { label: 'PIN', type: 'text', value: 'again' },
  ],
});

describe('tables', () => {
  it('are read whatever the encoding and the delimiter', async () => {
    const text = 'Название;Логин;Пароль\r\nПочта;ольга;секрет\r\n';
    const windows1251 = Uint8Array.from(
      [...text].map((letter) => {
        const code = letter.charCodeAt(0);
        return code < 128 ? code : code - 0x410 + 0xc0;
      }),
    );
    const utf16 = Uint8Array.from(Buffer.from(`\uFEFF${text}`, 'utf16le'));
    for (const bytes of [bytesOf(text), bytesOf(`\uFEFF${text}`), windows1251, utf16]) {
      const [record] = (await read(bytes)).records;
      expect(record).toMatchObject({ name: 'Почта', login: 'ольга', password: 'секрет' });
    }
  });

  it('of Chrome and Firefox need no naming', async () => {
    const chrome = await read(bytesOf('name,url,username,password,note\nA,https://a.example,u,p,n\n'));
    expect(chrome).toMatchObject({
      format: 'chromeCsv',
      records: [{ name: 'A', password: 'p', description: 'n' }],
    });
    const firefox = await read(
      bytesOf(
        '"url","username","password","httpRealm","formActionOrigin","guid"\n"https://b.example","u","p","","",""\n',
      ),
    );
    expect(firefox).toMatchObject({
      format: 'firefoxCsv',
      records: [{ name: 'b.example', login: 'u', customs: [] }],
    });
  });

  it('show no secret in their preview', async () => {
    const bytes = bytesOf('name;password;anything\nGateway;hunter22;hidden1\n');
    const answer = await readImport({ bytes, format: null, password: null, keyFile: null });
    expect(answer.kind).toBe('table');
    const shown = JSON.stringify(answer.kind === 'table' && answer.preview);
    expect(shown).toContain('Gat');
    expect(shown).not.toMatch(/hunter|hidden/u);
  });

  it('with a million columns, or no end to a quote, are refused', async () => {
    await expect(read(bytesOf(`name${','.repeat(1_000_000)}\n`))).rejects.toMatchObject(refusal('tooLarge'));
    await expect(read(bytesOf('name,password\n"a,b\n'))).rejects.toMatchObject(refusal('damaged'));
    await expect(read(bytesOf('1,2\n3,4\n'))).rejects.toMatchObject(refusal('mappingMissing'));
  });

  it('written here read back as far as a row can say', async () => {
    const { customs: _customs, ...plain } = full;
    const [record] = (await read(writeCsv([full]))).records;
    expect(record).toMatchObject(plain);
    expect(record?.customs).toContainEqual({ label: 'totp', type: 'totp', value: 'JBSWY3DPEHPK3PXP' });
    expect(record?.customs.map(({ value }) => value)).toEqual(expect.arrayContaining(['0000', 'again']));
  });
});

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

describe('Bitwarden', () => {
  const plain = JSON.stringify({
    encrypted: false,
    folders: [{ id: 'f', name: 'Work/Servers' }],
    items: [
      {
        type: 1,
        name: 'Box',
        notes: null,
        favorite: true,
        folderId: 'f',
        login: {
          username: 'u',
          password: 'p',
          totp: 'JBSWY3DPEHPK3PXP',
          uris: [{ uri: 'https://x.example' }],
        },
        fields: [{ name: 'Hidden', value: 'h', type: 1 }],
        passwordHistory: [{ password: 'before', lastUsedDate: '2020-01-01T00:00:00.000Z' }],
      },
      { type: 3, name: 'Card', card: { number: '4111', brand: 'Visa', code: null } },
    ],
  });

  it('plain gives logins, cards, folders and former passwords', async () => {
    const { records, format } = await read(bytesOf(plain));
    expect(format).toBe('bitwarden');
    expect(records[0]).toMatchObject({
      path: ['Work', 'Servers'],
      name: 'Box',
      favourite: true,
      password: 'p',
    });
    expect(records[0]?.former).toEqual([{ password: 'before', at: Date.UTC(2020, 0, 1) }]);
    expect(records[1]?.customs).toContainEqual({ label: 'number', type: 'password', value: '4111' });
  });

  it('under a password opens with it only', async () => {
    const sealed = bytesOf(sealedBitwarden(plain, 'correct horse'));
    expect((await read(sealed, password)).records).toHaveLength(2);
    await expect(read(sealed)).rejects.toMatchObject(refusal('passwordNeeded'));
    await expect(read(sealed, Buffer.from('no'))).rejects.toMatchObject(refusal('wrongPassword'));
    const absurd = Buffer.from(sealed)
      .toString('utf8')
      .replace('"kdfIterations":5000', '"kdfIterations":2000000000');
    await expect(read(bytesOf(absurd), password)).rejects.toMatchObject(refusal('kdfRefused'));
  });

  it('bound to an account, cut short or of another shape is refused', async () => {
    const bound = bytesOf('{"encrypted":true,"items":[]}');
    await expect(read(bound)).rejects.toMatchObject(refusal('accountBound'));
    await expect(read(bytesOf(plain.slice(0, 90)))).rejects.toMatchObject(refusal('damaged'));
    await expect(read(bytesOf('{"items":[5]}'))).rejects.toMatchObject(refusal('damaged'));
  });
});

function sealedBitwarden(text: string, secret: string): string {
  const salt = 'c2FsdA==';
  const source = pbkdf2Sync(secret, salt, 5000, 32, 'sha256');
  const part = (info: string): Buffer => createHmac('sha256', source).update(`${info}\u0001`).digest();
  const seal = (value: string): string => {
    const iv = Buffer.alloc(16, 7);
    const cipher = createCipheriv('aes-256-cbc', part('enc'), iv);
    const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
    const mac = createHmac('sha256', part('mac')).update(iv).update(data).digest();
    return `2.${[iv, data, mac].map((each) => each.toString('base64')).join('|')}`;
  };
  return JSON.stringify({
    encrypted: true,
    passwordProtected: true,
    salt,
    kdfType: 0,
    kdfIterations: 5000,
    encKeyValidation_DO_NOT_EDIT: seal('check'),
    data: seal(text),
  });
}

describe('1PUX', () => {
  const data = JSON.stringify({
    accounts: [
      {
        vaults: [
          {
            attrs: { name: 'Private' },
            items: [
              {
                favIndex: 1,
                overview: { title: 'Site', url: 'https://s.example', tags: ['t'] },
                details: {
                  loginFields: [
                    { value: 'u', designation: 'username', name: 'u', fieldType: 'T' },
                    { value: 'p', designation: 'password', name: 'p', fieldType: 'P' },
                  ],
                  sections: [
                    {
                      title: 's',
                      fields: [
                        { title: 'one-time', value: { totp: 'JBSWY3DPEHPK3PXP' } },
                        { title: 'doc', value: { file: { fileName: 'a.txt', documentId: 'd1' } } },
                      ],
                    },
                  ],
                  documentAttributes: { fileName: 'lost.txt', documentId: 'd2' },
                },
              },
            ],
          },
        ],
      },
    ],
  });

  it('gives logins, codes and files, and says which files are missing', async () => {
    const bytes = await zipped({ 'export.data': data, 'files/d1__a.txt': 'hello' });
    const [record] = (await read(bytes)).records;
    expect(record).toMatchObject({ path: ['Private'], login: 'u', password: 'p', warnings: ['fileMissing'] });
    expect(record?.customs).toEqual([{ label: 'one-time', type: 'totp', value: 'JBSWY3DPEHPK3PXP' }]);
    expect(record?.files.map(({ bytes: content }) => Buffer.from(content).toString())).toEqual(['hello']);
  });

  it('that swells, leads out of the archive, is cut or lies about its sizes is refused', async () => {
    const bomb = await zipped({ 'export.data': 'a'.repeat(60_000_000) });
    await expect(read(bomb)).rejects.toMatchObject(refusal('archiveRefused'));
    const good = await zipped({ 'export.data': data, 'files/d1__a.txt': 'hello' });
    const out = Uint8Array.from(
      Buffer.from(
        Buffer.from(good).toString('latin1').replaceAll('files/d1__a.txt', '../..//d1__a.txt'.slice(0, 15)),
        'latin1',
      ),
    );
    await expect(read(out)).rejects.toMatchObject({ code: 'importRefused' });
    await expect(read(good.slice(0, good.length - 30))).rejects.toMatchObject(refusal('damaged'));
    await expect(read(await zipped({ other: 'x' }))).rejects.toMatchObject(refusal('unknownFormat'));
  });
});

async function zipped(files: Readonly<Record<string, string>>): Promise<Uint8Array<ArrayBuffer>> {
  const archive = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) archive.addBuffer(Buffer.from(content), name);
  archive.end();
  const chunks: Buffer[] = [];
  for await (const chunk of archive.outputStream) chunks.push(Buffer.from(chunk));
  return Uint8Array.from(Buffer.concat(chunks));
}

describe('JSON trees', () => {
  it('of our own read back as they were', async () => {
    const tree = await read(writeJson([full]));
    expect(tree.format).toBe('strongroomJson');
    expect(tree.records).toEqual([full]);
  });

  it('in the form guessed for Passwork are read', async () => {
    const guess = {
      vaults: [
        {
          name: 'V',
          folders: [{ name: 'F', passwords: [{ name: 'n', tags: 'a,b', url: 'https://e.example' }] }],
          passwords: [],
        },
      ],
    };
    const tree = await read(bytesOf(JSON.stringify(guess)));
    expect(tree).toMatchObject({
      format: 'passworkJson',
      records: [{ path: ['V', 'F'], name: 'n', tags: ['a', 'b'] }],
    });
  });

  it('without bottom are refused', async () => {
    const deep = `{"folders":[${'{"name":"a","folders":['.repeat(500)}${']}'.repeat(500)}]}`;
    await expect(read(bytesOf(deep))).rejects.toMatchObject(refusal('tooDeep'));
  });
});

describe('whatever bytes there are', () => {
  it('end in a tree or in one refusal', async () => {
    const starts = ['', '{', '{"items":[', '<KeePassFile>', 'PK\u0003\u0004', 'a,b\n'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.uint8Array({ maxLength: 300 }),
        async (start, noise) => {
          const bytes = Uint8Array.from(Buffer.concat([Buffer.from(start, 'latin1'), noise]));
          const outcome = await read(bytes).catch((error: unknown) => error);
          const isTree = typeof outcome === 'object' && outcome !== null && 'records' in outcome;
          if (!isTree) expect(outcome).toMatchObject({ code: 'importRefused' });
          expect(outcome).toBeTruthy();
        },
      ),
    );
  });

  it('come back from the readable form', async () => {
    const word = fc
      .string({ minLength: 1, maxLength: 12 })
      .filter((text) => text.trim() === text && !text.includes('\0'));
    const record = fc
      .record({ name: word, login: word, password: word, description: word })
      .map((known): ImportedRecord => importedRecord(known));
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 5 }), async (records) => {
        expect((await read(writeJson(records))).records).toEqual(records);
      }),
    );
  });
});
