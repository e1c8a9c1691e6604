/** Who is to be given the keys of this person's vaults, with their own keys as they stand. */
import type { Output } from '../../../contract/index.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { mostKeyHolders } from '../../../contract/rekeying.ts';
import { readEncryptionChange } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { sideBySide } from '../../sync/index.ts';
import { holdersOf } from '../administering/keyholders.ts';
import { listOwnVaults, shownVault } from './ownvaults.ts';
import { whoMayEnter } from './whomayenter.ts';

/** Requests under way at the same time. */
const askedAtOnce = 4;

/**
 * Everybody but oneself who may enter a vault that is not ready, once each; nobody where encryption
 * is being turned off, since no key is given out then.
 * @throws StrongroomError `encryptionChangeGone`, `badAnswer` where there are too many, network codes
 */
export async function peopleOfVaults(account: OpenAccount): Promise<Output<'encryptionChange', 'people'>> {
  const { client, mirror } = account;
  const [{ underWay }, all] = await Promise.all([readEncryptionChange(client), listOwnVaults(account)]);
  const vaults = all.filter(({ isReady }) => !isReady);
  const ids = new Set<string>();
  if (underWay?.direction === 'on') {
    await sideBySide(vaults, askedAtOnce, async ({ id }) => {
      for (const userId of await whoMayEnter(client, id)) ids.add(userId);
    });
  }
  ids.delete(mirror.pins.read()?.userId ?? '');
  if (ids.size > mostKeyHolders) throw new StrongroomError('badAnswer', { reason: 'tooMany' });
  return { holders: await holdersOf(account, ids), vaults: vaults.map(shownVault) };
}
