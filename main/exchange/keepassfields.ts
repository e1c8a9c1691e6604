/**
 * One record between this application and an entry of KeePass, both ways. KeePass knows five fields
 * by name and any number of others; what it has no place for (order and types of fields, colour,
 * favourite) goes into the entry's custom data under names of our own, where other programs leave
 * it alone.
 */
import { z } from 'zod';
import { totpUri } from './totpforms.ts';
import type { ImportedCustom, ImportedRecord } from './tree.ts';

/** Names that KeePass itself gives a meaning. */
export const standardFields = ['Title', 'UserName', 'Password', 'URL', 'Notes'] as const;

/** Key of the custom data that holds `EntryFacts`. */
export const factsKey = 'strongroom.record';

/** What an entry cannot say by itself; `fields` names its further fields in their order. */
const entryFacts = z.strictObject({
  color: z.number().int().min(0).max(99),
  favourite: z.boolean(),
  urls: z.number().int().min(0).max(1000),
  tags: z.array(z.string()).max(1000),
  fields: z
    .array(
      z.strictObject({
        key: z.string(),
        label: z.string(),
        type: z.enum(['text', 'password', 'totp']),
        bare: z.boolean(),
      }),
    )
    .max(1000),
});
export type EntryFacts = z.infer<typeof entryFacts>;

/** Further fields of an entry in the form they are written. */
export interface EntryField {
  readonly key: string;
  readonly value: string;
  readonly secret: boolean;
}

/** Field in which KeePassXC keeps the second and further addresses. */
const urlKey = (at: number): string => (at === 0 ? 'KP2A_URL' : `KP2A_URL_${String(at)}`);

/** Everything of a record that is no standard field, and how to read it back. */
export function furtherFields(record: ImportedRecord): { fields: EntryField[]; facts: EntryFacts } {
  const taken = new Set<string>([...standardFields, 'otp']);
  const fields: EntryField[] = [];
  record.urls.slice(1).forEach((value, at) => {
    taken.add(urlKey(at));
    fields.push({ key: urlKey(at), value, secret: false });
  });
  let hasOtp = false;
  const known = record.customs.map((custom) => {
    // The first code goes where KeePassXC looks for it, as an address even if it is a bare secret.
    const uri = custom.type === 'totp' && !hasOtp ? totpUri(custom.value, record) : null;
    const key = uri === null ? freeKey(custom.label || custom.type, taken) : 'otp';
    hasOtp ||= uri !== null;
    fields.push({ key, value: uri ?? custom.value, secret: custom.type !== 'text' });
    return { key, label: custom.label, type: custom.type, bare: uri !== null && uri !== custom.value };
  });
  const { color, favourite, urls, tags } = record;
  return {
    fields,
    facts: { color, favourite, urls: Math.max(0, urls.length - 1), tags: [...tags], fields: known },
  };
}

function freeKey(label: string, taken: Set<string>): string {
  let key = label;
  for (let number = 2; taken.has(key); number += 1) key = `${label} (${String(number)})`;
  taken.add(key);
  return key;
}

/** Null for an entry that another program wrote, or changed in a way that no longer fits. */
export function factsOf(text: string | undefined): EntryFacts | null {
  if (text === undefined) return null;
  try {
    return entryFacts.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

/** Addresses behind the first one, as KeePassXC and others keep them. */
export function isUrlKey(key: string): boolean {
  return /^KP2A_URL(?:_\d+)?$/u.test(key);
}

/** The further fields of an entry written here, in the order and with the types they had. */
export function knownCustoms(
  facts: EntryFacts,
  fields: ReadonlyMap<string, { value: string }>,
): ImportedCustom[] {
  return facts.fields.flatMap(({ key, label, type, bare }) => {
    const value = fields.get(key)?.value;
    if (value === undefined) return [];
    return [{ label, type, value: bare ? (secretOf(value) ?? value) : value }];
  });
}

function secretOf(uri: string): string | null {
  return URL.canParse(uri) ? new URL(uri).searchParams.get('secret') : null;
}
