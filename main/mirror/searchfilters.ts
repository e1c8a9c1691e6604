/**
 * What the filters of a query leave over: sets of rows for what can be told from the narrow
 * columns, expressions of the search index and a comparison of texts for the rest.
 */
import type { RecordScope } from '../../contract/records.ts';
import type { SearchMark } from '../../contract/searching.ts';
import type { Engine, SqlValue } from './engine.ts';
import { foldForSearch } from './folding.ts';
import type { RecordList } from './recordlist.ts';
import { placesOf, wordExpression, type PieceField, type SearchText } from './searchindex.ts';
import type { SearchQuery, SearchTerm } from './searchquery.ts';
import type { Vaults } from './vaults.ts';

/** Ids of the records that carry a mark, as somebody above the mirror worked them out; null as long as nobody did. */
export type MarkSource = () => readonly string[] | null;

/** Terms that are answered by a set of rows. */
type RowTerm = Exclude<SearchTerm, { kind: 'word' }>;

/** Terms that are compared with the folded text of a candidate. */
type TextTerm = { readonly field: 'url' | 'tag' | 'login'; readonly text: string };

type Rows = ReadonlySet<number>;

const markSql: Readonly<Record<Exclude<SearchMark, 'weak'>, string>> = {
  totp: 'has_totp = 1',
  file: 'attachment_count > 0',
  favourite: 'favourite = 1',
  waiting: 'pending = 1',
};

const anyOrder = { by: 'name', descending: false } as const;

export class SearchFilters {
  readonly #engine: Engine;
  readonly #list: RecordList;
  readonly #vaults: Vaults;
  readonly #known = new Map<string, Rows>();
  #generation = -1;
  #weak: MarkSource = () => null;

  constructor(engine: Engine, list: RecordList, vaults: Vaults) {
    this.#engine = engine;
    this.#list = list;
    this.#vaults = vaults;
  }

  /** Whoever judges passwords tells which records are weak. */
  tellWeak(source: MarkSource): void {
    this.#weak = source;
  }

  knows(mark: SearchMark): boolean {
    return mark !== 'weak' || this.#weak() !== null;
  }

  /** The rows that scope and filters leave over, apart from what is compared by text; null for all. */
  allowed(query: SearchQuery, scope: RecordScope | null): Rows | null {
    const sets = query.wanted.filter(isRowTerm).map((term) => this.#rows(term));
    if (scope !== null && scope.kind !== 'all') sets.push(new Set(this.#list.order(scope, anyOrder)));
    const [smallest, ...others] = sets.sort((one, other) => one.size - other.size);
    if (smallest === undefined || others.length === 0) return smallest ?? null;
    return new Set([...smallest].filter((row) => others.every((set) => set.has(row))));
  }

  /** Rows that a filter turned round rules out. */
  barred(query: SearchQuery): readonly Rows[] {
    return query.unwanted.filter(isRowTerm).map((term) => this.#rows(term));
  }

  #rows(term: RowTerm): Rows {
    if (this.#generation !== this.#engine.generation) {
      this.#generation = this.#engine.generation;
      this.#known.clear();
    }
    const name = JSON.stringify(term);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const rows = new Set(this.#select(term));
    // What somebody else worked out may change without the mirror.
    if (term.kind !== 'mark' || term.mark !== 'weak') this.#known.set(name, rows);
    return rows;
  }

  #select(term: RowTerm): number[] {
    if (term.kind === 'colour') return this.#where('color = ?', term.colour);
    if (term.kind === 'mark') {
      if (term.mark !== 'weak') return this.#where(markSql[term.mark]);
      return this.#where('id IN (SELECT value FROM json_each(?))', JSON.stringify(this.#weak() ?? []));
    }
    const vaults = this.#vaults.all().filter(({ name }) => foldForSearch(name).includes(term.text));
    return this.#where(
      'vault_id IN (SELECT value FROM json_each(?))',
      JSON.stringify(vaults.map(({ id }) => id)),
    );
  }

  #where(condition: string, ...values: SqlValue[]): number[] {
    return this.#engine.values<number>(`SELECT row FROM records WHERE ${condition}`).all(...values);
  }
}

function isRowTerm(term: SearchTerm): term is RowTerm {
  return term.kind === 'mark' || term.kind === 'colour' || (term.kind === 'field' && term.field === 'vault');
}

function textTerms(terms: readonly SearchTerm[]): TextTerm[] {
  return terms.flatMap((term) =>
    term.kind === 'field' && term.field !== 'vault' ? [{ field: term.field, text: term.text }] : [],
  );
}

const letters: Readonly<Record<TextTerm['field'], PieceField>> = { login: 'l', url: 'u', tag: 'g' };

/** An expression of the search index that holds wherever the wanted fields do; null for none. */
export function fieldExpression({ wanted }: SearchQuery): string | null {
  const parts = textTerms(wanted).flatMap(({ field, text }) =>
    text.split(' ').map((word) => `(${wordExpression(letters[field], word)})`),
  );
  return parts.length === 0 ? null : parts.join(' AND ');
}

/** Compares the texts of candidates with everything of the query but its wanted words; null where that is nothing. */
export function textFilter({ wanted, unwanted }: SearchQuery): ((text: SearchText) => boolean) | null {
  const fields = textTerms(wanted);
  const notFields = textTerms(unwanted);
  const notWords = unwanted.flatMap((term) => (term.kind === 'word' ? [term.text] : []));
  if (fields.length + notFields.length + notWords.length === 0) return null;
  return (text) => {
    if (notWords.some((word) => holds(text, word))) return false;
    if (fields.length + notFields.length === 0) return true;
    const places = placesOf(text);
    return (
      fields.every((term) => places[term.field].includes(term.text)) &&
      !notFields.some((term) => places[term.field].includes(term.text))
    );
  };
}

function holds({ name, places, notes }: SearchText, word: string): boolean {
  return name.includes(word) || places.includes(word) || notes.includes(word);
}
