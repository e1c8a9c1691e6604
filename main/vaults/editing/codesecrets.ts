/**
 * A secret of one-time codes that makes no codes is refused before it is saved: found out only
 * when a code is needed, it would be too late. What was stored before is not looked at.
 */
import type { CustomChange, RecordChange } from '../../../contract/editing.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { KeychainError, parseTotp, wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/index.ts';
import { openValueWith } from '../reading/recordsecrets.ts';

/** Throws `badTotp`, with the field's place in the change, for the first secret that makes no codes. */
export function refuseBadCodes(
  record: Pick<StoredRecord, 'customs'>,
  { customs }: RecordChange,
  key: RecordKey | null,
): void {
  for (const [place, field] of (customs ?? []).entries()) {
    if (field.type !== 'totp') continue;
    const secret = newSecret(record, field, key);
    try {
      if (secret !== null && secret.length > 0) wipe(parseTotp(secret).secret);
    } catch (error) {
      if (error instanceof KeychainError) throw new StrongroomError('badTotp', { place }, { cause: error });
      throw error;
    } finally {
      if (secret !== null) wipe(secret);
    }
  }
}

/** A copy of what the field will make its codes of; null where that was so before. */
function newSecret(
  { customs }: Pick<StoredRecord, 'customs'>,
  { from, value }: CustomChange,
  key: RecordKey | null,
): Buffer | null {
  if (value.kind === 'set') return Buffer.from(value.value);
  const stored = from === null ? undefined : customs[from];
  if (stored === undefined) return null;
  const type = openValueWith(stored.type, key);
  return type.toString('utf8') === 'totp' ? null : openValueWith(stored.value, key);
}
