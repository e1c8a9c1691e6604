/**
 * The vaults that a person has to convert, by the names that this device knows them by: an id under
 * the name of another vault could have the person hand over what they did not mean.
 */
import type { ConvertedVault } from '../../../contract/encryptionchange.ts';
import { listConvertibles } from '../../remote/index.ts';
import type { RemoteConvertible } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

/** @throws StrongroomError `encryptionChangeGone`, network codes */
export async function listOwnVaults(
  { client, mirror }: OpenAccount,
  signal?: AbortSignal,
): Promise<RemoteConvertible[]> {
  const names = new Map(mirror.vaults.all().map(({ serverId, name }) => [serverId, name]));
  const vaults = await listConvertibles(client, signal);
  return vaults.map((vault) => ({ ...vault, name: names.get(vault.id) ?? vault.name }));
}

export function shownVault(vault: RemoteConvertible): ConvertedVault {
  const { id, name, isInBin, startedBy, doneCount, total, isReady } = vault;
  return {
    ...{ vaultId: id, name, isInBin, startedBy: startedBy?.name ?? null },
    ...{ done: doneCount, total, isReady },
  };
}
