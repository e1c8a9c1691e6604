import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import en from '../../resources/locales/en.json';
import ru from '../../resources/locales/ru.json';
import { errorCodes } from '../../contract/errors.ts';
import { recordScope } from '../../contract/records.ts';
import { lockReason } from '../../contract/session.ts';
import { conflictField, conflictKind, conflictSide } from '../../contract/conflicts.ts';
import { syncStatus, waitingKind, waitingRow } from '../../contract/sync.ts';
import { palette } from '../ui/marks.ts';
import { shortcuts } from '../features/shortcuts/table.ts';
import { i18n, languageFor, russianPlural } from './i18n.ts';

type Messages = { readonly [key: string]: string | Messages };

function flat(messages: Messages, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(messages).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : [...flat(value, `${prefix}${key}.`)],
    ),
  );
}

const english = flat(en);
const russian = flat(ru);
const placeholders = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

const sources = Object.entries(
  import.meta.glob<string>(['../**/*.vue', '../**/*.ts', '!../**/*.test.ts'], {
    query: '?raw',
    import: 'default',
    eager: true,
  }),
);

/** Keys written out, and the beginnings of those made from a value (`errors.${code}`). */
function usedKeys(): { readonly whole: Set<string>; readonly prefixes: Set<string> } {
  const whole = new Set<string>();
  const prefixes = new Set<string>();
  for (const [, text] of sources) {
    for (const [, key = ''] of text.matchAll(/['"]([a-z]\w*(?:\.\w+)+)['"]/gi)) whole.add(key);
    for (const [, key = ''] of text.matchAll(/`([a-z]\w*(?:\.\w+)*\.)\$\{/gi)) prefixes.add(key);
  }
  return { whole, prefixes };
}

describe('the two languages', () => {
  it('have the same keys', () => {
    expect([...russian.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('fill in the same things in every sentence', () => {
    for (const [key, text] of english) {
      expect(placeholders(russian.get(key) ?? ''), key).toEqual(placeholders(text));
    }
  });

  it('leave no sentence empty and none untranslated', () => {
    const same = ['certificate.fingerprint'];
    for (const [key, text] of english) {
      expect(text.trim(), key).not.toBe('');
      const words = text.replaceAll(/\{\w+\}/g, '');
      if (/[a-z]{3}/i.test(words) && !same.includes(key)) expect(russian.get(key), key).not.toBe(text);
    }
  });

  it('give two forms to an English count and three to a Russian one', () => {
    for (const [key, text] of english) {
      const forms = text.split(' | ').length;
      expect([1, 2], key).toContain(forms);
      expect((russian.get(key) ?? '').split(' | ').length, key).toBe(forms === 1 ? 1 : 3);
    }
  });

  it('hold every sentence that the window asks for, and no other', () => {
    const { whole, prefixes } = usedKeys();
    const unused = [...english.keys()].filter(
      (key) => !whole.has(key) && ![...prefixes].some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
    const asked = sources.flatMap(([, text]) =>
      [...text.matchAll(/\bt\(\s*['"]([\w.]+)['"]/g)].map(([, key = '']) => key),
    );
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.filter((key) => !english.has(key))).toEqual([]);
  });

  it('have a sentence for every value that the contract may send', () => {
    const kinds = syncStatus.shape.notices.element.shape.kind.options;
    const scopes = recordScope.options.map((option) => option.shape.kind.value);
    const reasons = lockReason.options.filter((reason) => reason !== 'start' && reason !== 'quit');
    const stages = syncStatus.shape.stage.unwrap().options;
    const keys = [
      ...errorCodes.map((code) => `errors.${code}`),
      ...kinds.map((kind) => `notices.${kind}`),
      ...scopes.flatMap((kind) => [`list.empty.${kind}.title`, `list.empty.${kind}.text`]),
      ...reasons.map((reason) => `unlock.reason.${reason}`),
      ...stages.map((stage) => `sync.stage.${stage}`),
      ...syncStatus.shape.phase.options.map((phase) => `sync.short.${phase}`),
      ...waitingKind.options.map((kind) => `waiting.kind.${kind}`),
      ...waitingRow.shape.state.options.map((state) => `waiting.state.${state}`),
      ...conflictKind.options.flatMap((kind) => [
        `conflicts.short.${kind}`,
        `conflicts.story.${kind}`,
        `conflicts.drop.${kind}`,
        `conflicts.decideKeep.${kind}`,
        `conflicts.sure.${kind}.title`,
        `conflicts.sure.${kind}.text`,
      ]),
      ...conflictSide.options.map((side) => `conflicts.side.${side}`),
      ...conflictField.shape.kind.options
        .filter((kind) => kind !== 'custom')
        .map((kind) => `conflicts.field.${kind === 'attachment' ? 'file' : kind}`),
      ...Array.from({ length: palette + 1 }, (_, number) => `colours.${number}`),
      ...shortcuts.map(({ id }) => `shortcuts.${id}`),
    ];
    for (const key of keys) {
      expect(english.has(key), key).toBe(true);
      expect(russian.has(key), key).toBe(true);
    }
  });

  it('compile every sentence', () => {
    for (const locale of ['en', 'ru'] as const) {
      i18n.global.locale.value = locale;
      for (const key of english.keys()) {
        const text = i18n.global.t(key, { count: 2, n: 2 }, 2);
        expect(text, key).not.toContain(' | ');
        expect(text.length, key).toBeGreaterThan(0);
      }
    }
    i18n.global.locale.value = 'en';
  });
});

describe('Russian counts', () => {
  it.each([
    [1, '1 запись'],
    [2, '2 записи'],
    [5, '5 записей'],
    [11, '11 записей'],
    [21, '21 запись'],
    [104, '104 записи'],
    [112, '112 записей'],
    [0, '0 записей'],
  ])('%i', (count, text) => {
    i18n.global.locale.value = 'ru';
    expect(i18n.global.t('list.count', { count }, count)).toBe(text);
    i18n.global.locale.value = 'en';
  });

  it('agree with what the platform knows of Russian', () => {
    const rules = new Intl.PluralRules('ru');
    const forms = { one: 0, few: 1, many: 2, other: 2, zero: 2, two: 1 } as const;
    fc.assert(
      fc.property(fc.nat(1_000_000), (count) => {
        expect(russianPlural(count, 3)).toBe(forms[rules.select(count)]);
      }),
    );
  });
});

describe('the language spoken', () => {
  it('is the one that was set, else the system’s, else English', () => {
    expect(languageFor('ru', 'en-US')).toBe('ru');
    expect(languageFor('system', 'ru-RU')).toBe('ru');
    expect(languageFor('system', 'rup')).toBe('en');
    expect(languageFor('system', 'de-DE')).toBe('en');
  });
});
