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

/** A number at the end of a typed prefix may go on for this many digits. */
const furtherDigits = 8;

/**
 * What the sort keys of all texts begin with that begin with `start` (folded already). There
 * are several where `start` ends in a number, since a number's length stands before its
 * digits. Other texts may have such keys as well, so the caller compares the texts.
 */
export function sortKeyPrefixes(start: string): string[] {
  const [, before = '', digits = ''] = /^(.*?)([0-9]*)$/su.exec(start) ?? [];
  const stem = sortKey(`${before}|`).slice(0, -1);
  if (digits === '' || digits.startsWith('0')) return [stem];
  return Array.from(
    { length: furtherDigits + 1 },
    (_, more) => stem + numberLead(digits.length + more) + digits,
  );
}

/** Digits led by their count: `7` becomes `17`, `42` becomes `242`, so that longer numbers sort later. */
function numberKey(digits: string): string {
  const value = digits.replace(/^0+(?=[0-9])/, '');
  return numberLead(value.length) + value;
}

/** What stands before a number of that many digits: `1` to `8`, then `91` to `98`, and so on. */
function numberLead(length: number): string {
  return '9'.repeat(Math.floor((length - 1) / 8)) + String(((length - 1) % 8) + 1);
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
