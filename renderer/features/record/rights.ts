/** Why something cannot be done with a record, in words; nothing when it can. */
import { useI18n } from 'vue-i18n';
import type { RecordView } from '../../../contract/records.ts';

export type RecordRight = keyof RecordView['can'];

/** The key of the sentence that says why, or null when the right is there. */
export function barKey(
  record: Pick<RecordView, 'can' | 'kind' | 'keyBroken' | 'vaultTrust'>,
  right: RecordRight,
): 'keyBroken' | 'keyChanged' | 'keyMissing' | 'inbox' | 'received' | 'readOnly' | null {
  // What does not open can be neither rewritten nor wrapped anew.
  if (record.keyBroken && right !== 'remove') return 'keyBroken';
  if (record.can[right]) return null;
  if (record.vaultTrust === 'keyChanged' || record.vaultTrust === 'keyMissing') return record.vaultTrust;
  if (record.kind !== 'inbox') return 'readOnly';
  return record.can.edit ? 'received' : 'inbox';
}

export function useRecordRights(record: () => RecordView) {
  const { t } = useI18n();
  return {
    barOf(right: RecordRight): string | null {
      const key = barKey(record(), right);
      return key === null ? null : t(`rights.${key}`);
    },
  };
}
