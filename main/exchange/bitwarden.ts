/**
 * Bitwarden's JSON export, plain or opened: logins, notes, cards and identities. What has no field
 * of its own here becomes a custom field, secret where Bitwarden hides it.
 */
import { z } from 'zod';
import { openExport, sealedExport } from './bitwardenseal.ts';
import { jsonOf, shaped } from './json.ts';
import { checkedTree, holdsMore, importedRecord, refusedImport, saysSomething } from './tree.ts';
import type { ImportedCustom, ImportedRecord, ImportedTree } from './tree.ts';

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

const item = z.looseObject({
  type: z.number().int(),
  name: text,
  notes: text,
  favorite: z.boolean().nullish(),
  folderId: z.string().nullish(),
  collectionIds: z.array(z.string()).nullish(),
  login: z
    .looseObject({
      ...{ username: text, password: text, totp: text },
      uris: z.array(z.looseObject({ uri: text })).nullish(),
    })
    .nullish(),
  deletedDate: text,
  fields: z.array(z.object({ name: text, value: text, type: z.number().int().nullish() })).nullish(),
  card: z.record(z.string(), z.unknown()).nullish(),
  identity: z.record(z.string(), z.unknown()).nullish(),
  sshKey: z.record(z.string(), z.unknown()).nullish(),
  passwordHistory: z.array(z.object({ password: text, lastUsedDate: text })).nullish(),
});
type Item = z.infer<typeof item>;

const named = z.array(z.object({ id: z.string().nullish(), name: text })).nullish();
const plainExport = z.object({ folders: named, collections: named, items: z.array(item) });
const bound = z.object({ encrypted: z.literal(true) });

/** Members that are taken, or that only the other program has any use for. */
const knownMembers = new Set([
  ...[
    'type',
    'name',
    'notes',
    'favorite',
    'folderId',
    'collectionIds',
    'login',
    'fields',
    'card',
    'identity',
  ],
  ...['sshKey', 'passwordHistory', 'deletedDate', 'id', 'organizationId', 'revisionDate', 'creationDate'],
  ...['object', 'key', 'secureNote'],
]);
const knownLoginMembers = new Set(['username', 'password', 'totp', 'uris', 'passwordRevisionDate']);

/** Fields of cards, identities and keys that nobody should read over a shoulder. */
const secretNames = new Set(['number', 'code', 'ssn', 'passportNumber', 'licenseNumber', 'privateKey']);
const hiddenField = 1;
/** A field that repeats another one. */
const linkedField = 3;

/** Throws `passwordNeeded`, `wrongPassword`, `kdfRefused`, `accountBound`, `damaged`. */
export async function readBitwarden(bytes: Uint8Array, password: Uint8Array | null): Promise<ImportedTree> {
  const outer = jsonOf(bytes);
  const sealed = sealedExport.safeParse(outer);
  if (!sealed.success) {
    if (bound.safeParse(outer).success) throw refusedImport('accountBound');
    return treeOf(outer);
  }
  if (password === null) throw refusedImport('passwordNeeded');
  const opened = await openExport(sealed.data, password);
  try {
    return treeOf(jsonOf(opened));
  } finally {
    opened.fill(0);
  }
}

function treeOf(value: unknown): ImportedTree {
  const { folders, collections, items } = shaped(plainExport, value);
  const paths = new Map<string, string[]>();
  for (const { id, name } of [...(folders ?? []), ...(collections ?? [])]) {
    if (id)
      paths.set(
        id,
        name
          .split('/')
          .map((part) => part.trim())
          .filter(Boolean),
      );
  }
  return checkedTree({
    format: 'bitwarden',
    folders: [...paths.values()].filter((path) => path.length > 0),
    records: items.map((each) => recordOf(each, paths)),
    left: [],
  });
}

function recordOf(each: Item, paths: ReadonlyMap<string, string[]>): ImportedRecord {
  const { login, fields, passwordHistory } = each;
  const customs = (fields ?? []).map(({ name, value, type }): ImportedCustom => ({
    label: name,
    type: type === hiddenField ? 'password' : 'text',
    value,
  }));
  if (login?.totp) customs.unshift({ label: 'TOTP', type: 'totp', value: login.totp });
  return importedRecord({
    path: paths.get(each.folderId ?? each.collectionIds?.[0] ?? '') ?? [],
    name: each.name,
    login: login?.username ?? '',
    password: login?.password ?? '',
    urls: (login?.uris ?? []).map(({ uri }) => uri).filter(Boolean),
    description: each.notes,
    favourite: each.favorite ?? false,
    customs: [...customs, ...further(each.card), ...further(each.identity), ...further(each.sshKey)],
    former: (passwordHistory ?? [])
      .filter((state) => state.password !== '')
      .map((state) => ({ password: state.password, at: instantOf(state.lastUsedDate) })),
    warnings: isWhole(each) ? [] : ['fieldLeft'],
    leave: each.deletedDate === '' ? null : 'deletedThere',
  });
}

/** Whether everything that an item says has a place here. */
function isWhole(each: Item): boolean {
  const { login, fields, card, identity, sshKey, folderId, collectionIds } = each;
  const places = (folderId ? 1 : 0) + (collectionIds?.length ?? 0);
  const rules = (login?.uris ?? []).some((uri) => typeof uri['match'] === 'number');
  const links = (fields ?? []).some(({ type }) => type === linkedField);
  const odd = [card, identity, sshKey].some((group) =>
    Object.values(group ?? {}).some((value) => typeof value !== 'string' && saysSomething(value)),
  );
  const more = holdsMore(each, knownMembers) || (login ? holdsMore(login, knownLoginMembers) : false);
  return places <= 1 && !rules && !links && !odd && !more;
}

function further(values: Readonly<Record<string, unknown>> | null | undefined): ImportedCustom[] {
  return Object.entries(values ?? {}).flatMap(([label, value]): ImportedCustom[] =>
    typeof value === 'string' && value !== ''
      ? [{ label, type: secretNames.has(label) ? 'password' : 'text', value }]
      : [],
  );
}

function instantOf(date: string): number | null {
  const at = Date.parse(date);
  return Number.isNaN(at) ? null : at;
}
