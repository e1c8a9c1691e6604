/**
 * The rosters that this device has found, which of them count, and what they say of a key.
 *
 * A roster counts if it is one's own, or if a person has accepted its key by the words. Whoever may
 * write a vault may put any record there, a former text of a roster among them: so the highest
 * number of each key is remembered, and a lower one is refused.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { RosterState } from '../../../contract/roster.ts';
import { KeychainError, rosterKeyFingerprint } from '../../keychain/index.ts';
import type { OpenedRoster, PrivateKey, RosterPerson } from '../../keychain/index.ts';
import type { Mirror, RosterKey, StoredRecord } from '../../mirror/index.ts';
import type { KeyRosters, RosterSigner, RosterWord } from '../../sync/index.ts';
import type { RecordSecrets } from '../reading/recordsecrets.ts';
import { rosterRecords } from './rosterrecords.ts';

export interface RosterBookParts {
  readonly mirror: Mirror;
  readonly secrets: RecordSecrets;
  /** Throws `locked` without client-side encryption. */
  readonly privateKey: () => PrivateKey;
  readonly now: () => number;
}

export interface FoundRoster {
  readonly record: StoredRecord;
  readonly state: RosterState;
  /** Null in the state `badSignature`. */
  readonly opened: OpenedRoster | null;
}

/** What one roster that counts says of one person. */
interface Entry {
  readonly person: RosterPerson;
  readonly signer: RosterSigner;
}

interface Reading {
  readonly generation: number;
  readonly found: readonly FoundRoster[];
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
}

export class RosterBook implements KeyRosters {
  readonly #parts: RosterBookParts;
  #reading: Reading | null = null;
  #own: { readonly privateKey: PrivateKey; readonly fingerprint: string | null } | null = null;

  constructor(parts: RosterBookParts) {
    this.#parts = parts;
  }

  /** What was read holds no more: keys of vaults may open now what did not open before. */
  forget(): void {
    this.#reading = null;
  }

  /** Every roster in the records of this device. */
  found(): readonly FoundRoster[] {
    return this.#read().found;
  }

  wordOn(userId: string, fingerprint: string): RosterWord | null {
    const entries = this.#read().entries.get(userId) ?? [];
    const [first] = entries;
    if (first === undefined) return null;
    const agreeing = entries.filter(({ person }) => person.fingerprint === fingerprint);
    if (agreeing.length > 0 && agreeing.length < entries.length) return null;
    return {
      standing: agreeing.length > 0 ? 'vouched' : 'differs',
      signers: entries.map(({ signer }) => signer),
      ...{ name: first.person.name, login: first.person.login },
      isOverruled: agreeing.length === 0 && this.#areOverruled(entries, userId, fingerprint),
    };
  }

  keyAccepted(userId: string, fingerprint: string): void {
    const { mirror } = this.#parts;
    const differing = (this.#read().entries.get(userId) ?? []).filter(
      ({ person }) => person.fingerprint !== fingerprint,
    );
    if (differing.length === 0) return;
    mirror.durable(() => {
      for (const { person } of differing) {
        mirror.rosters.overrule({ userId, fingerprint, rosterFingerprint: person.fingerprint });
      }
      // Whoever has another key now has another signing key too: what they signed with the former
      // one would go on vouching in the name of somebody who may have lost it.
      for (const { signerId, acceptedAt, ...key } of mirror.rosters.keys()) {
        if (signerId === userId && acceptedAt !== null) mirror.rosters.withdraw(key.fingerprint);
      }
    });
    this.#reading = null;
  }

  /**
   * The words of this roster's key were compared with its signer.
   * @throws StrongroomError `noSuchRecord`; `changedMeanwhile` if the record holds no roster of this
   * key that could be accepted
   */
  accept(recordId: string, keyFingerprint: string): void {
    const { mirror, now } = this.#parts;
    const roster = this.found().find(({ record }) => record.id === recordId);
    if (roster === undefined) throw new StrongroomError('noSuchRecord');
    const { opened, state } = roster;
    if (opened?.keyFingerprint !== keyFingerprint || state !== 'unknown') {
      throw new StrongroomError('changedMeanwhile');
    }
    mirror.durable(() => mirror.rosters.setKey({ ...keyOf(opened), acceptedAt: now() }));
    this.#reading = null;
  }

  /** The key counts no more until it is accepted once more. */
  withdraw(keyFingerprint: string): void {
    const { mirror } = this.#parts;
    mirror.durable(() => mirror.rosters.withdraw(keyFingerprint));
    this.#reading = null;
  }

