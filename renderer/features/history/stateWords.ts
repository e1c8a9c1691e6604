/** What a state of a record is called: the moment it was made, or that it is the one now. */
import { i18n } from '../../app/i18n.ts';
import { useFormat } from '../../app/format.ts';
import type { StateRef } from '../../../contract/history.ts';
import { useHistory } from './history.ts';

export function useStateWords() {
  const { t } = i18n.global;
  const format = useFormat();
  const history = useHistory();

  function moment(at: number | null): string {
    return at === null ? t('history.unknownMoment') : format.moment(at);
  }

  return {
    moment,
    nameOf(state: StateRef): string {
      if (state === null) return t('history.now');
      return moment(history.list?.rows.find(({ id }) => id === state)?.at ?? null);
    },
  };
}
