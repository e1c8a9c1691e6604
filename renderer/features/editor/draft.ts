/**
 * What a person has made of a record in the form, and the change that it comes to. Newly typed
 * secrets are not part of it: they stay in their inputs until they are saved, and here stands
 * only that something was typed and how long it is.
 */
import type { CustomChange, RecordChange, SecretChange } from '../../../contract/editing.ts';
import type { FieldView, RecordView } from '../../../contract/records.ts';

/** `kept`: what is stored stays. `typed`: the input's text replaces it. `cleared`: it goes. */
export interface SecretDraft {
  readonly mode: 'kept' | 'typed' | 'cleared';
  /** Characters in the input. */
  readonly length: number;
}

export type CustomType = FieldView['type'];

export interface CustomDraft {
  /** Names the field within this form, wherever it is moved to. */
  readonly key: number;
  /** Place in the stored record; null for a new field. */
  from: number | null;
  readonly storedLabel: string;
  readonly storedType: CustomType | null;
  /** Something is stored in it. */
  readonly stored: boolean;
  label: string;
  type: CustomType;
  value: SecretDraft;
}

export interface Draft {
  name: string;
  login: string;
  urls: { readonly key: number; text: string }[];
  description: string;
  tags: readonly string[];
  color: number;
  password: SecretDraft;
  customs: CustomDraft[];
}

/** What the form began with, of the record. */
export type Base = Pick<RecordView, 'name' | 'login' | 'urls' | 'description' | 'tags' | 'color' | 'fields'>;

/** The typed text of a secret by its name in the form, as UTF-8 bytes. */
export type SecretOf = (key: 'password' | number) => Uint8Array;

export const untyped: SecretDraft = { mode: 'typed', length: 0 };
export const keptSecret: SecretDraft = { mode: 'kept', length: 0 };

let lastKey = 0;
/** A name for a line of a form that no other line of this page has. */
export function freshKey(): number {
  return ++lastKey;
}

const isCustom = (field: FieldView): boolean => field.ref.kind === 'custom';
const placeOf = (field: FieldView): number => (field.ref.kind === 'custom' ? field.ref.index : -1);
const passwordOf = (base: Base): FieldView | undefined =>
  base.fields.find((field) => field.ref.kind === 'password');

export function hasPassword(base: Base | null): boolean {
  const field = base ? passwordOf(base) : undefined;
  return field !== undefined && !field.empty;
}

function customDraft(field: FieldView): CustomDraft {
  return {
    key: freshKey(),
    from: placeOf(field),
    storedLabel: field.label,
    storedType: field.type,
    stored: !field.empty,
    label: field.label,
    type: field.type,
    value: field.empty ? untyped : keptSecret,
  };
}

export function newCustom(type: CustomType): CustomDraft {
  return {
    key: freshKey(),
    from: null,
    storedLabel: '',
    storedType: null,
    stored: false,
    label: '',
    type,
    value: untyped,
  };
}

/** The form for a record, or for a new one. */
export function draftOf(base: Base | null): Draft {
  const urls = base && base.urls.length > 0 ? base.urls : [''];
  return {
    name: base?.name ?? '',
    login: base?.login ?? '',
    urls: urls.map((text) => ({ key: freshKey(), text })),
    description: base?.description ?? '',
    tags: base?.tags ?? [],
    color: base?.color ?? 0,
    password: hasPassword(base) ? keptSecret : untyped,
    customs: base?.fields.filter(isCustom).map(customDraft) ?? [],
  };
}

const sameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((text, index) => text === other[index]);

function secretChange(draft: SecretDraft, typed: () => Uint8Array): SecretChange {
  if (draft.mode === 'cleared') return { kind: 'set', value: new Uint8Array() };
  return draft.mode === 'typed' && draft.length > 0
    ? { kind: 'set', value: Uint8Array.from(typed()) }
    : { kind: 'keep' };
}

function customChange(custom: CustomDraft, secretOf: SecretOf): CustomChange {
  const { from, label, type, storedLabel, value, key } = custom;
  const change = secretChange(value, () => secretOf(key));
  return {
    from,
    type,
    label:
      from !== null && label === storedLabel
        ? { kind: 'keep' }
        : { kind: 'set', value: new TextEncoder().encode(label) },
    // A new field has nothing to keep.
    value: from === null && change.kind === 'keep' ? { kind: 'set', value: new Uint8Array() } : change,
  };
}

function customsChanged(base: Base | null, customs: readonly CustomDraft[]): boolean {
  const stored = base?.fields.filter(isCustom).map(placeOf) ?? [];
  if (stored.length !== customs.length) return true;
  return customs.some(
    ({ from, label, storedLabel, type, storedType, value }, index) =>
      from !== stored[index] ||
      label !== storedLabel ||
      type !== storedType ||
      value.mode === 'cleared' ||
      value.length > 0,
  );
}

/** What differs from the record, and nothing else; empty if nothing does. */
export function changeOf(base: Base | null, draft: Draft, secretOf: SecretOf): RecordChange {
  const change: RecordChange = {};
  for (const key of ['name', 'login', 'description'] as const) {
    const text = key === 'description' ? draft[key] : draft[key].trim();
    if (text !== (base?.[key] ?? '')) change[key] = text;
  }
  const urls = draft.urls.map(({ text }) => text.trim()).filter((text) => text !== '');
  if (!sameList(urls, base?.urls ?? [])) change.urls = urls;
  if (!sameList(draft.tags, base?.tags ?? [])) change.tags = [...draft.tags];
  if (draft.color !== (base?.color ?? 0)) change.color = draft.color;
  const password = secretChange(draft.password, () => secretOf('password'));
  if (password.kind === 'set') change.password = password;
  if (customsChanged(base, draft.customs)) {
    change.customs = draft.customs.map((custom) => customChange(custom, secretOf));
  }
  return change;
}

/** Whether leaving the form would lose anything. */
export function isTouched(base: Base | null, draft: Draft): boolean {
  return Object.keys(changeOf(base, draft, () => new Uint8Array())).length > 0;
}

/** Overwrites every typed byte of a change; for when it has been handed over. */
export function wipe(change: RecordChange): void {
  const secrets = [change.password, ...(change.customs ?? []).flatMap(({ label, value }) => [label, value])];
  for (const secret of secrets) if (secret?.kind === 'set') secret.value.fill(0);
}
