/**
 * The bridge between an endpoint's declared need and `access/`.
 *
 * An endpoint states the right it needs in its `config`, and its handler passes the
 * object through one of these functions. A handler that forgets does not answer: see
 * the last check in `authentication.ts`.
 */
import type { FastifyRequest } from 'fastify';
import { isPermission } from '../access/vocabulary.ts';
import type { Right } from '../access/levels.ts';
import { rightsAt } from '../access/levels.ts';
import type { ItemAccess, Rights, VaultAccess } from '../access/rights.ts';
import type { PlacedBinEntry } from '../storage/bin.ts';
import type { Folder } from '../storage/folders.ts';
import type { Context } from './context.ts';
import { callerOf } from './context.ts';
import { forbidden, notFound } from './errors.ts';

/** What these functions need of a request. */
export type GuardedRequest = Pick<
  FastifyRequest,
  'caller' | 'rightDecided' | 'routeOptions' | 'concernedVaultId'
>;

function declaredRight(request: GuardedRequest): Right {
  const need = request.routeOptions.config.needs;
  if (!need || need === 'nothing' || need === 'session' || isPermission(need)) {
    throw new Error('The endpoint declares no right on an object.');
  }
  return need;
}

function decide(request: GuardedRequest, rights: ReadonlySet<Right>, right = declaredRight(request)): void {
  if (!rights.has(right)) throw forbidden(right);
  request.rightDecided = true;
}

/** Access to a place (a vault, or a folder of it) where the caller has the needed right. */
export async function guardPlace(
  rights: Rights,
  request: GuardedRequest,
  vaultId: string,
  folderId: string | null = null,
  right?: Right,
): Promise<VaultAccess> {
  const access = await rights.toVault(callerOf(request), vaultId);
  if (!access) throw notFound();
  decide(request, rightsAt(access.levelAt(folderId)), right);
  request.concernedVaultId = vaultId;
  return access;
}

/**
 * Access to a vault that the caller sees at least a part of: reading a vault's own
 * description needs no more than one readable folder in it.
 */
export async function guardVisibleVault(
  rights: Rights,
  request: GuardedRequest,
  vaultId: string,
): Promise<VaultAccess> {
  const access = await rights.toVault(callerOf(request), vaultId);
  if (!access) throw notFound();
  if (access.readablePlaces().length === 0) throw forbidden(declaredRight(request));
  request.rightDecided = true;
  return access;
}

/** A folder on which the caller has the needed right, and the access to its vault. */
export async function guardFolder(
  context: Pick<Context, 'storage' | 'rights'>,
  request: GuardedRequest,
  folderId: string,
): Promise<{ folder: Folder; access: VaultAccess }> {
  const folder = await context.storage.folders.find(folderId);
  if (!folder) throw notFound();
  return { folder, access: await guardPlace(context.rights, request, folder.vaultId, folder.id) };
}

/** A record on which the caller has the needed right. */
export async function guardItem(
  rights: Rights,
  request: GuardedRequest,
  itemId: string,
  right?: Right,
): Promise<ItemAccess> {
  const access = await rights.toItem(callerOf(request), itemId);
  if (!access) throw notFound();
  decide(request, access.rights, right);
  request.concernedVaultId = access.item.vaultId;
  return access;
}

/** An entry of the bin on which the caller has a right, and the access to its vault. */
export async function guardBinned(
  context: Pick<Context, 'storage' | 'rights'>,
  request: GuardedRequest,
  binItemId: string,
  rightOn?: (entry: PlacedBinEntry) => Right,
): Promise<{ entry: PlacedBinEntry; access: VaultAccess }> {
  const entry = await context.storage.bin.find(binItemId);
  if (!entry) throw notFound();
  const { vaultId, folderId } = entry;
  return { entry, access: await guardPlace(context.rights, request, vaultId, folderId, rightOn?.(entry)) };
}

/** Marks a listing that holds only what the caller may read, because it was built from that. */
export function guardedByConstruction(request: GuardedRequest): void {
  request.rightDecided = true;
}
