/** No reader passes over anything in silence: what is not taken is told, in each format. */
import kdbxweb from 'kdbxweb';
import { describe, expect, it } from 'vitest';
import yazl from 'yazl';
import type { ColumnRole } from '../../contract/exchange.ts';
import { credentialsOf } from './keepass.ts';
import { readImport, readMapped } from './index.ts';
import type { ImportedTree } from './index.ts';
import { tableOf } from './table.ts';

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'utf8'));

async function read(bytes: Uint8Array<ArrayBuffer>): Promise<ImportedTree> {
  const answer = await readImport({ bytes, format: null, password: null, keyFile: null });
  return answer.kind === 'tree' ? answer.tree : readMapped(answer.table, answer.preview.suggested);
}

const warningsIn = ({ records }: ImportedTree): unknown[] =>
  records.map(({ name, warnings, leave }) => [name, ...warnings, ...(leave === null ? [] : [leave])]);

describe('KeePass', () => {
  async function exported(change: (database: kdbxweb.Kdbx, entry: kdbxweb.KdbxEntry) => void) {
    const key = credentialsOf({ password: Buffer.from('p'), keyFile: null });
    const database = kdbxweb.Kdbx.create(key, 'losses');
    const entry = database.createEntry(database.createGroup(database.getDefaultGroup(), 'Work'));
    entry.fields.set('Title', 'Mail');
    entry.fields.set('Password', kdbxweb.ProtectedValue.fromString('one'));
    change(database, entry);
    return read(bytesOf(await database.saveXml()));
  }

  it('entries without anything odd are whole', async () => {
    expect(warningsIn(await exported(() => undefined))).toEqual([['Mail']]);
  });

  it('what is typed by itself, and data of other programs, is told', async () => {
    const typed = await exported((_, entry) => {
      entry.autoType.items.push({ window: 'Mail', keystrokeSequence: '{PASSWORD}' });
    });
    expect(warningsIn(typed)).toEqual([['Mail', 'fieldLeft']]);
    const others = await exported((_, entry) => {
      entry.customData = new Map([['another.program', { value: 'says so' }]]);
    });
    expect(warningsIn(others)).toEqual([['Mail', 'fieldLeft']]);
  });

  it('the end of an entry is kept as a field', async () => {
    const { records } = await exported((_, entry) => {
      entry.times.expires = true;
      entry.times.expiryTime = new Date(Date.UTC(2027, 4, 1));
    });
    const field = { label: 'Expires', type: 'text', value: '2027-05-01T00:00:00.000Z' };
    expect(records[0]?.customs).toEqual([field]);
  });

  it('earlier states give their passwords, and what else they held is told', async () => {
    const tree = await exported((_, entry) => {
      entry.pushHistory();
      entry.fields.set('Password', kdbxweb.ProtectedValue.fromString('two'));
    });
    expect(warningsIn(tree)).toEqual([['Mail']]);
    expect(tree.records[0]?.former.map(({ password }) => password)).toEqual(['one']);
    const renamed = await exported((_, entry) => {
      entry.pushHistory();
      entry.fields.set('UserName', 'olga');
    });
    expect(warningsIn(renamed)).toEqual([['Mail', 'formerStatesLeft']]);
  });

  it('the bin and the notes of folders are told', async () => {
    const tree = await exported((database, entry) => {
      const group = entry.parentGroup;
      if (group) group.notes = 'about these';
      const gone = database.createEntry(database.getDefaultGroup());
      gone.fields.set('Title', 'Gone');
      database.remove(gone);
    });
    expect(warningsIn(tree)).toContainEqual(['Gone', 'deletedThere']);
    expect(tree.left).toEqual([{ name: 'Work', warning: 'folderNotesLeft' }]);
    expect(tree.folders).toEqual([['Work']]);
  });
});

