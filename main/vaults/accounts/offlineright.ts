/**
 * The right to work without contact, at unlock and while unlocked.
 *
 * The server's word tightens what this device would allow, never loosens it. A copy whose time
 * is over stays sealed until the server has been reached once; nothing of it is erased.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { SyncStatus } from '../../../contract/sync.ts';
import { offlineTerm } from '../../sync/index.ts';
import type { OpenAccount } from './openaccount.ts';

/** Where no work without contact is allowed, a broken line is forgiven for this long. */
const graceMs = 5 * 60 * 1000;

/**
 * Resolves when the account may be used: at once within its term, else after a contact.
 * @throws StrongroomError `offlineTermOver`, `offlineForbidden`
 */
export async function openedInTime(account: OpenAccount): Promise<void> {
  const term = offlineTerm(account.mirror, Date.now());
  if (!term.isOver) return;
  await account.synchroniser.start();
  if (account.synchroniser.status().phase === 'idle') return;
  throw term.allowed
    ? new StrongroomError('offlineTermOver', { days: term.days })
    : new StrongroomError('offlineForbidden');
}

/** Whether an unlocked account has to be sealed, now that its last sync ended as `phase`. */
export function termEnded({ mirror }: OpenAccount, phase: SyncStatus['phase']): boolean {
  if (phase !== 'offline' && phase !== 'stopped') return false;
  const { allowed, until, isOver } = offlineTerm(mirror, Date.now());
  if (!isOver || until === null) return false;
  return allowed || Date.now() - until > graceMs;
}
