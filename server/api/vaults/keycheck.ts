/**
 * A write that was sealed under a vault key that is not in force any more (own addition): a client
 * that says which key it used (the check value of its vault) is refused, instead of leaving a record
 * that nobody can open.
 */
import { z } from 'zod';
import type { Context } from '../context.ts';
import { ApiError } from '../errors.ts';

/** The member of bodies that carry a record key. */
export const vaultKeyCheck = { vaultMasterKeyHash: z.string().max(200).optional() };

/** Refuses a record key that was sealed under another vault key than the one in force. */
export async function requireVaultKeyInForce(
  context: Pick<Context, 'storage'>,
  vaultId: string,
  sent: string | undefined,
): Promise<void> {
  if (sent === undefined) return;
  const vault = await context.storage.vaults.find(vaultId);
  if (vault && vault.masterKeyHash !== sent) {
    throw new ApiError(409, 'vaultKeyChanged', 'The vault has another key now.', 'vaultMasterKeyHash');
  }
}
