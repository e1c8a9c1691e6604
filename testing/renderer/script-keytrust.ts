/**
 * The scripted key trust: what a key is said to be goes by the person's id, so that scenes can show
 * each state; what is decided stays decided while the page lives.
 */
import type { KeyFacts, ShownKey } from '../../contract/keytrust.ts';
import { keyTrustState } from '../../contract/keytrust.ts';
import type { Handlers } from './scripted.ts';
import { wordOn } from './script-roster.ts';

const day = 24 * 60 * 60 * 1000;

const wordsOf = {
  now: ['unrivaled', 'cuddly', 'batboy', 'viewer', 'gestation', 'scallion', 'tint', 'marbling'],
  before: ['snowsuit', 'pledge', 'oxidant', 'tidy', 'curdle', 'humming', 'yodel', 'arrange'],
} as const;

function key(which: keyof typeof wordsOf, seed: string): ShownKey {
  const digits = [...seed].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 1_000_003, 7);
  const fingerprint = Array.from({ length: 64 }, (_, at) =>
    (((digits * (at + 3) * (which === 'now' ? 7 : 11)) % 251) % 16).toString(16),
  ).join('');
  return { fingerprint, words: [...wordsOf[which]] };
}

/**
 * The person's id may begin with a state of trust; `fresh` at its end is a reset of today, `renamed`
 * another name than the key was compared by. What rosters say goes by its end as well.
 */
function factsOf(userId: string): KeyFacts {
  const told = keyTrustState.safeParse(userId.split('-')[0]);
  const trust = told.success ? told.data : 'seen';
  const has = trust !== 'missing' && trust !== 'unreadable';
  const isFresh = userId.endsWith('fresh');
  const now = Date.now();
  return {
    ...{ userId, trust, isWeak: userId.endsWith('weak'), bits: has ? 4096 : null },
    key: has ? key('now', userId) : null,
    former: trust === 'changed' ? key('before', userId) : null,
    firstSeenAt: trust === 'unseen' || !has ? null : now - 90 * day,
    verifiedAt: trust === 'verified' || trust === 'changed' ? now - 30 * day : null,
    acceptedAt: null,
    madeAt: isFresh ? now - day / 8 : now - 400 * day,
    reset: isFresh ? { at: now - day / 8, by: 'Anna Orlova' } : null,
    freshUntil: isFresh ? now + (7 * day) / 8 : null,
    roster: wordOn(userId),
    comparedAs: userId.endsWith('renamed') ? 'Maria Kuznetsova' : null,
  };
}

export function scriptKeyTrust(): Pick<Handlers, 'keyTrust'> {
  const decided = new Map<string, Partial<KeyFacts>>();
  const look = (userId: string): KeyFacts => ({ ...factsOf(userId), ...decided.get(userId) });
  const decide = (userId: string, facts: Partial<KeyFacts>): KeyFacts => {
    decided.set(userId, facts);
    return look(userId);
  };
  return {
    keyTrust: {
      look: ({ userId }) => look(userId),
      verify: ({ userId }) => decide(userId, { trust: 'verified', verifiedAt: Date.now() }),
      unverify: ({ userId }) => decide(userId, { trust: 'seen', verifiedAt: null }),
      accept: ({ userId }) => {
        const { roster } = look(userId);
        return decide(userId, {
          ...{ trust: 'seen', verifiedAt: null, acceptedAt: Date.now(), freshUntil: null },
          roster: roster && { ...roster, isOverruled: roster.standing === 'differs' },
        });
      },
      own: () => ({ key: key('now', 'own') }),
    },
  };
}
