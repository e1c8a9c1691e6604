// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyFacts, RosterWordView } from '../../../contract/keytrust.ts';
import { i18n } from '../../app/i18n.ts';
import RosterWord from './RosterWord.vue';

const anna = { name: 'Anna', isOwn: false };
const vouched: RosterWordView = {
  ...{ standing: 'vouched', signers: [anna], name: 'Boris Petrov', login: 'boris', isOverruled: false },
};
const differs: RosterWordView = { ...vouched, standing: 'differs' };
const facts: KeyFacts = {
  ...{ userId: 'u', trust: 'seen', key: null, isWeak: false, bits: 2048, former: null },
  ...{ firstSeenAt: 1, verifiedAt: null, acceptedAt: null, madeAt: null, reset: null, freshUntil: null },
  ...{ roster: null, comparedAs: null },
};

beforeEach(() => {
  i18n.global.locale.value = 'en';
});

function shown(change: Partial<KeyFacts>, name = 'Boris Petrov') {
  const props = { facts: { ...facts, ...change }, name, who: name || 'this person' };
  const wrapper = mount(RosterWord, { props, global: { plugins: [i18n] } });
  const textOf = (id: string): string | null => {
    const found = wrapper.find(`[data-testid=${id}]`);
    return found.exists() ? found.text() : null;
  };
  return {
    line: textOf('key-roster'),
    differs: textOf('key-roster-differs'),
    otherName: textOf('key-other-name'),
  };
}

describe('what rosters say of a key', () => {
  it('is nothing where none counts', () => {
    expect(shown({})).toEqual({ line: null, differs: null, otherName: null });
  });

  it('names whoever vouches, each once, and oneself as such', () => {
    expect(shown({ roster: { ...vouched, signers: [anna, anna, { name: 'me', isOwn: true }] } }).line).toBe(
      'Vouched for by Anna and you',
    );
    expect(shown({ roster: { ...vouched, signers: [{ name: 'me', isOwn: true }] } }).line).toBe(
      'In a list you signed',
    );
  });

  it('does not hide that a key has changed', () => {
    expect(shown({ trust: 'changed', roster: vouched }).line).toBe(
      'The list signed by Anna has the new key.',
    );
  });

  it('is an alarm where another key is named, until a person has decided', () => {
    expect(shown({ roster: differs })).toMatchObject({
      line: null,
      differs: expect.stringContaining('Anna'),
    });
    const decided = shown({ roster: { ...differs, isOverruled: true } });
    expect(decided.differs).toBeNull();
    expect(decided.line).toContain('another key');
  });

  it('tells the name that the signer or this device knows, where the server states another', () => {
    const renamed = shown({ roster: vouched, comparedAs: 'Boris P.' }, 'Your director');
    expect(renamed.otherName).toContain('Boris Petrov (boris)');
    expect(renamed.otherName).toContain('Boris P.');
    expect(shown({ roster: vouched, comparedAs: 'Boris Petrov' }).otherName).toBeNull();
    expect(shown({ roster: { ...vouched, name: '' } }).otherName).toBeNull();
    expect(shown({ roster: vouched }, '').otherName).toBeNull();
  });
});