  /**
   * Fingerprint of the key that this person signs with; null without client-side encryption, and for
   * a pair that is too short to speak for others.
   */
  ownKey(): string | null {
    const privateKey = this.#privateKey();
    if (privateKey === null) return null;
    if (this.#own?.privateKey !== privateKey) {
      this.#own = { privateKey, fingerprint: signingFingerprint(privateKey) };
    }
    return this.#own.fingerprint;
  }

  /** The highest number that was seen of a key; 0 for none. */
  highestNumber(keyFingerprint: string): number {
    // Reading is what remembers.
    this.#read();
    const known = this.#parts.mirror.rosters.keys().find((key) => key.fingerprint === keyFingerprint);
    return known?.number ?? 0;
  }

  #privateKey(): PrivateKey | null {
    try {
      return this.#parts.privateKey();
    } catch (failure) {
      if (failure instanceof StrongroomError && failure.code === 'locked') return null;
      throw failure;
    }
  }

  #areOverruled(entries: readonly Entry[], userId: string, fingerprint: string): boolean {
    const { rosters } = this.#parts.mirror;
    return entries.every(({ person }) =>
      rosters.isOverruled({ userId, fingerprint, rosterFingerprint: person.fingerprint }),
    );
  }

  #read(): Reading {
    const { mirror, secrets } = this.#parts;
    const { generation } = mirror.rosters;
    if (this.#reading?.generation === generation) return this.#reading;
    const read = rosterRecords(mirror, secrets);
    const known = this.#remembered(read.flatMap(({ opened }) => opened ?? []));
    const found = read.map(({ record, opened }) => ({ record, opened, state: this.#stateOf(opened, known) }));
    this.#reading = { generation, found, entries: this.#entriesOf(found, known) };
    return this.#reading;
  }

  /** The keys that are remembered, with higher numbers of those that count written down first. */
  #remembered(opened: readonly OpenedRoster[]): ReadonlyMap<string, RosterKey> {
    const { mirror } = this.#parts;
    const known = new Map(mirror.rosters.keys().map((key) => [key.fingerprint, key]));
    for (const each of opened) {
      const { keyFingerprint, roster } = each;
      const key = known.get(keyFingerprint);
      const counts = keyFingerprint === this.ownKey() || key?.acceptedAt != null;
      if (!counts || (key?.number ?? 0) >= roster.number) continue;
      const next =
        key === undefined ? { ...keyOf(each), acceptedAt: null } : { ...key, number: roster.number };
      mirror.durable(() => mirror.rosters.setKey(next));
      known.set(keyFingerprint, next);
    }
    return known;
  }

  #stateOf(opened: OpenedRoster | null, known: ReadonlyMap<string, RosterKey>): RosterState {
    if (opened === null) return 'badSignature';
    const isOwn = opened.keyFingerprint === this.ownKey();
    const key = known.get(opened.keyFingerprint);
    if (!isOwn && key?.acceptedAt == null) return 'unknown';
    if (opened.roster.number < (key?.number ?? 0)) return 'rolledBack';
    return isOwn ? 'own' : 'accepted';
  }

  #entriesOf(
    found: readonly FoundRoster[],
    known: ReadonlyMap<string, RosterKey>,
  ): ReadonlyMap<string, readonly Entry[]> {
    const entries = new Map<string, Entry[]>();
    for (const { opened, state } of found) {
      if (opened === null || (state !== 'accepted' && state !== 'own')) continue;
      const name = known.get(opened.keyFingerprint)?.signerName ?? opened.roster.signer.name;
      const signer = { name, isOwn: state === 'own' };
      for (const person of opened.roster.people) {
        const others = entries.get(person.userId);
        if (others === undefined) entries.set(person.userId, [{ person, signer }]);
        else others.push({ person, signer });
      }
    }
    return entries;
  }
}

function keyOf({ keyFingerprint, roster }: OpenedRoster): Omit<RosterKey, 'acceptedAt'> {
  const { number, signer } = roster;
  return { fingerprint: keyFingerprint, signerId: signer.userId, signerName: signer.name, number };
}

/** Null for a pair that is too short. */
function signingFingerprint(privateKey: PrivateKey): string | null {
  try {
    return rosterKeyFingerprint(privateKey);
  } catch (failure) {
    if (failure instanceof KeychainError && failure.code === 'badKeyPair') return null;
    throw failure;
  }
}
