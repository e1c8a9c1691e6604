/** What a field of a conflict is called, and how its plain values are written. */
import { useI18n } from 'vue-i18n';
import type { ConflictField } from '../../../contract/conflicts.ts';

export function useFieldWords() {
  const { t } = useI18n();

  function label(field: Pick<ConflictField, 'kind' | 'label'>): string {
    if (field.kind === 'custom') return field.label || t('record.unnamed');
    return field.kind === 'attachment'
      ? t('conflicts.field.file', { name: field.label })
      : t(`conflicts.field.${field.kind}`);
  }

  return { label };
}
