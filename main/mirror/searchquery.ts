/**
 * Reading what a person typed into the search box.
 *
 * Literal by default: a word is a filter only if its key and its value are ones of the table in
 * the contract. `login:root` is a filter; `http://root`, `has:hope` and `login:` are words. Quotes keep
 * words together and switch every meaning off; a minus before a word, quotes or a filter turns
 * it round. A quote without its partner reaches to the end, so that a phrase is found while it
 * is being typed.
 */
import { colourKeys, searchFields, searchMarks } from '../../contract/searching.ts';
import type { SearchField, SearchMark } from '../../contract/searching.ts';
import { foldForSearch } from './folding.ts';

/** One thing that is asked of a record. Texts are folded and never empty. */
export type SearchTerm =
  | { readonly kind: 'word'; readonly text: string }
  | { readonly kind: 'field'; readonly field: SearchField; readonly text: string }
  | { readonly kind: 'mark'; readonly mark: SearchMark }
  /** 0 for records without a colour. */
  | { readonly kind: 'colour'; readonly colour: number };

export interface SearchQuery {
  /** Of all of these every one must hold; none stands twice. */
  readonly wanted: readonly SearchTerm[];
  /** None of these may hold. */
  readonly unwanted: readonly SearchTerm[];
}

/** Marks that nothing is known of are no filters; their text is searched for. */
export type KnowsMark = (mark: SearchMark) => boolean;

const quoted = /^(-?)(?:([a-z]+):)?"([^"]+)(?:"(?= |$)|$)/;
const plain = /^[^ ]+/;

/** Reads a query; of an empty one both lists are empty. */
export function parseSearch(typed: string, knows: KnowsMark = () => true): SearchQuery {
  const wanted = new Map<string, SearchTerm>();
  const unwanted = new Map<string, SearchTerm>();
  let rest = foldForSearch(typed);
  while (rest !== '') {
    const token = quotedToken(rest, knows) ?? plainToken(plain.exec(rest)?.[0] ?? rest, knows);
    (token.negative ? unwanted : wanted).set(JSON.stringify(token.term), token.term);
    rest = rest.slice(token.length).trimStart();
  }
  return { wanted: [...wanted.values()], unwanted: [...unwanted.values()] };
}

interface Token {
  readonly term: SearchTerm;
  readonly negative: boolean;
  readonly length: number;
}

function quotedToken(rest: string, knows: KnowsMark): Token | null {
  const match = quoted.exec(rest);
  if (match === null) return null;
  const [whole, minus, key, inner = ''] = match;
  const text = inner.trim();
  if (text === '') return null;
  const term: SearchTerm | null = key === undefined ? { kind: 'word', text } : filterOf(key, text, knows);
  return term === null ? null : { term, negative: minus === '-', length: whole.length };
}

function plainToken(word: string, knows: KnowsMark): Token {
  // One minus means something, two are a word: `--force`.
  const negative = /^-[^-]/.test(word);
  const bare = negative ? word.slice(1) : word;
  const colon = bare.indexOf(':');
  const filter = colon > 0 ? filterOf(bare.slice(0, colon), bare.slice(colon + 1), knows) : null;
  return { term: filter ?? { kind: 'word', text: bare }, negative, length: word.length };
}

/** The filter that a key and a value make, or null if they make none. */
function filterOf(key: string, value: string, knows: KnowsMark): SearchTerm | null {
  // A lone quote is a value that is only being begun.
  if (value === '' || value === '"') return null;
  const field = searchFields.find((name) => name === key);
  if (field !== undefined) return { kind: 'field', field, text: value };
  if (colourKeys.some((name) => name === key)) return colourOf(value);
  const marks: readonly SearchMark[] = key === 'has' || key === 'is' ? searchMarks[key] : [];
  const mark = marks.find((name) => name === value);
  return mark !== undefined && knows(mark) ? { kind: 'mark', mark } : null;
}

function colourOf(value: string): SearchTerm | null {
  if (value === 'none') return { kind: 'colour', colour: 0 };
  return /^[0-9]{1,2}$/.test(value) ? { kind: 'colour', colour: Number(value) } : null;
}
