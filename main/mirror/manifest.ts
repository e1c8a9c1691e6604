/**
 * The tamper manifest: which ciphertext stood in which field when it was last accepted.
 * The protocol binds no ciphertext to its field, so this device remembers it instead.
 */
import type { Engine, Query } from './engine.ts';
import { manifestList } from './jsoncolumn.ts';
import type { ManifestEntry } from './model.ts';

export class Manifest {
  readonly #entries: Query<string>;
  readonly #replace: Query<never>;
  readonly #remove: Query<never>;

  constructor(engine: Engine) {
    this.#entries = engine.values('SELECT entries FROM manifest WHERE record_id = ?');
    this.#replace = engine.query(
      `INSERT INTO manifest (record_id, entries) VALUES (?, ?)
       ON CONFLICT (record_id) DO UPDATE SET entries = excluded.entries`,
    );
    this.#remove = engine.query('DELETE FROM manifest WHERE record_id = ?');
  }

  /** Empty for a record that was never accepted. */
  entries(recordId: string): ManifestEntry[] {
    const column = this.#entries.get(recordId);
    return column === undefined ? [] : manifestList(column);
  }

  replace(recordId: string, entries: readonly ManifestEntry[]): void {
    if (entries.length === 0) this.#remove.run(recordId);
    else this.#replace.run(recordId, JSON.stringify(entries));
  }

  /** The entry of the record whose ciphertext has this fingerprint, in whichever field it stood. */
  findMac(recordId: string, mac: string): ManifestEntry | null {
    return this.entries(recordId).find((entry) => entry.mac === mac) ?? null;
  }
}
