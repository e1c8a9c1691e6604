/** The vaults that somebody may convert: those that they administer, in the bin or not. */
import { rightsAt } from '../../access/levels.ts';
import type { VaultAccess } from '../../access/rights.ts';
import type { EncryptionChange } from '../../storage/encryptionchanges.ts';
import type { User } from '../../storage/people.ts';
import type { Rekeying } from '../../storage/rekeying.ts';
import type { Vault } from '../../storage/vaults.ts';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { callerOf } from '../context.ts';
import { forbidden, notFound } from '../errors.ts';
import type { GuardedRequest } from '../guard.ts';
import { guardedByConstruction, guardPlace } from '../guard.ts';
import { objectId } from '../schemas.ts';

/** Somebody as these endpoints name them. */
export const namedPerson = z.object({ id: objectId, name: z.string() });

/** The name is the login where there is no full one. */
export function personAnswer(id: string, user: Pick<User, 'fullName' | 'login'> | undefined) {
  return { id, name: user?.fullName || user?.login || '' };
}

const needed = 'directory:access:manage';

/**
 * Whether somebody's access to a vault lets them convert it: they administer it, and no folder of it
 * is closed to them. Converting shows all of it.
 */
export const administers = (access: VaultAccess): boolean =>
  rightsAt(access.levelAt(null)).has(needed) && access.nothingIsClosed;

/** A vault that the caller administers, in the bin or not. */
export async function guardAdministered(
  context: Context,
  request: GuardedRequest,
  vaultId: string,
): Promise<Vault> {
  const deleted = await context.storage.vaults.findDeleted(vaultId);
  const access = deleted
    ? (await context.rights.toDeletedVaults(callerOf(request), [deleted]))[0]
    : await guardPlace(context.rights, request, vaultId);
  if (!access) throw notFound();
  if (!administers(access)) throw forbidden(needed);
  guardedByConstruction(request);
  request.concernedVaultId = vaultId;
  return access.vault;
}

/** The change that the caller's organisation is on its way through. */
export async function changeUnderWay(context: Context, request: GuardedRequest): Promise<EncryptionChange> {
  const change = await context.storage.encryptionChanges.underWay(callerOf(request).organisationId);
  if (!change) throw notFound();
  return change;
}

/**
 * A vault that the caller administers and that is being converted. With `begunAs` it must still be
 * the conversion that was begun under that id, and not one that somebody has begun anew.
 */
export async function guardConversion(
  context: Context,
  request: GuardedRequest,
  vaultId: string,
  begunAs?: string,
): Promise<{ vault: Vault; rekeying: Rekeying; isOn: boolean }> {
  const vault = await guardAdministered(context, request, vaultId);
  const change = await changeUnderWay(context, request);
  const rekeying = await context.storage.rekeyings.ofVault(vault.id);
  if (rekeying?.changeId !== change.id) throw notFound();
  if (begunAs !== undefined && begunAs !== rekeying.id) throw notFound();
  return { vault, rekeying, isOn: change.direction === 'on' };
}
