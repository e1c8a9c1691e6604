/**
 * Former states of records as a person sees them. The list is asked of the server and kept in the
 * mirror; everything else works on what is kept.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import type { ComparedField, RestoredField, RevisionList, StateRef } from '../../../contract/history.ts';
import type { FieldRef } from '../../../contract/records.ts';
import { wipe } from '../../keychain/index.ts';
import type { StoredRecord, StoredRevision } from '../../mirror/index.ts';
import { listSnapshots, snapshotFeature } from '../../remote/index.ts';
import type { RemoteSnapshot } from '../../remote/index.ts';
import { announcedFeatures } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { commitEdit } from '../editing/committing.ts';
import { changedRecord, wipeTyped } from '../editing/recordseals.ts';
import { recordFor } from '../editing/rights.ts';
import { differences } from './differences.ts';
import type { ComparedState } from './differences.ts';
import { restoringEdit } from './restoring.ts';
import { asRecord, closeStates, isForged, openState } from './states.ts';

export interface HistoryOptions {
  readonly current: () => OpenAccount;
  readonly hideAfterMs: () => number;
  /** Notes a look at a secret that the server cannot be told of now. */
  readonly noteRead: (recordId: string) => void;
  readonly now?: () => number;
}

export class History {
  readonly #current: () => OpenAccount;
  readonly #hideAfterMs: () => number;
  readonly #noteRead: (recordId: string) => void;
  readonly #now: () => number;

  constructor({ current, hideAfterMs, noteRead, now = Date.now }: HistoryOptions) {
    this.#current = current;
    this.#hideAfterMs = hideAfterMs;
    this.#noteRead = noteRead;
    this.#now = now;
  }

  /** Whether there is anything to ask for: by the server's announcement and the person's rights. */
  offered(recordId: string): { offered: boolean } {
    const account = this.#current();
    const record = account.mirror.records.get(recordId);
    return { offered: record !== null && isOffered(account, record) };
  }

  /** Throws `noSuchRecord`, `forbidden`, and why the server cannot be asked where nothing is kept. */
  async list(recordId: string): Promise<RevisionList> {
    const account = this.#current();
    const record = stored(account, recordId);
    if (!isOffered(account, record)) throw new StrongroomError('forbidden');
    const stale = await this.#read(account, record);
    const { revisions } = account.mirror;
    return {
      rows: revisions.list(recordId).map((revision) => {
        const former = asRecord(record, revision);
        const state = openState(former, account.secrets);
        closeStates(state);
        const { id, at, by, name } = revision;
        return { id, at, by, name, broken: state.broken || isForged(record, former) };
      }),
      readAt: revisions.readAt(recordId) ?? this.#now(),
      stale,
    };
  }

  /** Asks the server and keeps its answer; else says why not, if something older is kept. */
  async #read(account: OpenAccount, record: StoredRecord): Promise<ErrorCode | null> {
    try {
      const rows = await listSnapshots(account.client, record.itemServerId);
      if (account.closed) throw new StrongroomError('locked');
      account.mirror.revisions.replace(record.id, rows.map(revisionOf), this.#now());
      return null;
    } catch (error) {
      // A lock cuts the line, which would otherwise look like a server that has gone.
      if (account.closed) throw new StrongroomError('locked', {}, { cause: error });
      if (!(error instanceof StrongroomError) || account.mirror.revisions.readAt(record.id) === null) {
        throw error;
      }
      return error.code;
    }
  }

  /** Field by field; no secret is in the answer. Throws `noSuchRecord`, `noSuchRevision`. */
  compare(recordId: string, left: StateRef, right: StateRef): { fields: ComparedField[] } {
    const account = this.#current();
    const record = stored(account, recordId);
    const one = comparedState(account, record, left);
    const other = comparedState(account, record, right);
    try {
      return { fields: differences(one, other) };
    } finally {
      closeStates(one, other);
    }
  }

  /** One secret of one state as text. Throws `noSuchRevision`, `noSuchField`, `emptyField`, `undecipherable`. */
  reveal(recordId: string, state: StateRef, field: FieldRef): { value: string; hidesAfterMs: number } {
    const account = this.#current();
    const record = stateOf(account, stored(account, recordId), state);
    const value = account.secrets.openField(record, field);
    if (value === null || value.length === 0) throw new StrongroomError('emptyField');
    try {
      this.#noteRead(recordId);
      return { value: value.toString('utf8'), hidesAfterMs: this.#hideAfterMs() };
    } finally {
      wipe(value);
    }
  }

  /**
   * Puts fields of a former state back, or the whole of it but its files. Throws `noSuchRecord`,
   * `noSuchRevision`, `noSuchField`, `forbidden`, `undecipherable`, and `tampered` for a state that
   * holds a secret of another field.
   */
  restore(recordId: string, revisionId: string, fields: readonly RestoredField[] | null): void {
    const account = this.#current();
    const record = recordFor(account, recordId, 'item:edit');
    const wanted = stateOf(account, record, revisionId);
    if (isForged(record, wanted)) throw new StrongroomError('tampered');
    const former = openState(wanted, account.secrets);
    const now = openState(record, account.secrets);
    try {
      const change = restoringEdit(now, former, fields);
      try {
        const next = account.secrets.withRecordKey(record, (key) => changedRecord(record, change, key));
        if (commitEdit(account.mirror, record, next, this.#now())) account.edited([recordId]);
      } finally {
        wipeTyped(change);
      }
    } finally {
      closeStates(now, former);
    }
  }
}

function isOffered({ mirror }: OpenAccount, { kind, vaultId, itemServerId }: StoredRecord): boolean {
  if (kind !== 'record' || vaultId === null || itemServerId === '') return false;
  if (!announcedFeatures(mirror).has(snapshotFeature)) return false;
  return mirror.vaults.get(vaultId)?.permissions.includes('item:snapshot:read') ?? false;
}

function stored(account: OpenAccount, recordId: string): StoredRecord {
  const record = account.mirror.records.get(recordId);
  if (record === null) throw new StrongroomError('noSuchRecord');
  return record;
}

function revisionIn(account: OpenAccount, recordId: string, id: string): StoredRevision {
  const revision = account.mirror.revisions.get(recordId, id);
  if (revision === null) throw new StrongroomError('noSuchRevision');
  return revision;
}

function stateOf(account: OpenAccount, record: StoredRecord, state: StateRef): StoredRecord {
  return state === null ? record : asRecord(record, revisionIn(account, record.id, state));
}

function comparedState(account: OpenAccount, record: StoredRecord, state: StateRef): ComparedState {
  const files =
    state === null ? record.attachments.map(({ name }) => name) : revisionIn(account, record.id, state).files;
  return { ...openState(stateOf(account, record, state), account.secrets), files: [...files].sort() };
}

function revisionOf(snapshot: RemoteSnapshot): StoredRevision {
  const { id, name, login, url, urls, description, tags, color, customs, attachments } = snapshot;
  // Servers of different age carry one address, a list, or both.
  const all = url === '' || urls.includes(url) ? urls : [url, ...urls];
  return {
    ...{ id, name, login, description, tags, color, customs },
    at: snapshot.createdAt,
    by: snapshot.creator,
    urls: all.filter((text) => text !== ''),
    keyWrapped: snapshot.keyEncrypted,
    passwordEncrypted: snapshot.passwordEncrypted,
    files: attachments.map((file) => file.name),
  };
}
