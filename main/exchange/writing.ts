/**
 * Exports: KDBX 4 under Argon2id, which other programs open, and the readable CSV and JSON. All of
 * them read back into the records they were made of; CSV as far as one row can say.
 */
import { stringifyRow } from './csvrow.ts';
import kdbxweb from 'kdbxweb';
import { credentialsOf } from './keepass.ts';
import { factsKey, furtherFields } from './keepassfields.ts';
import { provideArgon2 } from './keepasskdf.ts';
import { jsonVersion } from './passworkjson.ts';
import { refusedImport } from './tree.ts';
import type { ImportedRecord } from './tree.ts';

/** What KeePassXC takes for a new database on a fast machine. */
const argon2 = { memoryBytes: 64 * 1024 * 1024, passes: 6, lanes: 2 };

/** Two bytes that spreadsheets take as the mark of UTF-8. */
const byteOrderMark = '\uFEFF';

/** An encrypted database with the attachments in it. An empty password is refused. */
export async function writeKdbx(
  records: readonly ImportedRecord[],
  password: Uint8Array,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (password.length === 0) throw refusedImport('passwordNeeded');
  provideArgon2();
  const database = kdbxweb.Kdbx.create(credentialsOf({ password, keyFile: null }), name);
  database.setKdf(kdbxweb.Consts.KdfId.Argon2id);
  const { kdfParameters } = database.header;
  const { UInt32, UInt64 } = kdbxweb.VarDictionary.ValueType;
  kdfParameters?.set('M', UInt64, new kdbxweb.Int64(argon2.memoryBytes, 0));
  kdfParameters?.set('I', UInt64, new kdbxweb.Int64(argon2.passes, 0));
  kdfParameters?.set('P', UInt32, argon2.lanes);
  const groups = new Map<string, kdbxweb.KdbxGroup>();
  for (const record of records) await addEntry(database, groupFor(database, groups, record.path), record);
  return new Uint8Array(await database.save());
}

function groupFor(
  database: kdbxweb.Kdbx,
  groups: Map<string, kdbxweb.KdbxGroup>,
  path: readonly string[],
): kdbxweb.KdbxGroup {
  const last = path.at(-1);
  if (last === undefined) return database.getDefaultGroup();
  const key = JSON.stringify(path);
  const known = groups.get(key);
  if (known) return known;
  const group = database.createGroup(groupFor(database, groups, path.slice(0, -1)), last);
  groups.set(key, group);
  return group;
}

async function addEntry(
  database: kdbxweb.Kdbx,
  group: kdbxweb.KdbxGroup,
  record: ImportedRecord,
): Promise<void> {
  const entry = database.createEntry(group);
  const { fields, facts } = furtherFields(record);
  entry.fields.set('Title', record.name);
  entry.fields.set('UserName', record.login);
  entry.fields.set('Password', kdbxweb.ProtectedValue.fromString(record.password));
  entry.fields.set('URL', record.urls[0] ?? '');
  entry.fields.set('Notes', record.description);
  for (const { key, value, secret } of fields) {
    entry.fields.set(key, secret ? kdbxweb.ProtectedValue.fromString(value) : value);
  }
  entry.tags = [...record.tags];
  entry.customData = new Map([[factsKey, { value: JSON.stringify(facts) }]]);
  for (const { name, bytes } of record.files) {
    entry.binaries.set(freeName(name, entry.binaries), await database.createBinary(bytes.slice().buffer));
  }
}

/** An entry of KeePass has one file of a name. */
function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${String(number)} ${name}`;
  return free;
}

const csvNames = [
  'folder',
  'name',
  'login',
  'password',
  'url',
  'description',
  'tags',
  'favourite',
  'color',
  'totp',
];

/** A table; custom fields follow under their labels, one column for each label and number of it. */
export function writeCsv(records: readonly ImportedRecord[]): Uint8Array<ArrayBuffer> {
  const labels = new Map<string, number>();
  const rows = records.map((record) => {
    const further = new Map<number, string>();
    const [code] = record.customs.filter(({ type }) => type === 'totp');
    const seen = new Map<string, number>();
    for (const custom of record.customs) {
      if (custom === code) continue;
      const number = (seen.get(custom.label) ?? 0) + 1;
      seen.set(custom.label, number);
      const label = number === 1 ? custom.label || 'field' : `${custom.label || 'field'} (${String(number)})`;
      const column = labels.get(label) ?? labels.size;
      labels.set(label, column);
      further.set(column, custom.value);
    }
    return { record, code: code?.value ?? '', further };
  });
  const header = stringifyRow([...csvNames, ...labels.keys()]);
  const lines = rows.map(({ record, code, further }) =>
    stringifyRow([...plainCells(record), code, ...Array.from(labels, ([, at]) => further.get(at) ?? '')]),
  );
  return Uint8Array.from(Buffer.from(byteOrderMark + [header, ...lines].join(''), 'utf8'));
}

function plainCells(record: ImportedRecord): string[] {
  const { path, name, login, password, urls, description, tags, favourite, color } = record;
  const folder = path.map((part) => part.replaceAll('/', '\\/')).join('/');
  const marks = [favourite ? '1' : '', color === 0 ? '' : String(color)];
  return [folder, name, login, password, urls.join('\n'), description, tags.join(','), ...marks];
}

interface JsonFolder {
  readonly name: string;
  readonly folders: JsonFolder[];
  readonly records: unknown[];
}

/** Our own readable form, with everything but the contents of attachments. */
export function writeJson(records: readonly ImportedRecord[]): Uint8Array<ArrayBuffer> {
  const root: JsonFolder = { name: '', folders: [], records: [] };
  for (const record of records) {
    const { path, name, login, password, urls, description, tags, color, favourite, customs } = record;
    let folder = root;
    for (const part of path) {
      let inner = folder.folders.find((each) => each.name === part);
      if (!inner) folder.folders.push((inner = { name: part, folders: [], records: [] }));
      folder = inner;
    }
    folder.records.push({
      ...{ name, login, password, urls, description, tags, color, favourite },
      customs: customs.map(({ label, type, value }) => ({ name: label, type, value })),
    });
  }
  const exported = { strongroom: jsonVersion, folders: root.folders, records: root.records };
  return Uint8Array.from(Buffer.from(JSON.stringify(exported, null, 2), 'utf8'));
}
