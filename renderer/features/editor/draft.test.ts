import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordChange } from '../../../contract/editing.ts';
import type { FieldView } from '../../../contract/records.ts';
import { type Base, changeOf, type Draft, draftOf, isTouched, newCustom, wipe } from './draft.ts';

const custom = (index: number, label: string, empty = false): FieldView => ({
  ref: { kind: 'custom', index },
  type: 'text',
  label,
  empty,
  broken: false,
});
const base: Base = {
  name: 'Router',
  login: 'admin',
  urls: ['https://a.example'],
  description: 'Two\nlines',
  tags: ['prod'],
  color: 3,
  fields: [
    { ref: { kind: 'password' }, type: 'password', label: '', empty: false, broken: false },
    custom(0, 'One'),
    custom(1, 'Two'),
    custom(2, 'Three', true),
  ],
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const nothing = (): Uint8Array => new Uint8Array();
const at = (draft: Draft, index: number) => draft.customs[index] ?? newCustom('text');

describe('the change that a form comes to', () => {
  it('is empty when nothing was touched, and the form may be left', () => {
    expect(changeOf(base, draftOf(base), nothing)).toEqual({});
    expect(isTouched(base, draftOf(base))).toBe(false);
    expect(isTouched(null, draftOf(null))).toBe(false);
  });

  it('names only what differs', () => {
    const draft = draftOf(base);
    draft.login = ' root ';
    draft.tags = ['prod', 'new'];
    draft.urls.push({ key: -1, text: '  ' }, { key: -2, text: ' https://b.example' });
    expect(changeOf(base, draft, nothing)).toEqual({
      login: 'root',
      tags: ['prod', 'new'],
      urls: ['https://a.example', 'https://b.example'],
    });
  });

  it('keeps a stored secret, takes a typed one as bytes, and clears only when told to', () => {
    const draft = draftOf(base);
    draft.password = { mode: 'typed', length: 0 };
    expect(changeOf(base, draft, nothing)).toEqual({});
    draft.password = { mode: 'typed', length: 3 };
    expect(changeOf(base, draft, () => bytes('пар'))).toEqual({
      password: { kind: 'set', value: bytes('пар') },
    });
    draft.password = { mode: 'cleared', length: 0 };
    expect(changeOf(base, draft, nothing)).toEqual({ password: { kind: 'set', value: bytes('') } });
  });

  it('names custom fields by their stored place, in their new order', () => {
    const draft = draftOf(base);
    draft.customs.reverse();
    const kept = { kind: 'keep' };
    expect(changeOf(base, draft, nothing).customs).toEqual(
      [2, 1, 0].map((from) => ({ from, type: 'text', label: kept, value: kept })),
    );
  });

  it('renames, retypes, fills, removes and adds custom fields', () => {
    const draft = draftOf(base);
    at(draft, 0).label = 'Uno';
    at(draft, 1).type = 'password';
    at(draft, 2).value = { mode: 'typed', length: 1 };
    const made = newCustom('totp');
    made.label = 'Code';
    draft.customs = [at(draft, 0), at(draft, 1), at(draft, 2), made];
    const three = at(draft, 2).key;
    const change = changeOf(base, draft, (key) => bytes(key === three ? 'x' : ''));
    expect(change.customs).toEqual([
      { from: 0, type: 'text', label: { kind: 'set', value: bytes('Uno') }, value: { kind: 'keep' } },
      { from: 1, type: 'password', label: { kind: 'keep' }, value: { kind: 'keep' } },
      { from: 2, type: 'text', label: { kind: 'keep' }, value: { kind: 'set', value: bytes('x') } },
      {
        from: null,
        type: 'totp',
        label: { kind: 'set', value: bytes('Code') },
        value: { kind: 'set', value: bytes('') },
      },
    ]);
    draft.customs = draft.customs.slice(1, 2);
    expect(changeOf(base, draft, nothing).customs).toHaveLength(1);
  });

  it('always fits the contract', () => {
    const text = fc.string({ maxLength: 40 });
    fc.assert(
      fc.property(
        text,
        text,
        fc.array(text, { maxLength: 5 }),
        fc.nat(10),
        text,
        (name, login, urls, color, secret) => {
          const draft = draftOf(base);
          Object.assign(draft, { name, login, color });
          draft.urls = urls.map((url, key) => ({ key, text: url }));
          draft.password = { mode: 'typed', length: secret.length };
          const change = changeOf(base, draft, () => bytes(secret));
          expect(() => recordChange.parse(change)).not.toThrow();
          expect(isTouched(base, draft)).toBe(Object.keys(change).length > 0);
        },
      ),
    );
  });

  it('is wiped once it was handed over', () => {
    const draft = draftOf(base);
    draft.password = { mode: 'typed', length: 6 };
    at(draft, 0).label = 'New name';
    const change = changeOf(base, draft, () => bytes('secret'));
    wipe(change);
    const sets = [change.password, change.customs?.[0]?.label];
    for (const set of sets) expect(set?.kind === 'set' && set.value.every((byte) => byte === 0)).toBe(true);
  });
});
