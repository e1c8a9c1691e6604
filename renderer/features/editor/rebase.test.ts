import { describe, expect, it } from 'vitest';
import type { FieldView } from '../../../contract/records.ts';
import { type Base, changeOf, draftOf, newCustom } from './draft.ts';
import { differs, rebase } from './rebase.ts';

const password: FieldView = {
  ref: { kind: 'password' },
  type: 'password',
  label: '',
  empty: false,
  broken: false,
};
const customs = (...labels: string[]): FieldView[] =>
  labels.map((label, index) => ({
    ref: { kind: 'custom', index },
    type: 'text',
    label,
    empty: false,
    broken: false,
  }));
const before: Base = {
  name: 'Router',
  login: 'admin',
  urls: ['https://a.example'],
  description: '',
  tags: ['prod'],
  color: 0,
  fields: [password, ...customs('One', 'Two')],
};
const now: Base = {
  ...before,
  name: 'Router Riga',
  login: 'operator',
  urls: ['https://b.example'],
  fields: [password, ...customs('Zero', 'Two', 'One')],
};
const nothing = (): Uint8Array => new Uint8Array();
const labels = (draft: ReturnType<typeof draftOf>) => draft.customs.map(({ from, label }) => [from, label]);

describe('a record that changes under the form', () => {
  it('gives its new state to whatever was not touched', () => {
    const draft = draftOf(before);
    rebase(draft, before, now);
    expect(changeOf(now, { ...draft, customs: draftOf(now).customs }, nothing)).toEqual({});
    expect(labels(draft)).toEqual([
      [2, 'One'],
      [1, 'Two'],
      [0, 'Zero'],
    ]);
  });

  it('leaves what was typed as it is', () => {
    const draft = draftOf(before);
    draft.name = 'My router';
    draft.urls = [{ key: -1, text: 'https://mine.example' }];
    draft.password = { mode: 'typed', length: 4 };
    rebase(draft, before, now);
    expect(draft.name).toBe('My router');
    expect(draft.login).toBe('operator');
    expect(draft.urls.map(({ text }) => text)).toEqual(['https://mine.example']);
    expect(draft.password.mode).toBe('typed');
  });

  it('makes a new field of a typed value whose stored field has gone, and drops one only kept', () => {
    const draft = draftOf(before);
    const [one] = draft.customs;
    if (one) one.value = { mode: 'typed', length: 9 };
    rebase(draft, before, { ...before, fields: [password] });
    expect(draft.customs).toHaveLength(1);
    expect(draft.customs[0]).toMatchObject({ from: null, label: 'One', value: { mode: 'typed', length: 9 } });
  });

  it('keeps new fields and takes each stored field once, also among equal names', () => {
    const twins: Base = { ...before, fields: [password, ...customs('Same', 'Same')] };
    const draft = draftOf(twins);
    draft.customs.push(newCustom('totp'));
    rebase(draft, twins, { ...twins, fields: [password, ...customs('Same', 'Same', 'Third')] });
    expect(labels(draft)).toEqual([
      [0, 'Same'],
      [1, 'Same'],
      [null, ''],
      [2, 'Third'],
    ]);
  });

  it('is told from one that only was read again', () => {
    expect(differs(before, { ...before })).toBe(false);
    expect(differs(before, now)).toBe(true);
  });
});
