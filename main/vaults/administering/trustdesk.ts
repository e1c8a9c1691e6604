/**
 * Comparing and accepting other people's keys (Passwork hands public keys out unsigned, so a
 * comparison by voice is what makes one certain).
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { KeyFacts, RosterWordView, ShownKey } from '../../../contract/keytrust.ts';
import { safeKeyBits } from '../../sync/index.ts';
import type { RecipientFacts, RosterWord } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { rememberCompared } from './comparedpeople.ts';
import { keyWords } from './keywords.ts';

/** For so long after a reset a new key is to be asked about in person. */
const coolDownMs = 24 * 60 * 60 * 1000;

export interface TrustDeskParts {
  readonly current: () => OpenAccount;
  readonly now?: () => number;
}

export class TrustDesk {
  readonly #current: () => OpenAccount;
  readonly #now: () => number;

  constructor({ current, now = Date.now }: TrustDeskParts) {
    this.#current = current;
    this.#now = now;
  }

  /** Throws the network's codes, `ownKeyMismatch` for one's own. */
  async look(userId: string): Promise<KeyFacts> {
    return this.#shown(await this.#current().recipients.look(userId));
  }

  /**
   * `name` is what the person was shown as the owner's.
   * @throws StrongroomError `recipientKeyChanged` if it is not the key that the server states.
   */
  async verify(userId: string, fingerprint: string, name = ''): Promise<KeyFacts> {
    const account = this.#current();
    await this.#standing(userId, fingerprint);
    account.recipients.verify(userId, fingerprint);
    await rememberCompared(account, userId, name);
    return this.look(userId);
  }

  async unverify(userId: string): Promise<KeyFacts> {
    this.#current().recipients.unverify(userId);
    return this.look(userId);
  }

  /** @throws StrongroomError `recipientKeyChanged`, `keyTooFresh`. */
  async accept(userId: string, fingerprint: string, askedInPerson: boolean): Promise<KeyFacts> {
    const { recipients } = this.#current();
    const facts = await this.#standing(userId, fingerprint);
    if (this.#freshUntil(facts) !== null && !askedInPerson) throw new StrongroomError('keyTooFresh');
    recipients.accept(userId, fingerprint);
    return this.look(userId);
  }

  /** One's own key; null without client-side encryption. @throws StrongroomError `ownKeyMismatch` */
  own(): { key: ShownKey | null } {
    const { mode, recipients } = this.#current();
    return { key: mode === 'client' ? shownKey(recipients.own().fingerprint) : null };
  }

  /** What a person decides about must be what the server states, not what it stated a while ago. */
  async #standing(userId: string, fingerprint: string): Promise<RecipientFacts> {
    const facts = await this.#current().recipients.look(userId);
    if (facts.trust === 'own' || facts.fingerprint !== fingerprint) {
      throw new StrongroomError('recipientKeyChanged');
    }
    return facts;
  }

  #shown(facts: RecipientFacts): KeyFacts {
    const { userId, trust, fingerprint, bits, pin, madeAt, reset } = facts;
    const former = trust === 'changed' ? pin?.fingerprint : pin?.formerFingerprint;
    return {
      ...{ userId, trust, bits, madeAt, reset },
      key: fingerprint === null ? null : shownKey(fingerprint),
      isWeak: bits !== null && bits < safeKeyBits,
      former: former == null ? null : shownKey(former),
      firstSeenAt: pin?.firstSeenAt ?? null,
      verifiedAt: pin?.verifiedAt ?? null,
      acceptedAt: pin?.acceptedAt ?? null,
      freshUntil: this.#freshUntil(facts),
      ...{ roster: shownWord(facts.roster), comparedAs: this.#comparedAs(facts) },
    };
  }

  #comparedAs({ userId, pin }: RecipientFacts): string | null {
    if (pin === null || pin.verifiedAt === null) return null;
    return this.#current().mirror.rosters.comparedAs(userId)?.name ?? null;
  }

  /** Times are the server's claims: they can delay an acceptance, and hasten none. */
  #freshUntil({ trust, madeAt, reset }: RecipientFacts): number | null {
    if (reset === null || trust === 'verified' || trust === 'own') return null;
    const until = Math.max(reset.at ?? 0, madeAt ?? 0) + coolDownMs;
    return until > this.#now() ? until : null;
  }
}

function shownWord(word: RosterWord | null): RosterWordView | null {
  return word && { ...word, signers: [...word.signers] };
}

function shownKey(fingerprint: string): ShownKey {
  return { fingerprint, words: keyWords(fingerprint) };
}
