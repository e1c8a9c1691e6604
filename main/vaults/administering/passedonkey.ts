/** The key of a vault on its way to somebody else. */
import { StrongroomError } from '../../../contract/errors.ts';
import type { VaultKey } from '../../keychain/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { trustOf } from '../reading/tree.ts';

/**
 * The key of a vault, to be wrapped for somebody. A key in doubt is passed on to nobody: whoever
 * got it would write with it.
 * @throws StrongroomError `noSuchVault`, `vaultKeyChanged`, `vaultKeyMissing`
 */
export function passedOnKey(account: OpenAccount, vaultId: string): VaultKey {
  const { mirror, vaultKeys } = account;
  const vault = mirror.vaults.get(vaultId);
  if (vault === null) throw new StrongroomError('noSuchVault');
  if (trustOf(mirror, vault) === 'keyChanged') throw new StrongroomError('vaultKeyChanged');
  if (vaultKeys === null) throw new StrongroomError('vaultKeyMissing');
  return vaultKeys.keyOf(vaultId);
}
