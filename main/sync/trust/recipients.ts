/**
 * Other people's public keys, and the one gate through which a key leaves wrapped for somebody else.
 *
 * The server hands out public keys unsigned, so whoever controls it could name a key of its own and
 * read whatever is wrapped for it. Therefore each key is pinned at first use; a person can compare
 * its fingerprint with the owner; and a key that differs from its pin stops every wrap until a person
 * has accepted it. What is wrapped is always wrapped for the fingerprint that the person was shown.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import { rosterStops } from '../../../contract/keytrust.ts';
import { keyBits, keyFingerprint, publicPemOf, sealInboxKey, wrapVaultKey } from '../../keychain/index.ts';
import type { PrivateKey, RecordKey, VaultKey } from '../../keychain/index.ts';
import type { Mirror, UserKeyPin } from '../../mirror/index.ts';
import { readPublicKey } from '../../remote/index.ts';
import type { RemoteClient } from '../../remote/index.ts';
import { chainStep } from './chainfailure.ts';
import type { KeyRosters, RosterWord } from './rosterword.ts';

/**
 * `missing`: there is no key pair yet. `own`: one's own. `unseen`: never used from this device.
 * `seen`: the one that was used before. `verified`: compared with its owner. `changed`: another one
 * than the pinned. `unreadable`: not a key that anything could be wrapped for.
 */
export type RecipientTrust = 'missing' | 'own' | 'unseen' | 'seen' | 'verified' | 'changed' | 'unreadable';

/** A person's key as it stands now. Times in Unix milliseconds. */
export interface RecipientFacts {
  readonly userId: string;
  readonly trust: RecipientTrust;
  /** Hex SHA-256 of the SubjectPublicKeyInfo; null without a key that can be read. */
  readonly fingerprint: string | null;
  readonly bits: number | null;
  readonly pin: UserKeyPin | null;
  /** What the server says of the key's origin. */
  readonly madeAt: number | null;
  readonly reset: { readonly at: number | null; readonly by: string | null } | null;
  /** What rosters that count on this device say of this key; null where none says anything. */
  readonly roster: RosterWord | null;
}

/** Whom to wrap for: the person, and the fingerprint that was shown when it was decided. */
export interface RecipientWish {
  readonly userId: string;
  readonly fingerprint: string;
  /** Somebody entitled to has agreed to a key under 2048 bits. */
  readonly allowWeak?: boolean;
}

/** Leave to wrap for one person, given by {@link Recipients.admit} alone. */
export interface Recipient {
  readonly userId: string;
  readonly fingerprint: string;
  /** Standard base64. Throws as `wrapKey` of the key chain. */
  wrapVaultKey(key: VaultKey): string;
  /** Standard base64: a record key for an inbox entry. */
  wrapRecordKey(key: RecordKey): string;
}

export interface RecipientsParts {
  readonly mirror: Mirror;
  readonly client: RemoteClient;
  /** Throws `locked` without client-side encryption. */
  readonly privateKey: () => PrivateKey;
  /** Fingerprint of the own public key as this device knows it; null where it knows of none. */
  readonly ownPublicKey: () => string | null;
  readonly rosters: KeyRosters;
  readonly now: () => number;
}

/** Smallest modulus that new keys are wrapped for without being asked. */
export const safeKeyBits = 2048;

export class Recipients {
  readonly #parts: RecipientsParts;

  constructor(parts: RecipientsParts) {
    this.#parts = parts;
  }

