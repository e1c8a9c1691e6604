/**
 * The record changed while it was being edited. What the person touched stays as typed; what
 * they left alone takes the new state, and custom fields find their new places, since a change
 * names them by place.
 */
import type { FieldView } from '../../../contract/records.ts';
import {
  type Base,
  type CustomDraft,
  type Draft,
  draftOf,
  hasPassword,
  keptSecret,
  untyped,
} from './draft.ts';

const plain = ['name', 'login', 'description'] as const;

function sameText(one: readonly string[], other: readonly string[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function untouched(custom: CustomDraft): boolean {
  const { label, storedLabel, type, storedType, value } = custom;
  return label === storedLabel && type === storedType && value.mode !== 'cleared' && value.length === 0;
}

/** Gives each form field the place that its stored field has now; each stored field is taken once. */
function findAgain(customs: readonly CustomDraft[], fresh: readonly CustomDraft[]): CustomDraft[] {
  const left = [...fresh];
  const found = customs.flatMap((custom): CustomDraft[] => {
    if (custom.from === null) return [custom];
    const exact = left.findIndex((other) => other.from === custom.from && sameField(other, custom));
    const at = exact >= 0 ? exact : left.findIndex((other) => sameField(other, custom));
    const [match] = at >= 0 ? left.splice(at, 1) : [];
    if (match) return [{ ...custom, from: match.from }];
    // Its stored field is gone: what was typed becomes a new one, what was only kept has gone with it.
    return untouched(custom) ? [] : [{ ...custom, from: null, value: typedOnly(custom) }];
  });
  return [...found, ...left];
}

const sameField = (one: CustomDraft, other: CustomDraft): boolean =>
  one.storedLabel === other.storedLabel && one.storedType === other.storedType;

const typedOnly = ({ value }: CustomDraft) => (value.mode === 'typed' ? value : untyped);

/** Changes the draft in place from one state of the record to the next. */
export function rebase(draft: Draft, before: Base, now: Base): void {
  for (const key of plain) if (draft[key] === before[key]) draft[key] = now[key];
  const fresh = draftOf(now);
  const urls = draft.urls.map(({ text }) => text).filter((text) => text !== '');
  if (sameText(urls, before.urls)) draft.urls = fresh.urls;
  if (sameText(draft.tags, before.tags)) draft.tags = now.tags;
  if (draft.color === before.color) draft.color = now.color;
  if (draft.password.mode !== 'typed' || draft.password.length === 0) {
    const cleared = draft.password.mode === 'cleared';
    if (!hasPassword(now)) draft.password = untyped;
    else if (!cleared) draft.password = keptSecret;
  }
  draft.customs = findAgain(draft.customs, fresh.customs);
}

/** Whether two states of a record differ in anything that the form shows. */
export function differs(before: Base, now: Base): boolean {
  const seen = (base: Base): string =>
    JSON.stringify([
      ...plain.map((key) => base[key]),
      base.urls,
      base.tags,
      base.color,
      base.fields.map(({ ref, type, label, empty }: FieldView) => [ref, type, label, empty]),
    ]);
  return seen(before) !== seen(now);
}
