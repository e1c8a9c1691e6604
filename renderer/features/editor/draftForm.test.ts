// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { draftForm } from '../../../contract/drafts.ts';
import { type Base, changeOf, draftOf, newCustom, type SecretOf } from './draft.ts';
import { broughtBack, formOf, wipeForm } from './draftForm.ts';

const base: Base = {
  ...{ name: 'Router', login: 'admin', urls: ['https://r'], description: 'd', tags: ['net'], color: 1 },
  fields: [
    { ref: { kind: 'password' }, type: 'password', label: '', empty: false, broken: false },
    { ref: { kind: 'custom', index: 0 }, type: 'text', label: 'Rack', empty: false, broken: false },
    { ref: { kind: 'custom', index: 1 }, type: 'password', label: 'PIN', empty: false, broken: false },
  ],
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The form of a person who has changed a bit of everything, and its inputs. */
function typedForm(): { draft: ReturnType<typeof draftOf>; secretOf: SecretOf } {
  const draft = draftOf(base);
  draft.name = 'Router 2';
  draft.password = { mode: 'typed', length: 6 };
  const [rack, pin] = draft.customs;
  const fresh = newCustom('totp');
  fresh.label = 'Codes';
  fresh.value = { mode: 'typed', length: 4 };
  if (!rack || !pin) throw new Error('the form has the fields of its record');
  rack.label = 'Rack 7';
  pin.value = { mode: 'cleared', length: 0 };
  draft.customs = [fresh, pin, rack];
  const texts = new Map<'password' | number, string>([
    ['password', 'geheim'],
    [fresh.key, 'ABCD'],
  ]);
  return { draft, secretOf: (key) => bytes(texts.get(key) ?? '') };
}

describe('a kept form', () => {
  it('comes to the same change as the form it was made from', () => {
    const { draft, secretOf } = typedForm();
    const kept = draftForm.parse(structuredClone(formOf(base, draft, secretOf)));
    const { draft: back, typed } = broughtBack(kept, false);
    const again = changeOf(base, back, (key) => bytes(typed.get(key) ?? ''));
    expect(again).toEqual(changeOf(base, draft, secretOf));
    expect([...typed.values()].sort()).toEqual(['ABCD', 'geheim']);
  });

  it('of a record that is gone becomes a new one with everything that was typed', () => {
    const { draft, secretOf } = typedForm();
    const { draft: back, typed } = broughtBack(formOf(base, draft, secretOf), true);
    expect(back.customs.map(({ from, label, value }) => [from, label, value.mode])).toEqual([
      [null, 'Codes', 'typed'],
      [null, 'PIN', 'typed'],
      [null, 'Rack 7', 'typed'],
    ]);
    expect([...typed.values()].sort()).toEqual(['ABCD', 'geheim']);
    const change = changeOf(null, back, (key) => bytes(typed.get(key) ?? ''));
    expect(change).toMatchObject({ name: 'Router 2', login: 'admin', password: { kind: 'set' } });
  });

  it('leaves no typed byte behind', () => {
    const { draft, secretOf } = typedForm();
    const kept = formOf(base, draft, secretOf);
    wipeForm(kept);
    expect(
      [...kept.password.value, ...(kept.customs[0]?.value.value ?? [])].every((byte) => byte === 0),
    ).toBe(true);
    expect(kept.password.value).toHaveLength(6);
  });
});