  /** Asks the server for a person's key and holds it against the pin; pins nothing. */
  async look(userId: string, signal?: AbortSignal): Promise<RecipientFacts> {
    return (await this.#ask(userId, signal)).facts;
  }

  /**
   * Gives leave to wrap for a person under the key that was shown, and pins it if it is the first.
   * @throws StrongroomError `recipientKeyMissing`; `recipientKeyChanged` if it is not the pinned one
   * or not the one that was shown; `rosterDiffers` if a roster names another one and nobody has
   * decided; `weakRecipientKey`; `ownKeyMismatch` for one's own.
   */
  async admit(
    { userId, fingerprint, allowWeak = false }: RecipientWish,
    signal?: AbortSignal,
  ): Promise<Recipient> {
    const { mirror, now } = this.#parts;
    const { facts, pem } = await this.#ask(userId, signal);
    if (pem === null || facts.trust === 'unreadable') throw new StrongroomError('recipientKeyMissing');
    // One's own pair counts once it was opened on this device, never by the server's word.
    if (mirror.pins.read()?.userId === userId && facts.trust !== 'own')
      throw new StrongroomError('ownKeyMismatch');
    if (facts.trust === 'changed' || facts.fingerprint !== fingerprint)
      throw new StrongroomError('recipientKeyChanged');
    if (rosterStops(facts.roster)) throw new StrongroomError('rosterDiffers');
    if ((facts.bits ?? 0) < safeKeyBits && !allowWeak) {
      throw new StrongroomError('weakRecipientKey', { bits: facts.bits ?? 0 });
    }
    if (facts.trust === 'unseen')
      mirror.durable(() => mirror.pins.setUserKey(firstSeen(userId, fingerprint, now())));
    const options = { allowLegacyKey: allowWeak };
    return {
      ...{ userId, fingerprint },
      wrapVaultKey: (key) => chainStep(() => wrapVaultKey(key, pem, options)),
      wrapRecordKey: (key) => chainStep(() => sealInboxKey(key, pem, options)),
    };
  }

  /**
   * What a key that the server tells of is to this device, without asking for the key itself: for
   * lists. Whoever wraps goes through {@link Recipients.admit} all the same.
   */
  judge(userId: string, fingerprint: string | null): RecipientTrust {
    if (fingerprint === null) return 'missing';
    const own = this.#parts.mirror.pins.read();
    if (own?.userId === userId) return this.#parts.ownPublicKey() === fingerprint ? 'own' : 'changed';
    return trustOf('', fingerprint, this.#pinOf(userId));
  }

  /**
   * Whether somebody has compared this key: on this device, or whoever signed a roster that counts
   * here. Never for a key that is another one than the pinned.
   */
  isCompared(userId: string, fingerprint: string): boolean {
    const trust = this.judge(userId, fingerprint);
    const word = this.#parts.rosters.wordOn(userId, fingerprint);
    if (rosterStops(word)) return false;
    if (trust === 'verified') return true;
    return (trust === 'seen' || trust === 'unseen') && word?.standing === 'vouched';
  }

  /** What rosters say of a key, for lists; see {@link Recipients.judge}. */
  wordOn(userId: string, fingerprint: string): RosterWord | null {
    return this.#parts.rosters.wordOn(userId, fingerprint);
  }

  /** One's own public key is computed, never asked for: a new vault's key is wrapped with it. */
  own(): Recipient {
    const { mirror, privateKey, ownPublicKey } = this.#parts;
    const pem = publicPemOf(privateKey());
    const fingerprint = keyFingerprint(pem);
    const pins = mirror.pins.read();
    if (pins === null || ownPublicKey() !== fingerprint) throw new StrongroomError('ownKeyMismatch');
    const options = { allowLegacyKey: true };
    return {
      ...{ userId: pins.userId, fingerprint },
      wrapVaultKey: (key) => chainStep(() => wrapVaultKey(key, pem, options)),
      wrapRecordKey: (key) => chainStep(() => sealInboxKey(key, pem, options)),
    };
  }

  /**
   * A person compared this fingerprint with its owner.
   * @throws StrongroomError `recipientKeyChanged` if another key is pinned: that is accepted first.
   */
  verify(userId: string, fingerprint: string): void {
    const pin = this.#pinOf(userId) ?? firstSeen(userId, fingerprint, this.#parts.now());
    if (pin.fingerprint !== fingerprint) throw new StrongroomError('recipientKeyChanged');
    this.#pin({ ...pin, verifiedAt: this.#parts.now() });
  }

  /** Takes the mark away; the pin stays. */
  unverify(userId: string): void {
    const pin = this.#pinOf(userId);
    if (pin !== null) this.#pin({ ...pin, verifiedAt: null });
  }

  /**
   * A person accepted this key in the place of the pinned one, or of the one that a roster names; a
   * key that takes the place of another counts as seen, not as compared.
   */
  accept(userId: string, fingerprint: string): void {
    const pin = this.#pinOf(userId);
    this.#parts.rosters.keyAccepted(userId, fingerprint);
    if (pin?.fingerprint === fingerprint) return;
    const at = this.#parts.now();
    const seen = firstSeen(userId, fingerprint, at);
    this.#pin(pin === null ? seen : { ...seen, acceptedAt: at, formerFingerprint: pin.fingerprint });
  }

  async #ask(
    userId: string,
    signal: AbortSignal | undefined,
  ): Promise<{ facts: RecipientFacts; pem: string | null }> {
    const { client, mirror } = this.#parts;
    const told = await readPublicKey(client, userId, signal);
    const read = told.publicKey === null ? null : readFacts(told.publicKey);
    const pin = this.#pinOf(userId);
    const fingerprint = read?.fingerprint ?? null;
    const isOwn = mirror.pins.read()?.userId === userId;
    const own = isOwn ? this.#parts.ownPublicKey() : null;
    if (own !== null && told.publicKey !== null && fingerprint !== own)
      throw new StrongroomError('ownKeyMismatch');
    const trust = own !== null && fingerprint !== null ? 'own' : trustOf(told.publicKey, fingerprint, pin);
    const facts: RecipientFacts = {
      ...{ userId, trust, fingerprint, bits: read?.bits ?? null, pin },
      roster: fingerprint === null || isOwn ? null : this.#parts.rosters.wordOn(userId, fingerprint),
      madeAt: milliseconds(told.madeAt),
      reset: told.reset && { at: milliseconds(told.reset.at), by: told.reset.by?.fullName ?? null },
    };
    return { facts, pem: told.publicKey };
  }

  #pinOf(userId: string): UserKeyPin | null {
    return this.#parts.mirror.pins.userKey(userId);
  }

  #pin(pin: UserKeyPin): void {
    const { mirror } = this.#parts;
    mirror.durable(() => mirror.pins.setUserKey(pin));
  }
}

function firstSeen(userId: string, fingerprint: string, at: number): UserKeyPin {
  return {
    userId,
    fingerprint,
    firstSeenAt: at,
    verifiedAt: null,
    acceptedAt: null,
    formerFingerprint: null,
  };
}

/** `pem` is null where there is no key, and a key without a fingerprint cannot be read. */
function trustOf(pem: string | null, fingerprint: string | null, pin: UserKeyPin | null): RecipientTrust {
  if (pem === null) return 'missing';
  if (fingerprint === null) return pin === null ? 'unreadable' : 'changed';
  if (pin === null) return 'unseen';
  if (pin.fingerprint !== fingerprint) return 'changed';
  return pin.verifiedAt === null ? 'seen' : 'verified';
}

/** Null for what is no key: which fault it has is the server's affair. */
function readFacts(pem: string): { fingerprint: string; bits: number } | null {
  try {
    return { fingerprint: keyFingerprint(pem), bits: keyBits(pem) };
  } catch {
    return null;
  }
}

function milliseconds(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}
