/**
 * What this device remembers of signed rosters of keys and of the names of people whose keys were
 * compared. The rosters themselves are records like any other; what is here is what a server or a
 * former text of the record cannot take back.
 */
import type { Engine, Query } from './engine.ts';

/** A key that rosters are signed by. Time in Unix milliseconds. */
export interface RosterKey {
  /** Hex SHA-256 of the Ed25519 public key. */
  readonly fingerprint: string;
  readonly signerId: string;
  readonly signerName: string;
  /** Null for the own key, which counts without. */
  readonly acceptedAt: number | null;
  /** The highest number that was seen. */
  readonly number: number;
}

/** A key that a person took although a roster names another one for its owner. */
export interface OverruledRoster {
  readonly userId: string;
  readonly fingerprint: string;
  readonly rosterFingerprint: string;
}

/** By what names somebody was known when their key was compared. */
export interface ComparedPerson {
  readonly userId: string;
  readonly name: string;
  readonly login: string;
}

export class RosterStore {
  readonly #engine: Engine;
  readonly #keys: Query<RosterKey>;
  readonly #setKey: Query<never>;
  readonly #removeKey: Query<never>;
  readonly #overruled: Query<number>;
  readonly #overrule: Query<never>;
  readonly #allOverruled: Query<OverruledRoster>;
  readonly #compared: Query<ComparedPerson>;
  readonly #allCompared: Query<ComparedPerson>;
  readonly #setCompared: Query<never>;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#keys = engine.query(
      `SELECT fingerprint, signer_id AS signerId, signer_name AS signerName, accepted_at AS acceptedAt,
         number FROM roster_keys`,
    );
    this.#setKey = engine.query(
      `INSERT INTO roster_keys (fingerprint, signer_id, signer_name, accepted_at, number)
       VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (fingerprint) DO UPDATE SET signer_id = excluded.signer_id,
         signer_name = excluded.signer_name, accepted_at = excluded.accepted_at,
         number = max(number, excluded.number)`,
    );
    this.#removeKey = engine.query('UPDATE roster_keys SET accepted_at = NULL WHERE fingerprint = ?');
    this.#overruled = engine.values(
      'SELECT 1 FROM overruled_rosters WHERE user_id = ? AND fingerprint = ? AND roster_fingerprint = ?',
    );
    this.#overrule = engine.query('INSERT INTO overruled_rosters VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
    this.#compared = engine.query(
      'SELECT user_id AS userId, name, login FROM compared_people WHERE user_id = ?',
    );
    this.#allOverruled = engine.query(
      'SELECT user_id AS userId, fingerprint, roster_fingerprint AS rosterFingerprint FROM overruled_rosters',
    );
    this.#allCompared = engine.query('SELECT user_id AS userId, name, login FROM compared_people');
    this.#setCompared = engine.query(
      `INSERT INTO compared_people (user_id, name, login) VALUES (?, ?, ?)
       ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, login = excluded.login`,
    );
  }

  /** Rises whenever a record may have changed: what was read of rosters holds as long as it stays. */
  get generation(): number {
    return this.#engine.generation;
  }

  keys(): RosterKey[] {
    return this.#keys.all();
  }

  /** The remembered number never falls. */
  setKey({ fingerprint, signerId, signerName, acceptedAt, number }: RosterKey): void {
    this.#setKey.run(fingerprint, signerId, signerName, acceptedAt, number);
  }

  /** Takes the acceptance away; the number stays remembered. */
  withdraw(fingerprint: string): void {
    this.#removeKey.run(fingerprint);
  }

  isOverruled({ userId, fingerprint, rosterFingerprint }: OverruledRoster): boolean {
    return this.#overruled.get(userId, fingerprint, rosterFingerprint) !== undefined;
  }

  overrule({ userId, fingerprint, rosterFingerprint }: OverruledRoster): void {
    this.#overrule.run(userId, fingerprint, rosterFingerprint);
  }

  comparedAs(userId: string): ComparedPerson | null {
    return this.#compared.get(userId) ?? null;
  }

  setComparedAs({ userId, name, login }: ComparedPerson): void {
    this.#setCompared.run(userId, name, login);
  }

  /** Takes over what another copy of the same account remembers, as far as nothing is known here. */
  takeOver(from: RosterStore): void {
    const known = new Set(this.keys().map(({ fingerprint }) => fingerprint));
    for (const key of from.keys()) if (!known.has(key.fingerprint)) this.setKey(key);
    for (const each of from.#allOverruled.all()) this.overrule(each);
    for (const person of from.#allCompared.all()) {
      if (this.comparedAs(person.userId) === null) this.setComparedAs(person);
    }
  }
}
