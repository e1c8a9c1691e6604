/**
 * KeePass databases: KDBX 3.1 and 4 and the XML that KeePass exports, read with kdbxweb. Groups
 * become folders, what lies in the recycle bin is named and left out, former states give their passwords.
 */
import kdbxweb from 'kdbxweb';
import { factsOf, factsKey, isUrlKey, knownCustoms, standardFields } from './keepassfields.ts';
import { loadBounded } from './keepassload.ts';
import { judgeKdf, provideArgon2 } from './keepasskdf.ts';
import { totpKeys, totpOf } from './totpforms.ts';
import { textOf } from './text.ts';
import { checkedTree, importedRecord, importLimits, refusedImport } from './tree.ts';
import type {
  FormerPassword,
  ImportedCustom,
  ImportedFile,
  ImportedRecord,
  ImportedTree,
  LeftThing,
} from './tree.ts';
import { entryLosses, expiryOf } from './keepasslosses.ts';

/** What opens a database; either may be missing. */
export interface DatabaseKey {
  /** UTF-8; the caller wipes it. */
  readonly password: Uint8Array | null;
  readonly keyFile: Uint8Array<ArrayBuffer> | null;
}

/** Throws `passwordNeeded`, `wrongPassword`, `kdfRefused`, `damaged`. */
export async function readKdbx(bytes: Uint8Array<ArrayBuffer>, key: DatabaseKey): Promise<ImportedTree> {
  judgeKdf(bytes);
  if (key.password === null && key.keyFile === null) throw refusedImport('passwordNeeded');
  provideArgon2();
  const database = await opened(async () => {
    const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer;
    return loadBounded(whole, credentialsOf(key));
  });
  return treeOf(database, 'kdbx');
}

/** Throws `damaged`, `tooDeep`. */
export async function readKeepassXml(bytes: Uint8Array): Promise<ImportedTree> {
  const text = textOf(bytes);
  judgeXml(text);
  const none = new kdbxweb.Credentials(kdbxweb.ProtectedValue.fromString(''));
  return treeOf(await opened(() => kdbxweb.Kdbx.loadXml(text, none)), 'keepassXml');
}

export function credentialsOf({ password, keyFile }: DatabaseKey): kdbxweb.Credentials {
  const protectedPassword =
    password === null ? null : kdbxweb.ProtectedValue.fromBinary(Uint8Array.from(password).buffer);
  return new kdbxweb.Credentials(protectedPassword, keyFile);
}

/** Entities that grow and elements without end are refused before a parser sees them. */
function judgeXml(text: string): void {
  if (/<!(?:DOCTYPE|ENTITY)/iu.test(text)) throw refusedImport('damaged');
  let depth = 0;
  for (const [tag] of text.matchAll(/<\/?[A-Za-z][^<>]*>/gu)) {
    if (tag.startsWith('</')) depth -= 1;
    else if (!tag.endsWith('/>')) depth += 1;
    // Every group is one element, its records a few more.
    if (depth > importLimits.depth + 20) throw refusedImport('tooDeep');
  }
}

async function opened(open: () => Promise<kdbxweb.Kdbx>): Promise<kdbxweb.Kdbx> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof Error && error.name === 'StrongroomError') throw error;
    if (error instanceof kdbxweb.KdbxError && error.code === kdbxweb.Consts.ErrorCodes.InvalidKey) {
      throw refusedImport('wrongPassword', error);
    }
    // Whatever else a parser of hostile bytes runs into, its stack included, is the file's fault.
    throw refusedImport(error instanceof RangeError ? 'tooDeep' : 'damaged', error);
  }
}

