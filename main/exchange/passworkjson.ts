/**
 * JSON trees of vaults and folders: our own readable export, and the form in which others have seen
 * Passwork's. Passwork's is not published, so reading it is a best effort and is called that.
 */
import { z } from 'zod';
import { jsonOf, shaped } from './json.ts';
import { checkedTree, holdsMore, importedRecord, importLimits, refusedImport } from './tree.ts';
import type { ImportedCustom, ImportedFile, ImportedRecord, ImportedTree, LeftThing } from './tree.ts';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const list = z.union([z.array(z.string()), z.string()]).nullish();

const entry = z.looseObject({
  name: text,
  login: text,
  password: text,
  url: text,
  urls: z.array(z.string()).nullish(),
  description: text,
  tags: list,
  color: z.unknown().optional(),
  favourite: z.boolean().nullish(),
  customs: z.array(z.object({ name: text, value: text, type: text })).nullish(),
  attachments: z.array(z.object({ name: text, data: text })).nullish(),
});
type Entry = z.infer<typeof entry>;

const folder = z.object({
  name: text,
  description: text,
  folders: z.array(z.unknown()).nullish(),
  passwords: z.array(entry).nullish(),
  records: z.array(entry).nullish(),
});
const exported = z.object({
  strongroom: z.number().nullish(),
  vaults: z.array(z.unknown()).nullish(),
  folders: z.array(z.unknown()).nullish(),
  passwords: z.array(entry).nullish(),
  records: z.array(entry).nullish(),
});

/** Members that are taken, or that only another program has any use for. */
const knownMembers = new Set([
  ...['name', 'login', 'password', 'url', 'urls', 'description', 'tags', 'color', 'favourite', 'customs'],
  ...['attachments', 'id', 'createdAt', 'updatedAt'],
]);
const paletteColor = z.number().int().min(0).max(99);

/** Version of our own export. */
export const jsonVersion = 1;

/** Throws `damaged`, `tooDeep`, `unknownFormat`. */
export function readJsonTree(bytes: Uint8Array): ImportedTree {
  const root = shaped(exported, jsonOf(bytes));
  const folders: string[][] = [];
  const left: LeftThing[] = [];
  const records: ImportedRecord[] = [];
  const top = root.vaults ?? root.folders;
  if (!top && !root.passwords && !root.records) throw refusedImport('unknownFormat');
  const waiting: { value: unknown; path: string[] }[] = (top ?? []).map((value) => ({ value, path: [] }));
  for (const each of [...(root.passwords ?? []), ...(root.records ?? [])]) records.push(recordOf(each, []));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { name, description, folders: inner, passwords, records: own } = shaped(folder, next.value);
    const path = [...next.path, name.trim() || '-'];
    if (path.length > importLimits.depth) throw refusedImport('tooDeep');
    folders.push(path);
    if (description !== '') left.push({ name, warning: 'folderNotesLeft' });
    for (const each of [...(passwords ?? []), ...(own ?? [])]) records.push(recordOf(each, path));
    for (const value of inner ?? []) waiting.push({ value, path });
  }
  return checkedTree({ format: root.strongroom ? 'strongroomJson' : 'passworkJson', folders, records, left });
}

function recordOf(each: Entry, path: readonly string[]): ImportedRecord {
  const { name, login, password, description, url, urls, tags, customs, attachments, favourite } = each;
  const color = paletteColor.safeParse(each.color ?? 0);
  const isWhole = color.success && !holdsMore(each, knownMembers);
  return importedRecord({
    ...{ name, login, password, description, path },
    urls: (urls && urls.length > 0 ? urls : [url]).filter(Boolean),
    tags: (typeof tags === 'string' ? tags.split(',') : (tags ?? []))
      .map((tag) => tag.trim())
      .filter(Boolean),
    color: color.success ? color.data : 0,
    favourite: favourite ?? false,
    customs: (customs ?? []).map(({ name, value, type }) => ({ label: name, type: typeOf(type), value })),
    files: (attachments ?? []).map(fileOf),
    warnings: isWhole ? [] : ['fieldLeft'],
  });
}

function typeOf(type: string): ImportedCustom['type'] {
  return type === 'totp' || type === 'password' ? type : 'text';
}

function fileOf({ name, data }: { name: string; data: string }): ImportedFile {
  return { name, bytes: Uint8Array.from(Buffer.from(data, 'base64')) };
}
