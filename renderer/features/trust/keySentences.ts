/** What is told of a key's history, in sentences. */
import type { KeyFacts } from '../../../contract/keytrust.ts';
import { i18n } from '../../app/i18n.ts';
import { useFormat } from '../../app/format.ts';

export function useKeyWords() {
  const { t } = i18n.global;
  const format = useFormat();

  /** Which reset explains the key, as the server tells it; empty where it tells of none. */
  function reset({ reset: told }: KeyFacts): string {
    if (told === null) return '';
    const moment = told.at === null ? t('keyTrust.someTime') : format.moment(told.at);
    const by = told.by ?? t('keyTrust.somebody');
    return t('keyTrust.resetBy', { moment, by });
  }

  /** Why a key is another one than before, and what to do. */
  function change(facts: KeyFacts, name: string): string {
    const reason = facts.reset === null ? t('keyTrust.unexplained') : reset(facts);
    const advice = t(facts.freshUntil === null ? 'keyTrust.askFirst' : 'keyTrust.askInPerson', { name });
    return `${reason} ${advice}`;
  }

  /** Since when the key is known here, and what was done about it. */
  function history({ trust, verifiedAt, acceptedAt, firstSeenAt }: KeyFacts): string {
    if (trust === 'own') return t('keyTrust.history.own');
    if (trust === 'verified' && verifiedAt !== null) {
      return t('keyTrust.history.verified', { moment: format.moment(verifiedAt) });
    }
    if (trust === 'changed' && verifiedAt !== null) {
      return t('keyTrust.history.formerVerified', { moment: format.moment(verifiedAt) });
    }
    if (acceptedAt !== null) return t('keyTrust.history.accepted', { moment: format.moment(acceptedAt) });
    if (firstSeenAt !== null) return t('keyTrust.history.seen', { moment: format.moment(firstSeenAt) });
    return t('keyTrust.history.unseen');
  }

  return { reset, change, history };
}
