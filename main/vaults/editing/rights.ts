/**
 * What a person may change in a vault, as far as the server's rights and the trust in the vault's
 * key go (Passwork 7 protocol, vault permissions), and in what was sent to them (its "Inbox entry":
 * `access` is `write`).
 *
 * The server decides in the end, folder by folder; this keeps what it would refuse anyway from
 * being typed first, and keeps secrets out of vaults whose key is in doubt.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { StoredRecord, StoredVault } from '../../mirror/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { trustOf } from '../reading/tree.ts';

/** Wire codes of rights. */
export type Right =
  | 'item:edit'
  | 'item:delete'
  | 'item:move'
  | 'item:copy'
  | 'object:createAndImport'
  | 'directory:edit'
  | 'directory:move'
  | 'directory:delete'
  | 'directory:export';

/** Why something may not be changed, or null. */
export function refusalAt(account: OpenAccount, vault: StoredVault, right: Right): StrongroomError | null {
  if (!vault.permissions.includes(right)) return new StrongroomError('forbidden');
  if (account.mode === 'none') return null;
  const trust = trustOf(account.mirror, vault);
  if (trust === 'keyChanged') return new StrongroomError('vaultKeyChanged');
  return trust === 'keyMissing' ? new StrongroomError('vaultKeyMissing') : null;
}

/** The vault, for a change that needs `right`. Throws `noSuchVault`, `forbidden`, `vaultKeyChanged`, `vaultKeyMissing`. */
export function vaultFor(account: OpenAccount, vaultId: string, right: Right): StoredVault {
  const vault = account.mirror.vaults.get(vaultId);
  if (vault === null) throw new StrongroomError('noSuchVault');
  const refusal = refusalAt(account, vault, right);
  if (refusal) throw refusal;
  return vault;
}

/**
 * A record, for a change that needs `right`: one of a vault, or one that was sent to this user for
 * editing, which can be edited and nothing else. Throws `noSuchRecord` and as `vaultFor`.
 */
export function recordFor(account: OpenAccount, recordId: string, right: 'item:edit'): StoredRecord;
export function recordFor(
  account: OpenAccount,
  recordId: string,
  right: 'item:delete' | 'item:move',
): StoredRecord & { readonly vaultId: string };
export function recordFor(
  account: OpenAccount,
  recordId: string,
  right: 'item:edit' | 'item:delete' | 'item:move',
): StoredRecord {
  const record = account.mirror.records.get(recordId);
  if (record === null) throw new StrongroomError('noSuchRecord');
  if (right === 'item:edit' && isReceivedForEditing(record)) return record;
  const { kind, vaultId, writable } = record;
  if (kind !== 'record' || vaultId === null || !writable) throw new StrongroomError('forbidden');
  vaultFor(account, vaultId, right);
  return { ...record, vaultId };
}

/** Its key was wrapped for this user alone, so no vault has a say in it here. */
function isReceivedForEditing({ kind, writable }: StoredRecord): boolean {
  return kind === 'inbox' && writable;
}

/**
 * What can be copied: a record or shortcut of a vault that allows it, and whatever was sent to this
 * user. Throws `noSuchRecord` and as `vaultFor`.
 */
export function copyableFor(account: OpenAccount, recordId: string): StoredRecord {
  const record = account.mirror.records.get(recordId);
  if (record === null) throw new StrongroomError('noSuchRecord');
  if (record.kind !== 'inbox') vaultFor(account, record.vaultId ?? '', 'item:copy');
  return record;
}

/** What may be done with a record, for the buttons beside it. */
export function rightsOn(
  account: OpenAccount,
  record: StoredRecord,
): Record<'edit' | 'remove' | 'move' | 'copy', boolean> {
  const vault = record.vaultId === null ? null : account.mirror.vaults.get(record.vaultId);
  const may = (right: Right): boolean =>
    vault !== null && record.kind === 'record' && refusalAt(account, vault, right) === null;
  return {
    edit: isReceivedForEditing(record) || (may('item:edit') && record.writable),
    remove: may('item:delete'),
    move: may('item:move'),
    copy: record.kind === 'inbox' || (vault !== null && refusalAt(account, vault, 'item:copy') === null),
  };
}
