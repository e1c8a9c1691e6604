/** Everything that a person is shown of turning client-side encryption on or off. */
import type { ConversionView, EncryptionChangeOverview } from '../../../contract/encryptionchange.ts';
import { readEncryptionChange, readMasterPasswordRule, readOwnPermissions } from '../../remote/index.ts';
import type { RemoteEncryptionChange } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { ownPairState } from './ownpair.ts';
import { listOwnVaults, shownVault } from './ownvaults.ts';

/** Throws network codes. */
export async function readOverview(
  account: OpenAccount,
  conversion: ConversionView | null,
): Promise<EncryptionChangeOverview> {
  const { client, mode } = account;
  const [{ underWay, last }, permissions] = await Promise.all([
    readEncryptionChange(client),
    readOwnPermissions(client),
  ]);
  // After the end nothing is left to do in the account as it is: it is set up anew.
  const needsKeys = underWay?.direction === 'on' && mode === 'none';
  const ownKeys = needsKeys ? await ownPairState(account) : null;
  return {
    isEncrypted: mode === 'client',
    mayManage: permissions.includes('settings:manage'),
    underWay: underWay && shownChange(underWay),
    last: last && { direction: last.direction, by: last.by.name, at: last.at },
    ownKeys,
    masterPasswordRule: ownKeys === 'missing' ? await readRule(account) : null,
    vaults: underWay === null ? [] : (await listOwnVaults(account)).map(shownVault),
    conversion,
  };
}

async function readRule({ client }: OpenAccount): Promise<EncryptionChangeOverview['masterPasswordRule']> {
  const { minimumLength, requiredSets } = await readMasterPasswordRule(client);
  return { minimumLength, requiredSets: [...requiredSets] };
}

function shownChange(
  change: NonNullable<RemoteEncryptionChange['underWay']>,
): NonNullable<EncryptionChangeOverview['underWay']> {
  const { direction, starter, startedAt, vaults, withoutKeys, waitingFor } = change;
  return {
    ...{ direction, starter: starter.name, startedAt, vaults, withoutKeys },
    waitingFor: waitingFor.map(({ user, vaults: left }) => ({
      ...{ userId: user.id, name: user.name, vaults: left },
    })),
  };
}
