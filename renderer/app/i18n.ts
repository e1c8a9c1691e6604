/**
 * The two languages. Messages are bundled and compiled to syntax trees, never to functions:
 * the page's security policy has no room for evaluated code.
 */
import { createI18n } from 'vue-i18n';
import en from '../../resources/locales/en.json';
import ru from '../../resources/locales/ru.json';

export type Language = 'en' | 'ru';

/** Which of three Russian forms a count takes: 1 запись, 2 записи, 5 записей. */
export function russianPlural(count: number, forms: number): number {
  const whole = Math.abs(Math.trunc(count));
  const tens = whole % 100;
  const ones = whole % 10;
  const form = ones === 1 && tens !== 11 ? 0 : ones >= 2 && ones <= 4 && (tens < 12 || tens > 14) ? 1 : 2;
  return Math.min(form, forms - 1);
}

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en, ru },
  pluralRules: { ru: russianPlural },
});

/** The language to speak for a setting and the system's own language tag. */
export function languageFor(setting: 'system' | Language, systemLocale: string): Language {
  if (setting !== 'system') return setting;
  return /^ru\b/i.test(systemLocale) ? 'ru' : 'en';
}
