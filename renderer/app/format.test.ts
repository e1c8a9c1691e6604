// @vitest-environment happy-dom
import { mount } from '@vue/test-utils';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { defineComponent } from 'vue';
import { errorCodes } from '../../contract/errors.ts';
import { daysAgo, sizeParts, useFormat } from './format.ts';
import { i18n } from './i18n.ts';

function formats(): ReturnType<typeof useFormat> {
  let made: ReturnType<typeof useFormat> | undefined;
  mount(defineComponent({ setup: () => ((made = useFormat()), () => null) }), {
    global: { plugins: [i18n] },
  });
  if (!made) throw new Error('the component did not run');
  return made;
}

afterEach(() => {
  i18n.global.locale.value = 'en';
});

describe('sizes', () => {
  it('are told in the unit that a person would use', () => {
    expect(sizeParts(0)).toEqual({ figure: 0, unit: 0 });
    expect(sizeParts(1023)).toEqual({ figure: 1023, unit: 0 });
    expect(sizeParts(1741)).toEqual({ figure: 1.7, unit: 1 });
    expect(sizeParts(1024 * 1024 - 1)).toEqual({ figure: 1, unit: 2 });
    expect(sizeParts(5 * 1024 ** 4)).toEqual({ figure: 5120, unit: 3 });
  });

  it('never show a figure of 1024 or more below gigabytes', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), (bytes) => {
        const { figure, unit } = sizeParts(bytes);
        expect(unit === 3 || figure < 1024).toBe(true);
      }),
    );
  });

  it('follow the language', () => {
    expect(formats().size(1741)).toBe('1.7 KB');
    i18n.global.locale.value = 'ru';
    expect(formats().size(1741)).toBe('1,7 КБ');
  });
});

describe('moments', () => {
  const noon = new Date(2026, 10, 14, 12, 0).getTime();

  it('count days by the calendar, not by hours', () => {
    expect(daysAgo(new Date(2026, 10, 13, 23, 59).getTime(), new Date(2026, 10, 14, 0, 1).getTime())).toBe(1);
    expect(daysAgo(noon, noon)).toBe(0);
  });

  it('say today, yesterday, or the day', () => {
    const { moment } = formats();
    expect(moment(new Date(2026, 10, 14, 9, 42).getTime(), noon)).toBe('today at 09:42');
    expect(moment(new Date(2026, 10, 13, 18, 3).getTime(), noon)).toBe('yesterday at 18:03');
    expect(moment(new Date(2026, 9, 2, 11, 20).getTime(), noon)).toBe('2 Oct 2026 at 11:20');
  });
});

describe('failures', () => {
  it.each(['en', 'ru'] as const)(
    'have a whole sentence for every code in %s, with or without parameters',
    (language) => {
      i18n.global.locale.value = language;
      const { failure } = formats();
      for (const code of errorCodes) {
        const text = failure({ code, params: {} });
        expect(text, code).toMatch(/[.!?]$/);
        expect(text, code).not.toMatch(/[{}]|errors\.|unreachable\.|undefined/);
      }
    },
  );

  it('put sizes, reasons and hosts into words', () => {
    const { failure } = formats();
    expect(
      failure({ code: 'fileTooLarge', params: { name: 'a.iso', size: 2 ** 30, limit: 52_428_800 } }),
    ).toBe('a.iso is too large: 1 GB, and the server takes 50 MB at most.');
    expect(failure({ code: 'unreachable', params: { host: 'vault.example', reason: 'dns' } })).toContain(
      'vault.example cannot be reached. The name is not known',
    );
    expect(failure({ code: 'badAddress', params: { reason: 'insecure' } })).toContain('https://');
  });
});
