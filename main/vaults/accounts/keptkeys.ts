/**
 * What an unlock needs of the key chain, sealed in the mirror's key cache: master key, private key,
 * tokens, and what the account was enrolled as. So unlocking costs one Argon2id and no RSA.
 *
 * A change of the master password is noted here before the server hears of it, and stays noted until
 * everything on this device follows it: whatever is cut in between can be finished or undone.
 */
import { z } from 'zod';
import { StrongroomError } from '../../../contract/errors.ts';
import { keySlot, openValue, sealValue } from '../../custody/index.ts';
import type { KeySlot, LockedBytes, Profile } from '../../custody/index.ts';
import { asMasterKey, loadPrivateKeyDer, masterKeyHash, privateKeyDer, wipe } from '../../keychain/index.ts';
import type { MasterKey, PrivateKey } from '../../keychain/index.ts';
import type { EncryptionMode, Mirror } from '../../mirror/index.ts';
import type { Tokens } from '../../remote/index.ts';
import type { EnrolmentResult } from '../../sync/index.ts';
import { enrolledFacts } from './enrolledfacts.ts';

/** Names in the mirror's key cache; each value is sealed under the cache subkey with its name as context. */
const cached = {
  enrolledFacts: 'enrolledFacts',
  tokens: 'tokens',
  masterKey: 'masterKey',
  privateKey: 'privateKey',
  change: 'masterPasswordChange',
  changeKey: 'masterPasswordChangeKey',
} as const;

/** A server that answers but does not know us any more than this is asked to sign in again. */
const noTokens: Tokens = {
  accessToken: '-',
  refreshToken: '-',
  accessTokenExpiredAt: null,
  refreshTokenExpiredAt: null,
};

const keptChange = z.strictObject({ options: z.string(), slot: keySlot });

/** A master password that is to take the place of the present one. Nothing in it is secret. */
export interface KeptChange {
  /** Derivation options under which the server keeps the private key then. */
  readonly options: string;
  /** The device key under the new master password. */
  readonly slot: KeySlot;
}

/** The own key pair and the proof of the master key. */
export interface OwnKeys {
  readonly privateKey: PrivateKey;
  readonly masterKeyHash: string;
}

export class KeptKeys {
  readonly #mirror: Mirror;
  /** Owned by the account. */
  readonly #cacheKey: LockedBytes;
  #own: OwnKeys | null = null;

  constructor(mirror: Mirror, cacheKey: LockedBytes) {
    this.#mirror = mirror;
    this.#cacheKey = cacheKey;
  }

  /** Stores what a fresh enrolment brings. */
  keep(enrolment: EnrolmentResult, profile: Profile): void {
    this.#mirror.durable(() => {
      this.#mirror.pins.write(enrolment.pins);
      this.#set(cached.enrolledFacts, enrolledFacts(profile));
      this.#set(cached.tokens, Buffer.from(JSON.stringify(enrolment.tokens), 'utf8'));
      if (!enrolment.keys) return;
      this.#set(cached.masterKey, enrolment.keys.masterKey);
      const der = privateKeyDer(enrolment.keys.privateKey);
      this.#set(cached.privateKey, der);
      wipe(der);
    });
  }

  /**
   * Opens the stored keys. Throws `profileDamaged` when the profile does not say what was enrolled,
   * `mirrorDamaged` when the stored keys do not fit.
   */
  open(profile: Profile): OwnKeys | null {
    const facts = this.#get(cached.enrolledFacts);
    if (!facts?.equals(enrolledFacts(profile))) throw new StrongroomError('profileDamaged');
    this.#own = this.#openOwn(profile.mode);
    return this.#own;
  }

  /** Null without client-side encryption; another one after the master password was changed. */
  get own(): OwnKeys | null {
    return this.#own;
  }

  tokens(): Tokens {
    const stored = this.#get(cached.tokens);
    return stored ? (JSON.parse(stored.toString('utf8')) as Tokens) : noTokens;
  }

  keepTokens(tokens: Tokens): void {
    this.#mirror.durable(() => {
      this.#set(cached.tokens, Buffer.from(JSON.stringify(tokens), 'utf8'));
    });
  }

  /** Notes a change that begins. `masterKey` stays the caller's to wipe. */
  beginChange(change: KeptChange, masterKey: MasterKey): void {
    this.#mirror.durable(() => {
      this.#set(cached.change, Buffer.from(JSON.stringify(change), 'utf8'));
      this.#set(cached.changeKey, masterKey);
    });
  }

  /** The change that has begun and not ended; null when there is none. */
  change(): KeptChange | null {
    const text = this.#get(cached.change);
    return text === null ? null : keptChange.parse(JSON.parse(text.toString('utf8')));
  }

  /** Whether the begun change is what the keys and pins here say already. */
  isChangeTaken(change: KeptChange): boolean {
    return this.#mirror.pins.read()?.masterKeyOptions === change.options;
  }

  /** The server has the new master password: pins and stored key follow, in one transaction. */
  takeChange(change: KeptChange): void {
    const masterKeyText = this.#get(cached.changeKey);
    if (masterKeyText === null || this.#own === null) throw new StrongroomError('mirrorDamaged');
    try {
      this.#mirror.durable(() => {
        this.#mirror.pins.raiseMasterKeyOptions(change.options);
        this.#set(cached.masterKey, masterKeyText);
      });
      this.#own = { ...this.#own, masterKeyHash: masterKeyHash(asMasterKey(masterKeyText)) };
    } finally {
      wipe(masterKeyText);
    }
  }

  /** Forgets the note, once the slots follow or nothing came of the change. */
  endChange(): void {
    this.#mirror.durable(() => {
      this.#mirror.keyCache.remove(cached.change);
      this.#mirror.keyCache.remove(cached.changeKey);
    });
  }

  #openOwn(mode: EncryptionMode): OwnKeys | null {
    const pins = this.#mirror.pins.read();
    if (pins?.mode !== mode) throw new StrongroomError('mirrorDamaged');
    if (mode === 'none') return null;
    const masterKeyText = this.#get(cached.masterKey);
    const der = this.#get(cached.privateKey);
    if (!masterKeyText || !der) throw new StrongroomError('mirrorDamaged');
    try {
      return { privateKey: loadPrivateKeyDer(der), masterKeyHash: masterKeyHash(asMasterKey(masterKeyText)) };
    } finally {
      wipe(masterKeyText, der);
    }
  }

  #set(name: string, value: Uint8Array): void {
    this.#mirror.keyCache.set(name, sealValue(this.#cacheKey, value, name));
  }

  #get(name: string): Buffer | null {
    const sealed = this.#mirror.keyCache.get(name);
    return sealed === null ? null : openValue(this.#cacheKey, sealed, name);
  }
}
