/**
 * Changing records. Each verb is safe on this device's disk when it returns; the server learns of
 * it from the outbox. Nothing here waits for the network.
 */
import type { Place, RecordChange } from '../../../contract/editing.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import { wipe } from '../../keychain/index.ts';
import type { RecordKey } from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/index.ts';
import { binRecord, sendAsNew } from '../../sync/index.ts';
import { commitEdit, commitFavourite, commitMove, newId } from './committing.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { refuseBadCodes } from './codesecrets.ts';
import { changedRecord, wipeTyped } from './recordseals.ts';
import { RecordCopies } from './recordcopies.ts';
import { copyableFor, recordFor, vaultFor } from './rights.ts';

export interface EditingOptions {
  readonly current: () => OpenAccount;
  readonly now?: () => number;
}

export class Editing {
  readonly #current: () => OpenAccount;
  readonly #now: () => number;
  readonly #copies: RecordCopies;

  constructor({ current, now = Date.now }: EditingOptions) {
    this.#current = current;
    this.#now = now;
    this.#copies = new RecordCopies(now);
  }

  /**
   * A new record. Typed bytes are wiped. Throws `noSuchVault`, `noSuchFolder`, `forbidden`, vault key
   * codes, and `badTotp` with the place of the field.
   */
  create(place: Place, fields: RecordChange): { recordId: string } {
    try {
      const account = this.#current();
      const target = checkedPlace(account, place);
      const { key, keyWrapped } = account.seals.newKey(place.vaultId);
      try {
        const empty = { ...emptyRecord(account, target), keyWrapped };
        refuseBadCodes(empty, fields, key);
        const record = changedRecord(empty, fields, key);
        account.mirror.durable(() => {
          account.mirror.records.upsertMany([record]);
          sendAsNew(account.mirror, record, this.#now());
        });
        account.edited([record.id]);
        return { recordId: record.id };
      } finally {
        if (key) wipe(key);
      }
    } finally {
      wipeTyped(fields);
    }
  }

  /** Changes what is named. Typed bytes are wiped. Throws `noSuchRecord`, `noSuchField`, `forbidden`, `undecipherable`, `badTotp`. */
  save(recordId: string, fields: RecordChange): void {
    try {
      const account = this.#current();
      const record = recordFor(account, recordId, 'item:edit');
      const next = withKeyFor(account, record, fields, (key) => {
        refuseBadCodes(record, fields, key);
        return changedRecord(record, fields, key);
      });
      if (commitEdit(account.mirror, record, next, this.#now())) account.edited([recordId]);
    } finally {
      wipeTyped(fields);
    }
  }

  setColor(recordIds: readonly string[], color: number): void {
    this.#changeEach(recordIds, (record) => ({ ...record, color }));
  }

  /** Puts tags on and takes others off, without regard to case. */
  changeTags(recordIds: readonly string[], add: readonly string[], remove: readonly string[]): void {
    const gone = new Set(remove.map(sameCase));
    this.#changeEach(recordIds, (record) => {
      const kept = record.tags.filter((tag) => !gone.has(sameCase(tag)));
      const known = new Set(kept.map(sameCase));
      return { ...record, tags: [...kept, ...add.filter((tag) => !known.has(sameCase(tag)))] };
    });
  }

  #changeEach(recordIds: readonly string[], change: (record: StoredRecord) => StoredRecord): void {
    const account = this.#current();
    const records = recordIds.map((id) => recordFor(account, id, 'item:edit'));
    account.mirror.durable(() => {
      for (const record of records) commitEdit(account.mirror, record, change(record), this.#now());
    });
    account.edited(recordIds);
  }

  /** A mark of the person's own, which needs no right beyond reading. Throws `noSuchRecord`. */
  setFavourite(recordIds: readonly string[], favourite: boolean): void {
    const account = this.#current();
    const { mirror } = account;
    const records = recordIds.map((id) => mustExist(account, id));
    mirror.durable(() => {
      for (const record of records) commitFavourite(mirror, record, favourite, this.#now());
    });
    account.edited(recordIds);
  }

  /**
   * To another folder or vault. A record whose key is its vault's key must not take that key along:
   * it is copied under a new one, and the old record goes to the bin. Throws as `copy`.
   */
  async move(recordIds: readonly string[], to: Place): Promise<void> {
    const account = this.#current();
    const { mirror } = account;
    const target = checkedPlace(account, to);
    const records = recordIds.map((id) => recordFor(account, id, 'item:move'));
    const [bound, free] = partition(records, (record) => this.#isBound(account, record, to.vaultId));
    const copies = await this.#copies.prepare(account, bound, target);
    // Read again: while the copies were made, a sync may have written them.
    const fresh = free.map(({ id }) => recordFor(account, id, 'item:move'));
    const moved = fresh.map((record) => ({ record, next: movedRecord(account, record, target) }));
    mirror.durable(() => {
      for (const { record, next } of moved) commitMove(mirror, record, next, this.#now());
      this.#copies.commit(account, copies);
      for (const { id } of bound) binRecord(mirror, id, this.#now());
    });
    account.edited(bound.length > 0 ? null : recordIds);
  }

  #isBound(account: OpenAccount, record: StoredRecord, vaultId: string): boolean {
    const { keyWrapped, vaultId: from } = record;
    if (account.mode === 'none' || from === vaultId || from === null || !keyWrapped) return false;
    return account.secrets.withRecordKey(
      record,
      (key) => key !== null && account.seals.isVaultKey(key, from),
    );
  }

  /** New records with keys of their own; gives their ids. Throws `attachmentNotHere`, `undecipherable`, `forbidden`. */
  async copy(recordIds: readonly string[], to: Place): Promise<{ recordIds: string[] }> {
    const account = this.#current();
    const target = checkedPlace(account, to);
    const records = recordIds.map((id) => copyableFor(account, id));
    const copies = await this.#copies.prepare(account, records, target);
    account.mirror.durable(() => this.#copies.commit(account, copies));
    const ids = copies.map(({ id }) => id);
    account.edited(ids);
    return { recordIds: ids };
  }

  /** To the bin. Throws `noSuchRecord`, `forbidden`. */
  remove(recordIds: readonly string[]): void {
    const account = this.#current();
    const records = recordIds.map((id) => recordFor(account, id, 'item:delete'));
    account.mirror.durable(() => {
      for (const { id } of records) binRecord(account.mirror, id, this.#now());
    });
    account.edited(null);
  }
}

/** The place, if records may be put there. Throws `noSuchVault`, `noSuchFolder`, `forbidden`. */
export function checkedPlace(account: OpenAccount, place: Place): Place {
  vaultFor(account, place.vaultId, 'object:createAndImport');
  if (place.folderId === null) return place;
  if (account.mirror.folders.get(place.folderId)?.vaultId !== place.vaultId) {
    throw new StrongroomError('noSuchFolder');
  }
  return place;
}

/** A record of this device with nothing in it. */
export function emptyRecord(account: OpenAccount, { vaultId, folderId }: Place): StoredRecord {
  return {
    id: newId(),
    serverId: '',
    kind: 'record',
    vaultId,
    folderId,
    itemServerId: '',
    name: '',
    login: '',
    urls: [],
    description: '',
    tags: [],
    color: 0,
    favourite: false,
    keyWrap: account.mode === 'none' ? 'none' : 'vault',
    keyWrapped: null,
    vaultKeyWrapped: account.mirror.vaults.get(vaultId)?.keyWrapped ?? null,
    passwordEncrypted: null,
    customs: [],
    attachments: [],
    sender: null,
    writable: true,
    unread: false,
    revision: null,
    updatedAt: null,
    contentHash: '',
    flagged: false,
  };
}

/** The record at its new place; in another vault its key is wrapped anew. */
function movedRecord(account: OpenAccount, record: StoredRecord, to: Place): StoredRecord {
  if (record.vaultId === to.vaultId) return { ...record, folderId: to.folderId };
  const vaultKeyWrapped =
    account.mode === 'none' ? null : (account.mirror.vaults.get(to.vaultId)?.keyWrapped ?? null);
  const keyWrapped =
    record.keyWrapped === null || record.keyWrapped === ''
      ? record.keyWrapped
      : account.secrets.withRecordKey(record, (key) =>
          key === null ? null : account.seals.wrapFor(key, to.vaultId),
        );
  return { ...record, ...to, keyWrapped, vaultKeyWrapped };
}

/** Opens the record key only where a secret was typed or reordered: plain fields need none. */
function withKeyFor(
  account: OpenAccount,
  record: StoredRecord,
  { password, customs }: RecordChange,
  change: (key: RecordKey | null) => StoredRecord,
): StoredRecord {
  if (password === undefined && customs === undefined) return change(null);
  return account.secrets.withRecordKey(record, change);
}

function mustExist({ mirror }: OpenAccount, recordId: string): StoredRecord {
  const record = mirror.records.get(recordId);
  if (record === null) throw new StrongroomError('noSuchRecord');
  return record;
}

const sameCase = (tag: string): string => tag.toLocaleLowerCase();

function partition<T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] {
  const chosen = all.filter(test);
  return [chosen, all.filter((one) => !chosen.includes(one))];
}