describe('tables', () => {
  const mapped = (text: string, columns: ColumnRole[]): ImportedTree =>
    readMapped(tableOf(bytesOf(text)), { header: true, columns });

  it('tell of columns that nobody wanted, unless they are empty', () => {
    const { left } = mapped('name,icon,empty\nMail,star,\n', ['name', 'ignore', 'ignore']);
    expect(left).toEqual([{ name: 'icon', warning: 'columnLeft' }]);
  });

  it('keep a second login or password as a field of its own', () => {
    const text = 'name,mail,user,pin\nMail,o@x.example,olga,1234\n';
    const { records } = mapped(text, ['name', 'login', 'login', 'password']);
    expect(records[0]).toMatchObject({ login: 'o@x.example', password: '1234' });
    expect(records[0]?.customs).toEqual([{ label: 'user', type: 'text', value: 'olga' }]);
  });

  it('tell of cells behind the last column and of marks that mean nothing here', () => {
    const text = 'name,color,fav\nA,3,1\nB,red,1\nC,3,perhaps\nD,3,1,more\n';
    const tree = mapped(text, ['name', 'color', 'favourite']);
    expect(warningsIn(tree)).toEqual([['A'], ['B', 'fieldLeft'], ['C', 'fieldLeft'], ['D', 'fieldLeft']]);
  });
});

describe('Bitwarden', () => {
  const one = async (item: object) =>
    warningsIn(
      await read(bytesOf(JSON.stringify({ encrypted: false, items: [{ type: 1, name: 'A', ...item }] }))),
    );

  it.each([
    ['a passkey', { login: { username: 'u', fido2Credentials: [{ credentialId: 'c' }] } }],
    ['a rule for an address', { login: { uris: [{ uri: 'https://a.example', match: 3 }] } }],
    ['a linked field', { fields: [{ name: 'n', value: null, type: 3 }] }],
    ['more than one place', { collectionIds: ['a', 'b'] }],
    ['a question before it is filled in', { reprompt: 1 }],
  ])('with %s is told of', async (_, item) => {
    expect(await one(item)).toEqual([['A', 'fieldLeft']]);
  });

  it('without anything odd is whole, and what was deleted there is left out by name', async () => {
    const plain = {
      id: 'i',
      organizationId: null,
      reprompt: 0,
      login: { username: 'u', fido2Credentials: [] },
    };
    expect(await one(plain)).toEqual([['A']]);
    expect(await one({ deletedDate: '2020-01-01T00:00:00.000Z' })).toEqual([['A', 'deletedThere']]);
  });
});

describe('1PUX', () => {
  async function archive(item: object): Promise<ImportedTree> {
    const file = new yazl.ZipFile();
    const details = { notesPlain: '', sections: [] };
    const items = [{ overview: { title: 'A' }, details, ...item }];
    const data = JSON.stringify({ accounts: [{ vaults: [{ attrs: { name: 'V' }, items }] }] });
    file.addBuffer(Buffer.from(data), 'export.data');
    file.end();
    const chunks: Buffer[] = [];
    for await (const chunk of file.outputStream) chunks.push(Buffer.from(chunk));
    return read(Uint8Array.from(Buffer.concat(chunks)));
  }

  it('tells of what was archived and of members it does not know', async () => {
    expect(warningsIn(await archive({}))).toEqual([['A']]);
    expect(warningsIn(await archive({ state: 'archived' }))).toEqual([['A', 'archivedThere']]);
    const passkey = await archive({ details: { passkey: { privateKey: 'k' } } });
    expect(warningsIn(passkey)).toEqual([['A', 'fieldLeft']]);
  });

  it('keeps numbers of addresses and the second login', async () => {
    const loginFields = ['first', 'second'].map((value) => ({ value, designation: 'username', name: value }));
    const sections = [
      { title: '', fields: [{ title: 'home', value: { address: { street: 'High', no: 7 } } }] },
    ];
    const [record] = (await archive({ details: { loginFields, sections } })).records;
    expect(record).toMatchObject({ login: 'first' });
    expect(record?.customs).toEqual([
      { label: 'second', type: 'text', value: 'second' },
      { label: 'home', type: 'text', value: 'High, 7' },
    ]);
  });
});

describe('the JSON guessed for Passwork', () => {
  it('tells of members it does not know, odd colours and notes of folders', async () => {
    const passwords = [{ name: 'A' }, { name: 'B', rotation: 'monthly' }, { name: 'C', color: 'red' }];
    const tree = await read(
      bytesOf(JSON.stringify({ folders: [{ name: 'F', description: 'about', passwords }] })),
    );
    expect(warningsIn(tree)).toEqual([['A'], ['B', 'fieldLeft'], ['C', 'fieldLeft']]);
    expect(tree.left).toEqual([{ name: 'F', warning: 'folderNotesLeft' }]);
  });
});
