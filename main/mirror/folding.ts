/**
 * How texts are made comparable: once for searching, once for sorting.
 *
 * Both forms are stored beside the text, since SQLite itself folds ASCII only.
 */

/** Folded for search: Unicode NFKC, lower case, ё as е, every run of white space one space. */
export function foldForSearch(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replaceAll('ё', 'е')
    .replace(/[\s\p{Cc}\p{Z}]+/gu, ' ')
    .trim();
}

const sortKeyLength = 160;

/**
 * A key whose order by code point is the order a person expects: case and Latin accents do
 * not count, ё stands with е, and numbers go by value (`srv-2` before `srv-10`). Й keeps its
 * own place in the Cyrillic alphabet. Keys are cut at 160 characters.
 */
export function sortKey(text: string): string {
  const folded = foldForSearch(text).slice(0, sortKeyLength);
  const plain = /[^\p{ASCII}\p{Script=Cyrillic}]/u.test(folded) ? withoutLatinAccents(folded) : folded;
  return plain.replace(/[0-9]+/g, numberKey).slice(0, sortKeyLength);
}

function withoutLatinAccents(text: string): string {
  return text
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC');
}

/** Digits led by their count: `7` becomes `17`, `42` becomes `242`, so that longer numbers sort later. */
function numberKey(digits: string): string {
  const value = digits.replace(/^0+(?=[0-9])/, '');
  const length = value.length - 1;
  return '9'.repeat(Math.floor(length / 8)) + String((length % 8) + 1) + value;
}

/** Host and port of the first URL that has one; a bare `host/path` counts as a URL. Empty if there is none. */
export function hostOf(urls: readonly string[]): string {
  for (const url of urls) {
    const trimmed = url.trim();
    if (trimmed === '') continue;
    const withScheme = /^[a-z][a-z0-9+.-]*:\/\//iu.test(trimmed) ? trimmed : `https://${trimmed}`;
    const parsed = URL.parse(withScheme);
    if (parsed !== null && parsed.host !== '') return parsed.host;
  }
  return '';
}
