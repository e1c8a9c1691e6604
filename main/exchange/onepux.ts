/**
 * 1PUX, the export of 1Password: an archive with `export.data` (JSON) and files named by document id
 * ("1Password Unencrypted Export format", 1Password support pages). Accounts hold vaults, vaults
 * hold items; a vault becomes a folder.
 */
import { z } from 'zod';
import { jsonOf, shaped } from './json.ts';
import { checkedTree, holdsMore, importedRecord, importLimits, refusedImport } from './tree.ts';
import type { ImportedCustom, ImportedFile, ImportedRecord, ImportedTree } from './tree.ts';
import { unpacked } from './zip.ts';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const document = z.object({ fileName: z.string(), documentId: z.string() });

const item = z.object({
  favIndex: z.number().nullish(),
  state: z.string().nullish(),
  overview: z.object({
    title: text,
    url: text,
    urls: z.array(z.object({ url: text })).nullish(),
    tags: z.array(z.string()).nullish(),
  }),
  details: z.looseObject({
    loginFields: z.array(z.object({ value: text, designation: text, name: text, fieldType: text })).nullish(),
    notesPlain: text,
    password: text,
    sections: z
      .array(
        z.object({ title: text, fields: z.array(z.object({ title: text, value: z.unknown() })).nullish() }),
      )
      .nullish(),
    passwordHistory: z.array(z.object({ value: text, time: z.number().nullish() })).nullish(),
    documentAttributes: document.nullish(),
  }),
});
type Item = z.infer<typeof item>;

const exported = z.object({
  accounts: z.array(
    z.object({ vaults: z.array(z.object({ attrs: z.object({ name: text }), items: z.array(item) })) }),
  ),
});

type Contents = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** Throws `archiveRefused`, `tooLarge`, `damaged`. */
export async function readOnePux(bytes: Uint8Array<ArrayBuffer>): Promise<ImportedTree> {
  const contents = await unpacked(bytes);
  const data = contents.get('export.data');
  if (!data) throw refusedImport('unknownFormat');
  if (data.length > importLimits.zipJsonBytes) throw refusedImport('tooLarge');
  const vaults = shaped(exported, jsonOf(data)).accounts.flatMap((account) => account.vaults);
  const folders = vaults.map(({ attrs }) => [attrs.name || '1Password']);
  const records = vaults.flatMap(({ attrs, items }) =>
    items.map((each) => recordOf(each, [attrs.name || '1Password'], contents)),
  );
  return checkedTree({ format: 'onePux', folders, records, left: [] });
}

/** Members that are taken, or that only the other program has any use for. */
const knownDetails = new Set([
  ...['loginFields', 'notesPlain', 'password', 'sections', 'passwordHistory', 'documentAttributes'],
  ...['htmlForm', 'sshKeyAttributes'],
]);

function recordOf(
  { overview, details, favIndex, state }: Item,
  path: string[],
  contents: Contents,
): ImportedRecord {
  const designated = (designation: string): string =>
    details.loginFields?.find((field) => field.designation === designation)?.value ?? '';
  const urls = [overview.url, ...(overview.urls ?? []).map(({ url }) => url)].filter(Boolean);
  const { customs, files, missing } = sectionsOf(details, contents);
  return importedRecord({
    path,
    name: overview.title,
    login: designated('username'),
    password: designated('password') || details.password,
    urls: [...new Set(urls)],
    description: details.notesPlain,
    tags: overview.tags ?? [],
    favourite: (favIndex ?? 0) > 0,
    customs: [...otherLogins(details), ...customs],
    files,
    former: (details.passwordHistory ?? [])
      .filter(({ value }) => value !== '')
      .map(({ value, time }) => ({ password: value, at: time ? time * 1000 : null })),
    warnings: [
      ...(missing ? ['fileMissing' as const] : []),
      ...(holdsMore(details, knownDetails) ? ['fieldLeft' as const] : []),
    ],
    leave: state === 'archived' ? 'archivedThere' : null,
  });
}

function otherLogins({ loginFields }: Item['details']): ImportedCustom[] {
  const all = loginFields ?? [];
  const taken = ['username', 'password'].map((name) => all.find(({ designation }) => designation === name));
  return all
    .filter((field) => !taken.includes(field) && field.value !== '')
    .map(({ name, value, fieldType }) => ({
      label: name,
      type: fieldType === 'P' ? 'password' : 'text',
      value,
    }));
}

function sectionsOf(
  { sections, documentAttributes }: Item['details'],
  contents: Contents,
): { customs: ImportedCustom[]; files: ImportedFile[]; missing: boolean } {
  const customs: ImportedCustom[] = [];
  const wanted = documentAttributes ? [documentAttributes] : [];
  for (const { title: section, fields } of sections ?? []) {
    for (const { title, value } of fields ?? []) {
      const file = z.object({ file: document }).safeParse(value);
      if (file.success) wanted.push(file.data.file);
      else customs.push(...customOf(title || section, value));
    }
  }
  const files = wanted.flatMap(({ fileName, documentId }) => {
    const bytes = contents.get(`files/${documentId}__${fileName}`);
    return bytes ? [{ name: fileName, bytes }] : [];
  });
  return { customs, files, missing: files.length < wanted.length };
}

/** A value says its kind by the one key it has: `concealed`, `totp`, `string`, `date`, … */
function customOf(label: string, value: unknown): ImportedCustom[] {
  const [kind, inner] = Object.entries(z.record(z.string(), z.unknown()).catch({}).parse(value))[0] ?? [];
  if (kind === undefined || inner === null || inner === '' || inner === undefined) return [];
  const shown =
    kind === 'date' && typeof inner === 'number' ? new Date(inner * 1000).toISOString() : plain(inner);
  if (shown === '') return [];
  if (kind === 'totp') return [{ label: label || 'TOTP', type: 'totp', value: shown }];
  const secret = ['concealed', 'creditCardNumber', 'sshKey'].includes(kind);
  return [{ label, type: secret ? 'password' : 'text', value: shown }];
}

/** Addresses and the like are small objects of texts. */
function plain(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(plain).filter(Boolean).join(', ');
}
