/** What Bitwarden and 1Password write, and hostile files of either. */
import { createCipheriv, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import yazl from 'yazl';
import { bytesOf, password, read, refusal } from './testreading.ts';

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
