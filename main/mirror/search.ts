/**
 * Searching by what a person types, ranked, on every keystroke.
 *
 * Words are literal, and all of them must occur somewhere in the record; filters (see
 * `searchquery.ts`) leave over what they ask for. Ranks are looked up one after the other, the
 * best first, and the search stops as soon as it has more than anybody pages through; so a
 * frequent word costs no more than a rare one, and only what is shown is ever ranked.
 */
import type { RecordScope } from '../../contract/records.ts';
import type { Engine, Query } from './engine.ts';
import { sortKeyPrefixes } from './folding.ts';
import type { ListRow } from './model.ts';
import type { RecordList } from './recordlist.ts';
import { fieldExpression, SearchFilters, textFilter } from './searchfilters.ts';
import type { MarkSource } from './searchfilters.ts';
import { startsWord, wordExpression, type PieceField, type SearchText } from './searchindex.ts';
import { parseSearch, type SearchQuery } from './searchquery.ts';
import type { Vaults } from './vaults.ts';

export interface SearchRequest {
  readonly text: string;
  readonly scope: RecordScope | null;
  readonly offset: number;
  readonly limit: number;
}

export interface SearchResult {
  /** Ranked matches; at most `mostRanked`. */
  readonly total: number;
  /** There are more matches than were ranked. */
  readonly capped: boolean;
  readonly rows: readonly ListRow[];
}

/** Matches that are ranked at most. */
export const mostRanked = 500;

/** Scopes up to this size are read through instead of asking the index. */
const smallScope = 2500;

/** Of more rows than this share of all, the first ones are found soonest along the index by title. */
const denseShare = 1 / 8;

/** Words that are looked up; further ones could only narrow the result and are compared all the same. */
const mostIndexedWords = 8;

/** 0: the title starts with the query. 1: in the title, at starts of words. 2: in the title. 3: login, URL, tag. 4: the rest. */
type Rank = 0 | 1 | 2 | 3 | 4;

interface Candidate extends SearchText {
  row: number;
}

interface Found {
  readonly row: number;
  readonly rank: Rank;
  readonly name: string;
}

/** A query made ready for comparing candidates with it. */
interface Question {
  /** The wanted words in the order in which they were typed. */
  readonly phrase: string;
  readonly words: readonly string[];
  /** What the index is asked for besides the words, or null. */
  readonly fields: string | null;
  /** Whether any word, wanted or not, may stand in the notes. */
  readonly asksNotes: boolean;
  /** Everything but the wanted words, compared by text; null for nothing. */
  readonly fits: ((text: SearchText) => boolean) | null;
  /** By scope and filters; null for all rows. */
  readonly allowed: ReadonlySet<number> | null;
  readonly barred: readonly ReadonlySet<number>[];
}

interface Ranking {
  readonly rows: readonly number[];
  readonly capped: boolean;
}

export class Search {
  readonly #engine: Engine;
  readonly #list: RecordList;
  readonly #filters: SearchFilters;
  readonly #byTitle: Query<Candidate>;
  readonly #byPieces: Query<number>;
  readonly #byName: Query<number>;
  readonly #sorted: Query<number>;
  readonly #text: Query<Candidate>;
  /** Notes are long, and only words ask for them. */
  readonly #textWithoutNotes: Query<Candidate>;
  #last: { readonly key: string; readonly generation: number; readonly ranking: Ranking } | null = null;

