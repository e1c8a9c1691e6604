/** Writing what a file says over a record that is there already. */
import { StrongroomError, type ErrorCode } from '../../../contract/errors.ts';
import type { OpenedCustomField } from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { changedRecord, wipeTyped } from '../editing/recordseals.ts';
import { recordFor } from '../editing/rights.ts';
import type { PortionRecord } from './exchangejobs.ts';
import { updateOf } from './importedchange.ts';

/** Why a record cannot be written over; whatever else goes wrong ends the import. */
const closedCodes: readonly ErrorCode[] = [
  'forbidden',
  'noSuchRecord',
  'undecipherable',
  'vaultKeyChanged',
  'vaultKeyMissing',
];

export interface OpenedForUpdate {
  readonly stored: StoredRecord;
  /** Null in the places of fields that do not open. */
  readonly customs: readonly (OpenedCustomField | null)[];
}

/** A record that is to be written over, and its fields; null where it may not be, or does not open. */
export function openedFor(account: OpenAccount, id: string): OpenedForUpdate | null {
  try {
    const stored = recordFor(account, id, 'item:edit');
    const customs = account.secrets.withRecordKey(stored, (key) => account.secrets.openCustoms(stored, key));
    return { stored, customs };
  } catch (error) {
    if (error instanceof StrongroomError && closedCodes.includes(error.code)) return null;
    throw error;
  }
}

/** A record with what the file says written over it. */
export function writtenOver(
  { secrets }: OpenAccount,
  record: PortionRecord,
  stored: StoredRecord,
  customs: OpenedForUpdate['customs'],
): StoredRecord {
  return secrets.withRecordKey(stored, (key) => {
    const fields = updateOf(record, stored, customs);
    try {
      return changedRecord(stored, fields, key);
    } finally {
      wipeTyped(fields);
    }
  });
}
