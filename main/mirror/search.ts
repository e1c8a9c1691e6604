/**
 * Searching by what a person types, ranked, on every keystroke.
 *
 * The query is literal: words divided by spaces, all of which must occur somewhere in the
 * record. Ranks are looked up one after the other, the best first, and the search stops as
 * soon as it has more than anybody pages through; so a frequent word costs no more than a
 * rare one, and only what is shown is ever ranked.
 */
import type { RecordScope } from '../../contract/records.ts';
import type { Engine, Query } from './engine.ts';
import { foldForSearch, sortKeyPrefixes } from './folding.ts';
import type { ListRow } from './model.ts';
import type { RecordList } from './recordlist.ts';
import { startsWord, wordExpression, type PieceField, type SearchText } from './searchindex.ts';

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
const smallScope = 400;

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

interface ParsedQuery {
  /** The whole query, folded. */
  readonly phrase: string;
  readonly words: readonly string[];
}

interface Ranking {
  readonly rows: readonly number[];
  readonly capped: boolean;
}

export class Search {
  readonly #engine: Engine;
  readonly #list: RecordList;
  readonly #byTitle: Query<Candidate>;
  readonly #byPieces: Query<number>;
  readonly #text: Query<Candidate>;
  #last: { readonly key: string; readonly generation: number; readonly ranking: Ranking } | null = null;

  constructor(engine: Engine, list: RecordList) {
    this.#engine = engine;
    this.#list = list;
    this.#byTitle = engine.query(
      `SELECT row, search_text.name, '' AS places, '' AS notes FROM records JOIN search_text USING (row)
       WHERE name_key >= ? AND name_key < ? ORDER BY name_key, row`,
    );
    this.#byPieces = engine.values('SELECT rowid FROM search_index WHERE search_index MATCH ?');
    this.#text = engine.query('SELECT row, name, places, notes FROM search_text WHERE row = ?');
  }

  /** An empty query finds nothing. Matches of one rank are ordered by title. */
  query(request: SearchRequest): SearchResult {
    const query = parseQuery(request.text);
    if (query.words.length === 0) return { total: 0, capped: false, rows: [] };
    const { rows, capped } = this.#ranking(query, request.scope);
    return {
      total: rows.length,
      capped,
      rows: this.#list.rows(rows.slice(request.offset, request.offset + request.limit)),
    };
  }

  /** The ranking of the last query is kept: its further pages must fit the first one. */
  #ranking(query: ParsedQuery, scope: RecordScope | null): Ranking {
    const key = JSON.stringify([query.phrase, scope]);
    const generation = this.#engine.generation;
    if (this.#last?.key === key && this.#last.generation === generation && scope?.kind !== 'recent') {
      return this.#last.ranking;
    }
    const ranking = this.#rank(query, scope);
    this.#last = { key, generation, ranking };
    return ranking;
  }

  #rank(query: ParsedQuery, scope: RecordScope | null): Ranking {
    const rows = scope === null || scope.kind === 'all' ? null : this.#list.order(scope, anyOrder);
    const found = new Map<number, Found>();
    if (rows !== null && rows.length <= smallScope) {
      for (const row of rows) {
        const candidate = this.#text.get(row);
        if (candidate !== undefined) addIfMatching(found, candidate, query);
      }
    } else {
      this.#collect(query, rows === null ? null : new Set(rows), found);
    }
    const ranked = [...found.values()].sort(compareFound);
    return { rows: ranked.slice(0, mostRanked).map((hit) => hit.row), capped: ranked.length > mostRanked };
  }

  /** Goes through the ranks, best first, until there is more than can be ranked. */
  #collect(query: ParsedQuery, scope: ReadonlySet<number> | null, found: Map<number, Found>): void {
    const isWanted = (row: number): boolean => !found.has(row) && (scope === null || scope.has(row));
    for (const prefix of sortKeyPrefixes(query.phrase)) {
      for (const candidate of this.#byTitle.each(prefix, `${prefix}\u{10ffff}`)) {
        if (isWanted(candidate.row)) addIfMatching(found, candidate, query);
        if (found.size > mostRanked) return;
      }
    }
    for (const expression of expressionsByRank(query.words.slice(0, mostIndexedWords))) {
      for (const row of this.#byPieces.each(expression)) {
        const candidate = isWanted(row) ? this.#text.get(row) : undefined;
        if (candidate !== undefined) addIfMatching(found, candidate, query);
        if (found.size > mostRanked) return;
      }
    }
  }
}

const anyOrder = { by: 'name', descending: false } as const;

function parseQuery(text: string): ParsedQuery {
  const phrase = foldForSearch(text);
  return { phrase, words: [...new Set(phrase.split(' ').filter((word) => word !== ''))] };
}

/**
 * One expression for each of the ranks 1 to 4; each finds at least what the ranks before it
 * have left over. A single word that is not in the title must be whole in one further field;
 * of several words each may stand elsewhere.
 */
function expressionsByRank(words: readonly string[]): string[] {
  const anywhere = words.length > 1;
  const fields: readonly (readonly PieceField[])[] = [
    ['s'],
    ['t'],
    anywhere ? ['t', 'k'] : ['k'],
    anywhere ? ['t', 'k', 'n'] : ['n'],
  ];
  return fields.map((allowed) => matchExpression(words, allowed));
}

/** All words, each whole in one of the fields. */
function matchExpression(words: readonly string[], fields: readonly PieceField[]): string {
  return words
    .map((word) => `(${fields.map((field) => `(${wordExpression(field, word)})`).join(' OR ')})`)
    .join(' AND ');
}

function addIfMatching(found: Map<number, Found>, candidate: Candidate, query: ParsedQuery): void {
  const rank = rankOf(candidate, query);
  if (rank !== null) found.set(candidate.row, { row: candidate.row, rank, name: candidate.name });
}

/** A record ranks as its worst word does; null if a word is nowhere in it. */
function rankOf(text: SearchText, query: ParsedQuery): Rank | null {
  if (text.name.startsWith(query.phrase)) return 0;
  let worst: Rank = 1;
  for (const word of query.words) {
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
