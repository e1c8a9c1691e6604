/**
 * What of sharing is offered for records: as far as the server announced it, the rights on their
 * vaults go, and their keys can be trusted. It keeps people from dead ends; the server decides.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { SharingHindrance, SharingOffer } from '../../../contract/sharing.ts';
import type { StoredVault } from '../../mirror/index.ts';
import { announcedFeatures } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { trustOf } from '../reading/tree.ts';
import { hasVaultKey } from './ownkey.ts';
import type { OwnedRecord } from './ownkey.ts';

/** Wire codes of the rights that sharing takes (Passwork 7 protocol, vault permissions). */
export const sharingRights = {
  read: 'inboxItem:createForReading',
  write: 'inboxItem:createForEditing',
  link: 'link:create',
  see: 'item:additionalAccess:read',
} as const;

/**
 * A record that may leave its vault.
 * @throws StrongroomError `noSuchRecord`; `forbidden` for shortcuts and received records, or without
 * the right; `vaultKeyChanged`, `vaultKeyMissing`; `tampered` while what the server says of it is in doubt.
 */
export function shareable(
  account: OpenAccount,
  recordId: string,
  right: keyof typeof sharingRights,
): OwnedRecord {
  const record = account.mirror.records.get(recordId);
  if (record === null) throw new StrongroomError('noSuchRecord');
  const { kind, vaultId, flagged } = record;
  const vault = vaultId === null ? null : account.mirror.vaults.get(vaultId);
  if (kind !== 'record' || vaultId === null || vault === null) throw new StrongroomError('forbidden');
  if (!vault.permissions.includes(sharingRights[right])) throw new StrongroomError('forbidden');
  refuseDoubtfulKey(account, vault);
  if (flagged) throw new StrongroomError('tampered');
  return { ...record, vaultId };
}

function refuseDoubtfulKey(account: OpenAccount, vault: StoredVault): void {
  if (account.mode === 'none') return;
  const trust = trustOf(account.mirror, vault);
  if (trust === 'keyChanged') throw new StrongroomError('vaultKeyChanged');
  if (trust === 'keyMissing') throw new StrongroomError('vaultKeyMissing');
}

const hindrances: Readonly<Record<string, SharingHindrance>> = {
  vaultKeyChanged: 'vaultKey',
  vaultKeyMissing: 'vaultKey',
  undecipherable: 'vaultKey',
  tampered: 'flagged',
};

type Tried =
  { readonly may: true; readonly record: OwnedRecord } | { readonly may: false; readonly code: string };

function tried(account: OpenAccount, recordId: string, right: keyof typeof sharingRights): Tried {
  try {
    return { may: true, record: shareable(account, recordId, right) };
  } catch (error) {
    if (error instanceof StrongroomError) return { may: false, code: error.code };
    throw error;
  }
}

/** What is offered for records together. Throws `noSuchRecord`. */
export function sharingOffer(account: OpenAccount, recordIds: readonly string[]): SharingOffer {
  const features = announcedFeatures(account.mirror);
  const each = (right: keyof typeof sharingRights): Tried[] =>
    recordIds.map((id) => tried(account, id, right));
  const [reading, editing, linking, seeing] = (['read', 'write', 'link', 'see'] as const).map(each);
  const all = (one: Tried[] | undefined): boolean => one?.every(({ may }) => may) === true;
  const may = { read: all(reading), write: all(editing), link: all(linking), see: all(seeing) };
  const sends = features.has('inboxSend') && may.read;
  // Links are of the protocol itself; only listing and ending them are additions.
  const isOne = recordIds.length === 1;
  const links = isOne && may.link;
  return {
    send: sends ? (may.write ? 'write' : 'read') : null,
    toGroups: sends && features.has('inboxGroups'),
    link: links,
    seesSent: isOne && features.has('inboxManage') && may.see,
    listsLinks: isOne && features.has('linkList') && may.see,
    hindrance:
      sends || links ? null : hindranceOf(account, recordIds, [...(reading ?? []), ...(linking ?? [])]),
    needNewKey: [...(reading ?? []), ...(linking ?? [])]
      .flatMap((one) => (one.may && hasVaultKey(account, one.record) ? [one.record.id] : []))
      .filter((id, index, ids) => ids.indexOf(id) === index),
    sealed: account.mode === 'client',
  };
}

function hindranceOf(
  { mirror }: OpenAccount,
  recordIds: readonly string[],
  refused: readonly Tried[],
): SharingHindrance {
  if (recordIds.some((id) => mirror.records.get(id)?.kind !== 'record')) return 'kind';
  const codes = refused.flatMap((one) => (one.may ? [] : [one.code]));
  const named = codes.flatMap((code) => hindrances[code] ?? []).at(0);
  return named ?? (codes.length > 0 ? 'right' : 'server');
}