function treeOf(database: kdbxweb.Kdbx, format: 'kdbx' | 'keepassXml'): ImportedTree {
  const folders: string[][] = [];
  const records: ImportedRecord[] = [];
  const bin = database.meta.recycleBinEnabled ? database.meta.recycleBinUuid?.id : undefined;
  const waiting = database.groups.map((group) => ({ group, path: [] as string[], binned: false }));
  const left: LeftThing[] = [];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { group, path, binned } = next;
    if (path.length > importLimits.depth) throw refusedImport('tooDeep');
    if (path.length > 0 && !binned) folders.push(path);
    if (group.notes?.trim() && !binned) left.push({ name: path.at(-1) ?? '-', warning: 'folderNotesLeft' });
    for (const entry of group.entries) {
      const record = recordOf(entry, path, database);
      records.push(binned ? { ...record, leave: 'deletedThere' } : record);
    }
    for (const child of group.groups) {
      const inBin = binned || (bin !== undefined && child.uuid.id === bin);
      waiting.push({ group: child, path: [...path, child.name?.trim() || '-'], binned: inBin });
    }
  }
  return checkedTree({ format, folders, records, left });
}

function recordOf(entry: kdbxweb.KdbxEntry, path: readonly string[], database: kdbxweb.Kdbx): ImportedRecord {
  const fields = new Map(
    [...entry.fields].map(([key, value]) => [
      key,
      { value: asText(value), secret: value instanceof kdbxweb.ProtectedValue },
    ]),
  );
  const text = (key: (typeof standardFields)[number]): string => fields.get(key)?.value ?? '';
  const facts = factsOf(entry.customData?.get(factsKey)?.value);
  const { files, missing } = filesOf(entry, database);
  const furtherUrls = [...fields].filter(([key]) => isUrlKey(key)).map(([, { value }]) => value);
  return importedRecord({
    path,
    name: text('Title'),
    login: text('UserName'),
    password: text('Password'),
    urls: [text('URL'), ...furtherUrls].filter(Boolean),
    description: text('Notes'),
    tags: facts?.tags ?? entry.tags.filter(Boolean),
    color: facts?.color ?? 0,
    favourite: facts?.favourite ?? false,
    customs: [...(facts === null ? foreignCustoms(fields) : knownCustoms(facts, fields)), ...expiryOf(entry)],
    files,
    former: formerOf(entry),
    warnings: [...(missing ? ['fileMissing' as const] : []), ...entryLosses(entry)],
  });
}

function foreignCustoms(fields: ReadonlyMap<string, { value: string; secret: boolean }>): ImportedCustom[] {
  const known = new Set<string>(standardFields);
  const code = totpOf(fields);
  const others = [...fields]
    .filter(([key, { value }]) => !known.has(key) && !totpKeys.has(key) && !isUrlKey(key) && value !== '')
    .map(([label, { value, secret }]): ImportedCustom => ({
      label,
      type: secret ? 'password' : 'text',
      value,
    }));
  return code === null ? others : [{ label: 'TOTP', type: 'totp', value: code }, ...others];
}

function filesOf(
  entry: kdbxweb.KdbxEntry,
  database: kdbxweb.Kdbx,
): { files: ImportedFile[]; missing: boolean } {
  const files: ImportedFile[] = [];
  let missing = false;
  for (const [name, stored] of entry.binaries) {
    const binary = kdbxweb.KdbxBinaries.isKdbxBinaryWithHash(stored)
      ? (database.binaries.getValueByHash(stored.hash) ?? stored.value)
      : stored;
    if (binary instanceof kdbxweb.ProtectedValue) {
      files.push({ name, bytes: Uint8Array.from(binary.getBinary()) });
    } else if (binary instanceof ArrayBuffer) files.push({ name, bytes: new Uint8Array(binary).slice() });
    else missing = true;
  }
  return { files, missing };
}

/** Earlier passwords, newest first, each once and none that is still in use. */
function formerOf(entry: kdbxweb.KdbxEntry): FormerPassword[] {
  const seen = new Set(['', asText(entry.fields.get('Password'))]);
  const former: FormerPassword[] = [];
  for (const state of entry.history.toReversed()) {
    const password = asText(state.fields.get('Password'));
    if (seen.has(password)) continue;
    seen.add(password);
    former.push({ password, at: state.times.lastModTime?.getTime() ?? null });
  }
  return former;
}

function asText(value: kdbxweb.KdbxEntryField | undefined): string {
  return value instanceof kdbxweb.ProtectedValue ? value.getText() : (value ?? '');
}
