/** Everybody who has the key of a vault, with their own keys as they stand: to be seen before another is given. */
import type { Output } from '../../../contract/index.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { mostKeyHolders } from '../../../contract/rekeying.ts';
import type { KeyHolder, RekeyingView } from '../../../contract/rekeying.ts';
import type { StoredVault } from '../../mirror/index.ts';
import { readAccount, readKeyHolders, readRekeying } from '../../remote/index.ts';
import { announcedFeatures, safeKeyBits, sideBySide } from '../../sync/index.ts';
import type { RecipientFacts } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { keyWords } from './keywords.ts';

/** Requests under way at the same time. */
const askedAtOnce = 4;

/** `own` tells what this device knows of a change that is under way. Throws the network's codes. */
export async function keyHolders(
  account: OpenAccount,
  vault: StoredVault,
  own: (vault: StoredVault) => RekeyingView | null,
): Promise<Output<'rekeying', 'holders'>> {
  const ids = await readKeyHolders(account.client, vault.serverId);
  if (ids.length > mostKeyHolders) throw new StrongroomError('badAnswer', { reason: 'tooMany' });
  const holders = await holdersOf(account, ids);
  const underWay = own(vault) ?? (await elsewhere(account, vault));
  return { holders, underWay, mayRenewRecords: mayRenewRecords(account) };
}

/** Whether this server lets records get new keys along with their vault. */
export const mayRenewRecords = ({ mirror }: OpenAccount): boolean =>
  announcedFeatures(mirror).has('vaultRekeyRecords');

/** People with the keys that count for them now, by name. Throws the network's codes. */
export async function holdersOf(account: OpenAccount, userIds: Iterable<string>): Promise<KeyHolder[]> {
  const holders: KeyHolder[] = [];
  await sideBySide(userIds, askedAtOnce, async (id) => void holders.push(await holderOf(account, id)));
  return holders.sort((one, other) => one.name.localeCompare(other.name));
}

async function holderOf(account: OpenAccount, userId: string): Promise<KeyHolder> {
  const [facts, person] = await Promise.all([
    account.recipients.look(userId),
    readAccount(account.client, userId),
  ]);
  return {
    ...{ userId, name: person.fullName || person.login, login: person.login },
    ...keyOf(facts),
  };
}

function keyOf({ trust, fingerprint, bits, roster }: RecipientFacts) {
  return {
    ...{ trust, fingerprint, words: fingerprint === null ? [] : keyWords(fingerprint) },
    isWeak: bits !== null && bits < safeKeyBits,
    roster: roster && { ...roster, signers: [...roster.signers] },
  };
}

async function elsewhere({ client }: OpenAccount, vault: StoredVault): Promise<RekeyingView | null> {
  try {
    const { startedAt, doneCount } = await readRekeying(client, vault.serverId);
    return {
      ...{ vaultId: vault.id, vaultName: vault.name, state: 'elsewhere' },
      ...{ done: doneCount, atLeast: 0, startedAt, failure: null },
    };
  } catch (failure) {
    if (failure instanceof StrongroomError && failure.code === 'notFound') return null;
    throw failure;
  }
}
