/**
 * From an imported record to what is written: held against the bounds of a record, secrets as bytes,
 * codes that make none kept as passwords.
 */
import { createHash } from 'node:crypto';
import type { ImportWarning } from '../../../contract/exchange.ts';
import { recordLimits } from '../../../contract/editing.ts';
import type { CustomChange, RecordChange, SecretChange } from '../../../contract/editing.ts';
import type { ImportedCustom, ImportedRecord } from '../../exchange/index.ts';
import { KeychainError, parseTotp, wipe } from '../../keychain/index.ts';
import type { OpenedCustomField } from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/index.ts';

const mostCustoms = 200;
const longestTag = 256;

/** Why a record cannot be taken over at all, or null. */
export function refusalOf(record: ImportedRecord, formerPasswords: boolean): ImportWarning | null {
  const { name, login, password, urls, description, tags, customs, leave } = record;
  if (leave !== null) return leave;
  if ([name, login, password, description, ...urls].every((text) => text === '') && customs.length === 0) {
    return 'empty';
  }
  const within = (text: string, most: number): boolean => Buffer.byteLength(text) <= most;
  const fits =
    name.length <= recordLimits.name &&
    login.length <= recordLimits.login &&
    description.length <= recordLimits.text &&
    within(password, recordLimits.text) &&
    urls.every((url) => url.length <= recordLimits.url) &&
    tags.every((tag) => tag.length <= longestTag) &&
    customs.every(({ label, value }) => within(label, recordLimits.text) && within(value, recordLimits.text));
  if (!fits) return 'tooLong';
  const fields = customs.length + (formerPasswords ? record.former.length : 0);
  const few = urls.length <= recordLimits.urls && tags.length <= recordLimits.tags && fields <= mostCustoms;
  return few ? null : 'tooManyFields';
}

/** What is said of a record that is taken over: its reader's warnings and what is found out here. */
export function warningsOf(record: ImportedRecord, formerPasswords: boolean): ImportWarning[] {
  const left = record.former.length > 0 && !formerPasswords;
  const bad = record.customs.some(({ type, value }) => type === 'totp' && !makesCodes(value));
  return [
    ...record.warnings,
    ...(left ? ['formerPasswordsLeft' as const] : []),
    ...(bad ? ['badCode' as const] : []),
  ];
}

/** A new record with these contents. The caller wipes the typed bytes. */
export function changeOf(record: ImportedRecord, formerPasswords: boolean): RecordChange {
  const { name, login, urls, description, tags, color, password } = record;
  return {
    ...{ name, login, urls: [...urls], description, tags: [...tags], color },
    password: set(password),
    customs: fieldsOf(record, formerPasswords).map((custom) => ({
      from: null,
      label: set(custom.label),
      type: custom.type,
      value: set(custom.value),
    })),
  };
}

/**
 * What is written over a record that was found: what the file says of it. Fields with the label and
 * type of one that is there get its value; the others come behind.
 */
export function updateOf(
  record: ImportedRecord,
  stored: StoredRecord,
  opened: readonly (OpenedCustomField | null)[],
): RecordChange {
  const waiting = [...fieldsOf(record, false)];
  const customs = stored.customs.map((_, from): CustomChange => {
    const known = opened[from] ?? null;
    const at = waiting.findIndex(({ label, type }) => label === known?.name && type === known.type);
    const [found] = at < 0 ? [] : waiting.splice(at, 1);
    const value: SecretChange = found ? set(found.value) : { kind: 'keep' };
    return { from, label: { kind: 'keep' }, type: typeOf(known?.type), value };
  });
  const added = waiting.map(({ label, type, value }): CustomChange => {
    return { from: null, label: set(label), type, value: set(value) };
  });
  const all = [...customs, ...added].slice(0, mostCustoms);
  return {
    ...(record.password === '' ? {} : { password: set(record.password) }),
    ...(record.description === '' ? {} : { description: record.description }),
    ...(record.urls.length === 0 ? {} : { urls: [...record.urls] }),
    ...(record.tags.length === 0 ? {} : { tags: [...record.tags] }),
    ...(added.length === 0 && customs.every(({ value }) => value.kind === 'keep') ? {} : { customs: all }),
  };
}

/** Whether fields of the file find no room in the record that it is written over. */
export function leftByUpdate(record: ImportedRecord, opened: readonly (OpenedCustomField | null)[]): boolean {
  const there = opened.map((known) => `${known?.type ?? ''} ${known?.name ?? ''}`);
  const added = fieldsOf(record, false).filter(({ label, type }) => {
    const at = there.indexOf(`${type} ${label}`);
    if (at >= 0) there.splice(at, 1);
    return at < 0;
  });
  return opened.length + added.length > mostCustoms;
}

function typeOf(type: string | undefined): CustomChange['type'] {
  return type === 'text' || type === 'totp' ? type : 'password';
}

function fieldsOf({ customs, former }: ImportedRecord, formerPasswords: boolean): ImportedCustom[] {
  const own = customs.map((custom) =>
    custom.type === 'totp' && !makesCodes(custom.value) ? { ...custom, type: 'password' as const } : custom,
  );
  if (!formerPasswords) return own;
  const earlier = former.map(({ password, at }): ImportedCustom => {
    const day = at === null ? '' : ` ${new Date(at).toISOString().slice(0, 10)}`;
    return { label: `Former password${day}`, type: 'password', value: password };
  });
  return [...own, ...earlier];
}

function makesCodes(value: string): boolean {
  try {
    wipe(parseTotp(value).secret);
    return true;
  } catch (error) {
    if (error instanceof KeychainError) return false;
    throw error;
  }
}

function set(text: string): SecretChange {
  return { kind: 'set', value: Buffer.from(text, 'utf8') };
}

/** Two records with the same name, login and first address are the same to a person. */
export function likenessOf({ name, login, urls }: Pick<ImportedRecord, 'name' | 'login' | 'urls'>): string {
  return JSON.stringify([name, login, urls[0] ?? ''].map((part) => part.trim().toLocaleLowerCase()));
}

/** Changes when anything does that a person can change of a record; not when it is sent. */
export function fingerprintOf(record: StoredRecord): string {
  const { vaultId, folderId, name, login, urls, description, tags, color, favourite } = record;
  const { passwordEncrypted, customs, attachments } = record;
  const files = attachments.map(({ id, name: file }) => [id, file]);
  const all = [vaultId, folderId, name, login, urls, description, tags, color, favourite];
  const secrets = [passwordEncrypted, customs.map((field) => [field.name, field.type, field.value]), files];
  return createHash('sha256')
    .update(JSON.stringify([all, secrets]))
    .digest('base64');
}
