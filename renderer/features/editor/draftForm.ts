/**
 * Between the form as the page holds it and the draft as it is kept: the texts of secrets, which
 * stand in their inputs, are fetched for the one and handed back from the other.
 */
import type { DraftForm, DraftSecret } from '../../../contract/drafts.ts';
import {
  type Base,
  type CustomDraft,
  type Draft,
  draftOf,
  freshKey,
  newCustom,
  type SecretDraft,
  type SecretOf,
  untyped,
} from './draft.ts';

/** A form brought back, and what belongs into its secret inputs, by the names of `SecretOf`. */
export interface BroughtBack {
  readonly draft: Draft;
  readonly typed: ReadonlyMap<'password' | number, string>;
}

function keptForm(secret: SecretDraft, typed: () => Uint8Array): DraftSecret {
  const { mode } = secret;
  return { mode, value: mode === 'typed' && secret.length > 0 ? Uint8Array.from(typed()) : new Uint8Array() };
}

function plainBase({ name, login, urls, description, tags, color, fields }: Base): DraftForm['base'] {
  return structuredClone({ name, login, urls, description, tags, color, fields });
}

/** The form as it is handed over to be kept; the bytes are to be wiped afterwards. */
export function formOf(base: Base | null, draft: Draft, secretOf: SecretOf): DraftForm {
  const { name, login, description, color } = draft;
  return {
    base: base === null ? null : plainBase(base),
    name,
    login,
    urls: draft.urls.map(({ text }) => text),
    description,
    tags: [...draft.tags],
    color,
    password: keptForm(draft.password, () => secretOf('password')),
    customs: draft.customs.map(({ key, from, label, type, value }) => ({
      from,
      label,
      type,
      value: keptForm(value, () => secretOf(key)),
    })),
  };
}

export function wipeForm({ password, customs }: DraftForm): void {
  for (const { value } of [password, ...customs.map((custom) => custom.value)]) value.fill(0);
}

/**
 * The form that was kept. Without a record to go on with (`orphaned`), what was only kept as
 * stored has gone with it, and everything that was typed becomes new.
 */
export function broughtBack(form: DraftForm, orphaned: boolean): BroughtBack {
  const typed = new Map<'password' | number, string>();
  const take = (key: 'password' | number, { mode, value }: DraftSecret): SecretDraft => {
    if (mode !== 'typed') return orphaned ? untyped : { mode, length: 0 };
    const text = new TextDecoder().decode(value);
    if (text !== '') typed.set(key, text);
    return { mode, length: text.length };
  };
  const began = draftOf(form.base).customs;
  const customs = form.customs.map(({ from, label, type, value }): CustomDraft => {
    const stored = orphaned ? undefined : began.find((custom) => custom.from === from);
    const custom = stored && from !== null ? { ...stored } : newCustom(type);
    return { ...custom, label, type, value: take(custom.key, value) };
  });
  const { name, login, description, tags, color } = form;
  const urls = (form.urls.length > 0 ? form.urls : ['']).map((text) => ({ key: freshKey(), text }));
  const password = take('password', form.password);
  return { draft: { name, login, urls, description, tags, color, password, customs }, typed };
}
