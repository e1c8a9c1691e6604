/** The sentence for a failed import or export: a refused file is told with its reason. */
import type { Failure } from '../../../contract/index.ts';
import { useFormat } from '../../app/format.ts';
import { i18n } from '../../app/i18n.ts';

export function useExchangeWords(): (failure: Failure) => string {
  const format = useFormat();
  const { t, te } = i18n.global;
  return (failure) => {
    const key = `exchange.reasons.${String(failure.params['reason'])}`;
    return failure.code === 'importRefused' && te(key) ? t(key) : format.failure(failure);
  };
}
