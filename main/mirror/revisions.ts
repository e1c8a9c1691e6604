/**
 * Former states of records as the server delivered them, kept so that what was read once can be
 * compared and put back without a network. Secrets stand here in their wire form, like those of
 * the records themselves.
 */
import type { Engine, Query } from './engine.ts';
import { hasMembers, isText, valueOf } from './jsoncolumn.ts';
import type { StoredCustomField } from './model.ts';

/** One former state (Passwork 7 protocol, "Snapshot"). */
export interface StoredRevision {
  readonly id: string;
  /** Unix milliseconds of the change that made this state; null if the server does not tell. */
  readonly at: number | null;
  /** Name of whoever made it; empty if the server does not tell. */
  readonly by: string;
  readonly name: string;
  readonly login: string;
  readonly urls: readonly string[];
  readonly description: string;
  readonly tags: readonly string[];
  readonly color: number;
  /** The record key of this state under the vault's key; it may be an older one than the record's. */
  readonly keyWrapped: string | null;
  readonly passwordEncrypted: string | null;
  readonly customs: readonly StoredCustomField[];
  /** Names of its files. */
  readonly files: readonly string[];
}

const isList = (value: unknown): boolean => Array.isArray(value);
const isTextOrNull = (value: unknown): boolean => value === null || isText(value);
const isNumberOrNull = (value: unknown): boolean => value === null || typeof value === 'number';

const members = {
  id: isText,
  at: isNumberOrNull,
  by: isText,
  name: isText,
  login: isText,
  urls: isList,
  description: isText,
  tags: isList,
  color: isNumberOrNull,
  keyWrapped: isTextOrNull,
  passwordEncrypted: isTextOrNull,
  customs: isList,
  files: isList,
};

function revisionIn(column: string): StoredRevision {
  return valueOf(column, (value): value is StoredRevision => hasMembers(value, members));
}

export class Revisions {
  readonly #engine: Engine;
  readonly #add: Query<never>;
  readonly #list: Query<string>;
  readonly #get: Query<string>;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#add = engine.query('INSERT INTO revisions (record_id, id, place, content) VALUES (?, ?, ?, ?)');
    this.#list = engine.values('SELECT content FROM revisions WHERE record_id = ? ORDER BY place');
    this.#get = engine.values('SELECT content FROM revisions WHERE record_id = ? AND id = ?');
  }

  /** Puts the whole list of a record, newest first, in the place of what was kept before. */
  replace(recordId: string, revisions: readonly StoredRevision[], at: number): void {
    this.#engine.transaction(() => {
      this.#engine.query('DELETE FROM revisions WHERE record_id = ?').run(recordId);
      revisions.forEach((revision, place) => {
        this.#add.run(recordId, revision.id, place, JSON.stringify(revision));
      });
      this.#engine
        .query(
          `INSERT INTO revision_reads (record_id, at) VALUES (?, ?)
           ON CONFLICT (record_id) DO UPDATE SET at = excluded.at`,
        )
        .run(recordId, at);
    });
  }

  /** Newest first. */
  list(recordId: string): StoredRevision[] {
    return this.#list.all(recordId).map(revisionIn);
  }

  get(recordId: string, id: string): StoredRevision | null {
    const content = this.#get.get(recordId, id);
    return content === undefined ? null : revisionIn(content);
  }

  /** When the list was last read from the server, in Unix milliseconds; null if never. */
  readAt(recordId: string): number | null {
    return (
      this.#engine.values<number>('SELECT at FROM revision_reads WHERE record_id = ?').get(recordId) ?? null
    );
  }
}
