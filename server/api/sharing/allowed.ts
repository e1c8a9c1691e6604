/** What the administrators of a vault allow to leave it, whatever access somebody has there. */
import type { VaultSettings } from '../../storage/vaults.ts';
import type { Context } from '../context.ts';
import { ApiError } from '../errors.ts';

/** Refuses to share a record outside its vault in a way that the vault's settings rule out. */
export async function requireAllowed(
  context: Pick<Context, 'storage'>,
  itemId: string,
  setting: keyof VaultSettings,
): Promise<void> {
  const item = await context.storage.items.find(itemId);
  const vault = item && (await context.storage.vaults.find(item.vaultId));
  if (vault?.settings[setting] === false) {
    throw new ApiError(403, 'forbiddenBySettings', 'The settings of the vault do not allow this.');
  }
}
