/**
 * The index behind the search box, and the one place that writes it.
 *
 * Each record's folded text is cut into pieces of up to three characters, one starting at
 * every character that is no space, and each piece goes into an FTS5 table as a token behind
 * a letter for where it stands: `t` title, `s` start of a word in the title, `l` login, `u` URLs,
 * `g` tags, `n` description and file names. FTS5's prefix indexes of two and three characters
 * make the one- and two-character pieces searchable without storing them again. A word of the
 * query becomes the pieces that cover it; the folded text, kept in `search_text`, then decides.
 */
import type { Engine, Query } from './engine.ts';
import { foldForSearch } from './folding.ts';
import type { StoredRecord } from './model.ts';

/** Where a piece stands. */
export type PieceField = 't' | 's' | 'l' | 'u' | 'g' | 'n';

/** Longest stretch of one field that is searched, in characters; longer texts exist only to harm. */
const longestText = 20_000;

/** Separates the values inside one folded field; no query can contain it, since folding removes it. */
const valueBreak = '\n';

/** Separates login, URLs and tags inside `places`; no query can contain it either. */
const groupBreak = '\u0001';

export interface SearchText {
  /** The folded title. */
  readonly name: string;
  /** Login, URLs and tags, folded, one a line; see `placesOf`. */
  readonly places: string;
  /** Description and attachment names, folded, one a line. */
  readonly notes: string;
}

export function searchTextOf(record: StoredRecord): SearchText {
  const folded = (values: readonly string[]): string =>
    values
      .map(foldForSearch)
      .filter((value) => value !== '')
      .join(valueBreak)
      .slice(0, longestText)
      .toWellFormed();
  return {
    name: folded([record.name]),
    places: [[record.login], record.urls, record.tags].map(folded).join(groupBreak),
    notes: folded([record.description, ...record.attachments.map((attachment) => attachment.name)]),
  };
}

/** The three parts of `places`. */
export function placesOf({ places }: Pick<SearchText, 'places'>): Record<'login' | 'url' | 'tag', string> {
  const [login = '', url = '', tag = ''] = places.split(groupBreak);
  return { login, url, tag };
}

const wordCharacter = /[\p{L}\p{N}]/u;

/** Does a word start at this place: nothing or no letter and no digit stands before it. */
export function startsWord(text: string, index: number): boolean {
  return index === 0 || !wordCharacter.test(precedingCharacter(text, index));
}

function precedingCharacter(text: string, index: number): string {
  const before = text.codePointAt(index - 1) ?? 0;
  const isLowSurrogate = before >= 0xdc00 && before <= 0xdfff;
  return isLowSurrogate ? text.slice(index - 2, index) : String.fromCodePoint(before);
}

/**
 * FTS5's ASCII tokenizer keeps letters, digits and everything beyond ASCII; punctuation is
 * therefore moved to a private area of Unicode before it is cut into pieces.
 */
function indexable(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, (character) =>
    String.fromCharCode(0xe000 + character.charCodeAt(0)),
  );
}

const isSpace = (character: string): boolean => character === ' ' || character === valueBreak;

/** Characters as code points, so that no piece ends inside a surrogate pair. */
function charactersOf(text: string): readonly string[] | string {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
}

function piecesOf(field: PieceField, text: string): string {
  const characters = charactersOf(indexable(text));
  let pieces = '';
  for (let index = 0; index < characters.length; index += 1) {
    const first = characters[index] ?? ' ';
    if (isSpace(first)) continue;
    pieces += field + first;
    const second = characters[index + 1] ?? ' ';
    if (!isSpace(second)) {
      pieces += second;
      const third = characters[index + 2] ?? ' ';
      if (!isSpace(third)) pieces += third;
    }
    pieces += ' ';
  }
  return pieces;
}

function wordStartPieces(name: string): string {
  const characters = charactersOf(name);
  let pieces = '';
  let inWord = false;
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? ' ';
    if (!inWord && !isSpace(character)) {
      const start = Array.from(characters.slice(index, index + 3)).join('');
      pieces += `s${indexable(start.split(' ', 1)[0] ?? '')} `;
    }
    inWord = wordCharacter.test(character);
  }
  return pieces;
}

const mostPiecesOfWord = 6;

/**
 * The FTS5 expression for the records in whose `field` all pieces of the word stand. It may
 * match more than the word itself does, never less.
 */
export function wordExpression(field: PieceField, word: string): string {
  const characters = Array.from(indexable(word));
  if (characters.length < 3) return `"${field}${characters.join('')}" *`;
  if (field === 's') {
    const start = `"s${characters.slice(0, 3).join('')}"`;
    return characters.length === 3 ? start : `${start} AND ${wordExpression('t', word)}`;
  }
  const last = characters.length - 3;
  const count = Math.min(mostPiecesOfWord, Math.ceil(characters.length / 3));
  const pieces = new Set<string>();
  for (let index = 0; index < count; index += 1) {
    const start = count === 1 ? 0 : Math.round((index * last) / (count - 1));
    pieces.add(`"${field}${characters.slice(start, start + 3).join('')}"`);
  }
  return [...pieces].join(' AND ');
}

/** Writes and rewrites the search entries of records. */
export class SearchIndex {
  readonly #text: Query<SearchText>;
  readonly #addText: Query<never>;
  readonly #setText: Query<never>;
  readonly #removePieces: Query<never>;
  readonly #addPieces: Query<never>;

  constructor(engine: Engine) {
    this.#text = engine.query('SELECT name, places, notes FROM search_text WHERE row = ?');
    this.#addText = engine.query('INSERT INTO search_text (row, name, places, notes) VALUES (?, ?, ?, ?)');
    this.#setText = engine.query('UPDATE search_text SET name = ?, places = ?, notes = ? WHERE row = ?');
    this.#removePieces = engine.query('DELETE FROM search_index WHERE rowid = ?');
    this.#addPieces = engine.query('INSERT INTO search_index (rowid, pieces) VALUES (?, ?)');
  }

  /** Writes the entry of a new row. */
  add(row: number, record: StoredRecord): void {
    const text = searchTextOf(record);
    this.#addText.run(row, text.name, text.places, text.notes);
    this.#addPieces.run(row, allPieces(text));
  }

  /** Puts the record's present entry in the place of an earlier one, if they differ. */
  replace(row: number, record: StoredRecord): void {
    const text = searchTextOf(record);
    const before = this.#text.get(row);
    if (before?.name === text.name && before.places === text.places && before.notes === text.notes) return;
    this.#setText.run(text.name, text.places, text.notes, row);
    this.#removePieces.run(row);
    this.#addPieces.run(row, allPieces(text));
  }
}

function allPieces(text: SearchText): string {
  const { login, url, tag } = placesOf(text);
  return (
    wordStartPieces(text.name) +
    piecesOf('t', text.name) +
    piecesOf('l', login) +
    piecesOf('u', url) +
    piecesOf('g', tag) +
    piecesOf('n', text.notes)
  );
}
