/** Tables and trees both ways, and whatever bytes there are: one refusal with a reason. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importedRecord, readImport, writeCsv, writeJson } from './index.ts';
import type { ImportedRecord } from './index.ts';
import { bytesOf, full, read, refusal } from './testreading.ts';

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
