/**
 * Whether client-side encryption is being turned on or off for the organisation, as the server said
 * at the last contact. It only decides what is shown: a direction that a server made up moves
 * nothing, since whatever is converted is converted because a person says so.
 */
import { encryptionDirection } from '../../contract/encryptionchange.ts';
import type { EncryptionDirection } from '../../contract/encryptionchange.ts';
import type { Mirror } from '../mirror/index.ts';

const stateKey = 'encryptionChange';

/** Keeps what the server states; null where nothing is under way. */
export function noteEncryptionChange(mirror: Mirror, stated: EncryptionDirection | null): void {
  if (mirror.syncState.get(stateKey) !== stated) mirror.syncState.set(stateKey, stated);
}

/** What was stated last; null where nothing was. */
export function announcedEncryptionChange(mirror: Mirror): EncryptionDirection | null {
  const read = encryptionDirection.safeParse(mirror.syncState.get(stateKey));
  return read.success ? read.data : null;
}
