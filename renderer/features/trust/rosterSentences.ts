/** Sentences about what signed rosters say of a key. */
import { useI18n } from 'vue-i18n';
import type { KeyFacts } from '../../../contract/keytrust.ts';

export function useRosterSentences() {
  const { t, locale } = useI18n();

  /** Whoever signed, each once. */
  function signers({ roster }: KeyFacts): string {
    const names = (roster?.signers ?? []).map(({ name, isOwn }) => (isOwn ? t('keyTrust.yourself') : name));
    return new Intl.ListFormat(locale.value).format([...new Set(names)]);
  }

  /** What the rosters say, in a line below the key; empty where a banner says it or nothing does. */
  function line(facts: KeyFacts): string {
    const { roster, trust } = facts;
    if (roster === null) return '';
    const names = signers(facts);
    if (roster.standing === 'differs')
      return roster.isOverruled ? t('keyTrust.differsAccepted', { names }) : '';
    if (trust === 'changed') return t('keyTrust.listHasNew', { names });
    const isOwn = roster.signers.every((signer) => signer.isOwn);
    return isOwn ? t('keyTrust.vouchedByYou') : t('keyTrust.vouched', { names });
  }

  /** By what other names than the shown one the owner is known; without a name nothing differs. */
  function aliases(facts: KeyFacts, shownName: string): string[] {
    const { roster, comparedAs } = facts;
    if (shownName === '') return [];
    const told: string[] = [];
    if (comparedAs !== null && comparedAs !== shownName)
      told.push(t('keyTrust.comparedAs', { name: comparedAs }));
    if (roster !== null && roster.name !== '' && roster.name !== shownName) {
      const { name, login } = roster;
      told.push(t('keyTrust.knownAs', { names: signers(facts), name, login }));
    }
    return told;
  }

  return { signers, line, aliases };
}