  constructor(engine: Engine, list: RecordList, vaults: Vaults) {
    this.#engine = engine;
    this.#list = list;
    this.#filters = new SearchFilters(engine, list, vaults);
    this.#byTitle = engine.query(
      `SELECT row, search_text.name, '' AS places, '' AS notes FROM records JOIN search_text USING (row)
       WHERE name_key >= ? AND name_key < ? ORDER BY name_key, row`,
    );
    this.#byPieces = engine.values('SELECT rowid FROM search_index WHERE search_index MATCH ?');
    this.#byName = engine.values('SELECT row FROM records INDEXED BY records_by_name ORDER BY name_key, row');
    this.#sorted = engine.values(
      `SELECT row FROM records WHERE row IN (SELECT value FROM json_each(?)) ORDER BY name_key, row`,
    );
    this.#text = engine.query('SELECT row, name, places, notes FROM search_text WHERE row = ?');
    this.#textWithoutNotes = engine.query(
      `SELECT row, name, places, '' AS notes FROM search_text WHERE row = ?`,
    );
  }

  /** `is:weak` becomes a filter as soon as the source gives ids; until then it is searched for as a word. */
  tellWeak(source: MarkSource): void {
    this.#filters.tellWeak(source);
    this.#last = null;
  }

  /** An empty query finds nothing. Matches of one rank are ordered by title. */
  query(request: SearchRequest): SearchResult {
    const query = parseSearch(request.text, (mark) => this.#filters.knows(mark));
    if (query.wanted.length + query.unwanted.length === 0) return { total: 0, capped: false, rows: [] };
    const { rows, capped } = this.#ranking(query, request.scope);
    return {
      total: rows.length,
      capped,
      rows: this.#list.rows(rows.slice(request.offset, request.offset + request.limit)),
    };
  }

  /** The ranking of the last query is kept: its further pages must fit the first one. */
  #ranking(query: SearchQuery, scope: RecordScope | null): Ranking {
    const key = JSON.stringify([query, scope]);
    const generation = this.#engine.generation;
    const changesUnseen =
      scope?.kind === 'recent' || query.wanted.some(isWeak) || query.unwanted.some(isWeak);
    if (this.#last?.key === key && this.#last.generation === generation && !changesUnseen) {
      return this.#last.ranking;
    }
    const ranking = this.#rank(this.#question(query, scope));
    this.#last = { key, generation, ranking };
    return ranking;
  }

  #question(query: SearchQuery, scope: RecordScope | null): Question {
    const words = query.wanted.flatMap((term) => (term.kind === 'word' ? [term.text] : []));
    return {
      phrase: words.join(' '),
      words,
      fields: fieldExpression(query),
      asksNotes: words.length > 0 || query.unwanted.some(({ kind }) => kind === 'word'),
      fits: textFilter(query),
      allowed: this.#filters.allowed(query, scope),
      barred: this.#filters.barred(query),
    };
  }

  #rank(question: Question): Ranking {
    const { allowed } = question;
    const found = new Map<number, Found>();
    if (allowed !== null && allowed.size <= smallScope) {
      for (const row of allowed) this.#consider(found, row, question);
    } else this.#collect(question, found);
    const ranked = [...found.values()].sort(compareFound);
    return { rows: ranked.slice(0, mostRanked).map((hit) => hit.row), capped: ranked.length > mostRanked };
  }

  /** Goes through the ranks, best first, until there is more than can be ranked. */
  #collect(question: Question, found: Map<number, Found>): void {
    if (question.words.length > 0) this.#collectByTitle(question, found);
    for (const expression of expressionsOf(question)) {
      if (found.size > mostRanked) return;
      for (const row of this.#byPieces.each(expression)) {
        this.#consider(found, row, question);
        if (found.size > mostRanked) return;
      }
    }
    if (question.words.length === 0 && question.fields === null) this.#collectByName(question, found);
  }

  #collectByTitle(question: Question, found: Map<number, Found>): void {
    for (const prefix of sortKeyPrefixes(question.phrase)) {
      for (const { row, name } of this.#byTitle.each(prefix, `${prefix}\u{10ffff}`)) {
        if (!name.startsWith(question.phrase)) continue;
        // The title says all there is to know, unless filters ask for more.
        if (question.fits !== null) this.#consider(found, row, question);
        else if (isWanted(found, row, question)) found.set(row, { row, rank: 0, name });
        if (found.size > mostRanked) return;
      }
    }
  }

  /** For filters alone: the rows in the order of their titles. */
  #collectByName(question: Question, found: Map<number, Found>): void {
    for (const row of this.#inOrder(question.allowed)) {
      this.#consider(found, row, question);
      if (found.size > mostRanked) return;
    }
  }

  #inOrder(allowed: ReadonlySet<number> | null): Iterable<number> {
    if (allowed === null || allowed.size > this.#list.total() * denseShare) return this.#byName.each();
    return this.#sorted.all(JSON.stringify([...allowed]));
  }

  #consider(found: Map<number, Found>, row: number, question: Question): void {
    if (!isWanted(found, row, question)) return;
    const text = (question.asksNotes ? this.#text : this.#textWithoutNotes).get(row);
    if (text === undefined || question.fits?.(text) === false) return;
    const rank = rankOf(text, question);
    if (rank !== null) found.set(row, { row, rank, name: text.name });
  }
}

/** As far as scope and filters tell by the row alone. */
function isWanted(found: ReadonlyMap<number, Found>, row: number, { allowed, barred }: Question): boolean {
  if (found.has(row) || allowed?.has(row) === false) return false;
  return !barred.some((rows) => rows.has(row));
}

function isWeak(term: SearchQuery['wanted'][number]): boolean {
  return term.kind === 'mark' && term.mark === 'weak';
}

/**
 * One expression for each of the ranks 1 to 4, each with what the filters ask of the index; each
 * finds at least what the ranks before it have left over. A single word that is not in the title
 * must be whole in one further field; of several words each may stand elsewhere.
 */
function expressionsOf({ words, fields }: Question): string[] {
  // A phrase stands in the index as its words; only the comparison knows that they belong together.
  const pieces = [...new Set(words.flatMap((word) => word.split(' ')))].slice(0, mostIndexedWords);
  if (pieces.length === 0) return fields === null ? [] : [fields];
  const anywhere = pieces.length > 1;
  const places: readonly PieceField[] = ['l', 'u', 'g'];
  const ranks: readonly (readonly PieceField[])[] = [
    ['s'],
    ['t'],
    anywhere ? ['t', ...places] : places,
    anywhere ? ['t', ...places, 'n'] : ['n'],
  ];
  return ranks.map((allowed) =>
    fields === null ? matchExpression(pieces, allowed) : `${matchExpression(pieces, allowed)} AND ${fields}`,
  );
}

/** All words, each whole in one of the fields. */
function matchExpression(words: readonly string[], fields: readonly PieceField[]): string {
  return words
    .map((word) => `(${fields.map((field) => `(${wordExpression(field, word)})`).join(' OR ')})`)
    .join(' AND ');
}

/** A record ranks as its worst word does; null if a word is nowhere in it. */
function rankOf(text: SearchText, { phrase, words }: Question): Rank | null {
  if (words.length === 0) return 1;
  if (text.name.startsWith(phrase)) return 0;
  let worst: Rank = 1;
  for (const word of words) {
    const rank = rankOfWord(text, word);
    if (rank === null) return null;
    if (rank > worst) worst = rank;
  }
  return worst;
}

function rankOfWord(text: SearchText, word: string): Rank | null {
  let index = text.name.indexOf(word);
  if (index >= 0) {
    for (; index >= 0; index = text.name.indexOf(word, index + 1)) {
      if (startsWord(text.name, index)) return 1;
    }
    return 2;
  }
  if (text.places.includes(word)) return 3;
  return text.notes.includes(word) ? 4 : null;
}

function compareFound(a: Found, b: Found): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.row - b.row;
}
