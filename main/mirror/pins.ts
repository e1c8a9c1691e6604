/**
 * Facts pinned at first use: what a server may not change behind a person's back.
 */
import { StrongroomError } from '../../contract/errors.ts';
import type { Engine, Query } from './engine.ts';
import type { Pins, UserKeyPin, VaultKeyPin } from './model.ts';

export class PinStore {
  readonly #read: Query<Pins>;
  readonly #write: Query<never>;
  readonly #raiseOptions: Query<never>;
  readonly #vaultKey: Query<VaultKeyPin>;
  readonly #setVaultKey: Query<never>;
  readonly #userKey: Query<UserKeyPin>;
  readonly #userKeys: Query<UserKeyPin>;
  readonly #setUserKey: Query<never>;
  readonly #comparedKeys: Query<UserKeyPin>;

  constructor(engine: Engine) {
    this.#read = engine.query(
      `SELECT mode, master_key_options AS masterKeyOptions, own_public_key AS ownPublicKey, user_id AS userId
       FROM pinned_account`,
    );
    this.#write = engine.query(
      `INSERT INTO pinned_account (only_row, mode, master_key_options, own_public_key, user_id)
       VALUES (1, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    this.#raiseOptions = engine.query('UPDATE pinned_account SET master_key_options = ?');
    this.#vaultKey = engine.query(
      `SELECT vault_id AS vaultId, mac, trust, first_seen_at AS firstSeenAt
       FROM pinned_vault_keys WHERE vault_id = ?`,
    );
    this.#setVaultKey = engine.query(
      `INSERT INTO pinned_vault_keys (vault_id, mac, trust, first_seen_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (vault_id) DO UPDATE SET mac = excluded.mac, trust = excluded.trust,
         first_seen_at = excluded.first_seen_at`,
    );
    this.#userKey = engine.query(
      `SELECT user_id AS userId, fingerprint, first_seen_at AS firstSeenAt, verified_at AS verifiedAt,
         accepted_at AS acceptedAt, former_fingerprint AS formerFingerprint
       FROM pinned_user_keys WHERE user_id = ?`,
    );
    this.#comparedKeys = engine.query(
      `SELECT user_id AS userId, fingerprint, first_seen_at AS firstSeenAt, verified_at AS verifiedAt,
         accepted_at AS acceptedAt, former_fingerprint AS formerFingerprint
       FROM pinned_user_keys WHERE verified_at IS NOT NULL ORDER BY user_id`,
    );
    this.#userKeys = engine.query(
      `SELECT user_id AS userId, fingerprint, first_seen_at AS firstSeenAt, verified_at AS verifiedAt,
         accepted_at AS acceptedAt, former_fingerprint AS formerFingerprint
       FROM pinned_user_keys ORDER BY user_id`,
    );
    this.#setUserKey = engine.query(
      `INSERT INTO pinned_user_keys
         (user_id, fingerprint, first_seen_at, verified_at, accepted_at, former_fingerprint)
       VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (user_id) DO UPDATE SET fingerprint = excluded.fingerprint,
         first_seen_at = excluded.first_seen_at, verified_at = excluded.verified_at,
         accepted_at = excluded.accepted_at, former_fingerprint = excluded.former_fingerprint`,
    );
  }

  /** Null before the enrolment has written them. */
  read(): Pins | null {
    return this.#read.get() ?? null;
  }

  /** Once in the life of a mirror; a second time throws, so that no later answer can replace a pin. */
  write(pins: Pins): void {
    const written = this.#write.run(pins.mode, pins.masterKeyOptions, pins.ownPublicKey, pins.userId);
    if (written === 0) {
      throw new StrongroomError('internal', {}, { cause: new Error('the pins are written already') });
    }
  }

  /** After the key chain has accepted options that are stronger than the pinned ones. */
  raiseMasterKeyOptions(options: string): void {
    this.#raiseOptions.run(options);
  }

  vaultKey(vaultId: string): VaultKeyPin | null {
    return this.#vaultKey.get(vaultId) ?? null;
  }

  setVaultKey(pin: VaultKeyPin): void {
    this.#setVaultKey.run(pin.vaultId, pin.mac, pin.trust, pin.firstSeenAt);
  }

  userKey(userId: string): UserKeyPin | null {
    return this.#userKey.get(userId) ?? null;
  }

  /** Keys that somebody compared with their owners, by user id. */
  comparedKeys(): UserKeyPin[] {
    return this.#comparedKeys.all();
  }

  /** Every key of somebody else that is pinned, by user id. */
  userKeys(): UserKeyPin[] {
    return this.#userKeys.all();
  }

  /** Times in Unix milliseconds. Replacing a pin is the caller's decision, made by a person. */
  setUserKey(pin: UserKeyPin): void {
    const { userId, fingerprint, firstSeenAt, verifiedAt, acceptedAt, formerFingerprint } = pin;
    this.#setUserKey.run(userId, fingerprint, firstSeenAt, verifiedAt, acceptedAt, formerFingerprint);
  }
}
