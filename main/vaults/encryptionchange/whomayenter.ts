/** Whom something lets into a vault, on the vault itself or on a folder of it, by the server's word. */
import { StrongroomError } from '../../../contract/errors.ts';
import { explainedPage, listAccessEntries, listEffectiveAccess } from '../../remote/index.ts';
import type { AccessPlace, RemoteClient } from '../../remote/index.ts';

/** As many people as are looked at for one place. */
const mostPeople = 20_000;

/**
 * Ids of everybody who may enter a vault. Of a vault in the bin nobody is told: its people ask for
 * the key once it is back.
 * @throws StrongroomError network codes
 */
export async function whoMayEnter(client: RemoteClient, vaultId: string): Promise<Set<string>> {
  try {
    const entries = await listAccessEntries(client, vaultId);
    const folders = new Set(entries.map(({ folderId }) => folderId).filter((id) => id !== null));
    const found = new Set(await enteringAt(client, { vaultId, folderId: null }));
    for (const folderId of folders) {
      for (const userId of await enteringAt(client, { vaultId, folderId })) found.add(userId);
    }
    return found;
  } catch (failure) {
    if (failure instanceof StrongroomError && failure.code === 'notFound') return new Set();
    throw failure;
  }
}

async function enteringAt(client: RemoteClient, place: AccessPlace): Promise<string[]> {
  const found: string[] = [];
  let offset = 0;
  for (let total = 1; offset < total;) {
    const page = await listEffectiveAccess(client, place, { offset, limit: explainedPage });
    if (page.total > mostPeople) throw new StrongroomError('badAnswer', { reason: 'tooMany' });
    found.push(...page.items.filter(({ access }) => access !== 'forbidden').map(({ user }) => user.id));
    offset += page.items.length;
    total = page.items.length === 0 ? 0 : page.total;
  }
  return found;
}
