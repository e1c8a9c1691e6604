/**
 * Browsing, searching and opening records: the answers of the record pane and the lists.
 *
 * All of it reads the mirror; none of it waits for the network.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import type {
  FieldRef,
  RecordPage,
  RecordRow,
  RecordScope,
  RecordSort,
  RecordView,
  SearchPage,
} from '../../../contract/records.ts';
import { mostRanked, parseSearch } from '../../mirror/index.ts';
import type { ListRow, OfflineRead, StoredRecord } from '../../mirror/index.ts';
import { wipe } from '../../keychain/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { seeInboxEntry } from './inboxseeing.ts';
import { recordFace } from './recordface.ts';
import type { RecordPlace } from './recordface.ts';
import type { Code } from './recordsecrets.ts';
import { TotpTelling } from './totptelling.ts';
import { rightsOn } from '../editing/rights.ts';
import { trustOf } from './tree.ts';

export interface PageRequest {
  readonly scope: RecordScope;
  readonly sort: RecordSort;
  readonly offset: number;
  readonly limit: number;
}

export interface SearchRequest {
  readonly query: string;
  readonly scope: RecordScope | null;
  readonly offset: number;
  readonly limit: number;
}

export interface RecordsOptions {
  readonly current: () => OpenAccount;
  readonly hideAfterMs: () => number;
  readonly now?: () => number;
}

export class Records {
  readonly #current: () => OpenAccount;
  readonly #hideAfterMs: () => number;
  readonly #now: () => number;
  readonly #totp = new TotpTelling();

  constructor(options: RecordsOptions) {
    this.#current = options.current;
    this.#hideAfterMs = options.hideAfterMs;
    this.#now = options.now ?? Date.now;
  }

  page(request: PageRequest): RecordPage {
    const { records, folders } = this.#current().mirror;
    const { total, rows } = records.page(request);
    const said = saidByScope(request.scope, (id) => folders.path(id).length);
    return { total, rows: rows.map((row) => ({ ...rowOf(row), place: row.place.slice(said) })) };
  }

  search({ query, scope, offset, limit }: SearchRequest): SearchPage {
    const account = this.#current();
    if (asksForCodes(query)) this.#totp.start(account);
    const found = account.mirror.search.query({ text: query, scope, offset, limit });
    return { total: found.total, capped: found.capped, rows: found.rows.map(rowOf) };
  }

  /** Ids of a whole list; of a search as many as are ranked. */
  ids({
    scope,
    sort,
    query,
  }: {
    scope: RecordScope | null;
    sort: RecordSort;
    query: string | null;
  }): string[] {
    const { records, search } = this.#current().mirror;
    if (query === null) return records.ids(scope ?? { kind: 'all' }, sort);
    return search.query({ text: query, scope, offset: 0, limit: mostRanked }).rows.map(({ id }) => id);
  }

  /** The face of a record; opening it counts as using it. Throws `noSuchRecord`. */
  read(recordId: string): RecordView {
    const account = this.#current();
    const record = this.stored(recordId);
    const face = recordFace(record, placeOf(account, record), account.secrets);
    this.#remember(account, face);
    if (!face.keyBroken) this.#see(account, record);
    return face;
  }

  #see(account: OpenAccount, record: StoredRecord): void {
    try {
      seeInboxEntry(account, record);
    } catch (error) {
      // A mark, no more; a disk that takes nothing must not hide a record.
      if (!isDiskFault(error)) throw error;
    }
  }

  #remember({ mirror }: OpenAccount, { id, fields, keyBroken }: RecordView): void {
    try {
      mirror.recents.touch(id, this.#now());
      if (keyBroken) return;
      mirror.records.setHasTotp(
        id,
        fields.some((field) => field.type === 'totp' && !field.broken),
      );
    } catch (error) {
      // The list of recent records is a comfort; a disk that takes nothing must not hide a record.
      if (!isDiskFault(error)) throw error;
    }
  }

  /**
   * Notes that a secret was looked at while the server could not be told, for its activity log at
   * the next contact.
   */
  noteRead(recordId: string, action: OfflineRead['action']): void {
    const account = this.#current();
    const { phase } = account.synchroniser.status();
    const { itemServerId } = this.stored(recordId, account);
    if ((phase !== 'offline' && phase !== 'stopped') || itemServerId === '') return;
    try {
      account.mirror.offlineReads.add({ itemServerId, at: this.#now(), action });
    } catch (error) {
      // The log is the server's concern; a disk that takes nothing must not hide a secret.
      if (!isDiskFault(error)) throw error;
    }
  }

  /** One secret as text, and how long it may be shown. Throws `noSuchRecord`, `noSuchField`, `emptyField`, `undecipherable`. */
  reveal(recordId: string, field: FieldRef): { value: string; hidesAfterMs: number } {
    const value = this.secret(recordId, field);
    try {
      this.noteRead(recordId, 'revealed');
      return { value: value.toString('utf8'), hidesAfterMs: this.#hideAfterMs() };
    } finally {
      wipe(value);
    }
  }

  /** One secret as bytes, for use inside the main process; the caller wipes it. Throws as `reveal`. */
  secret(recordId: string, field: FieldRef): Buffer {
    const value = this.#current().secrets.openField(this.stored(recordId), field);
    if (value === null || value.length === 0) throw new StrongroomError('emptyField');
    return value;
  }

  /** The current code of a field, or of the record's first TOTP field. Throws `noSuchField`, `badTotp`. */
  code(recordId: string, field: FieldRef | null): Code {
    const record = this.stored(recordId);
    const { secrets } = this.#current();
    return secrets.code(record, field ?? this.#totpFieldOf(record), this.#now());
  }

  #totpFieldOf(record: StoredRecord): FieldRef {
    const { secrets } = this.#current();
    const index = secrets.withRecordKey(record, (key) =>
      secrets.openCustoms(record, key).findIndex((field) => {
        if (field) wipe(field.value);
        return field?.type === 'totp';
      }),
    );
    if (index < 0) throw new StrongroomError('noSuchField');
    return { kind: 'custom', index };
  }

  /** The login as stored. Throws `emptyField`. */
  login(recordId: string): string {
    const { login } = this.stored(recordId);
    if (login === '') throw new StrongroomError('emptyField');
    return login;
  }

  /** One address of the record. Throws `noSuchField`. */
  url(recordId: string, index: number): string {
    const url = this.stored(recordId).urls[index];
    if (url === undefined || url === '') throw new StrongroomError('noSuchField');
    return url;
  }

  /** The row of the mirror, by default of the shown account. Throws `noSuchRecord`. */
  stored(recordId: string, account: OpenAccount = this.#current()): StoredRecord {
    const record = account.mirror.records.get(recordId);
    if (!record) throw new StrongroomError('noSuchRecord');
    return record;
  }
}

/** Where a record lies and how far its vault can be trusted. */
export function placeOf(account: OpenAccount, record: StoredRecord): RecordPlace {
  const { mirror, profile } = account;
  const vault = record.vaultId === null ? null : mirror.vaults.get(record.vaultId);
  const pinned = vault === null ? null : trustOf(mirror, vault);
  return {
    vault,
    vaultTrust: vault === null ? null : profile.mode === 'none' ? 'verified' : pinned,
    can: rightsOn(account, record),
    pending: mirror.outbox.ofObject('record', record.id).length > 0,
    conflictId: mirror.conflicts.ofRecord(record.id)?.id ?? null,
    original:
      record.kind === 'record'
        ? null
        : (mirror.records.byServerId('record', record.itemServerId)?.id ?? null),
    folders: record.folderId === null ? [] : mirror.folders.path(record.folderId),
  };
}

function asksForCodes(query: string): boolean {
  const { wanted, unwanted } = parseSearch(query);
  return [...wanted, ...unwanted].some((term) => term.kind === 'mark' && term.mark === 'totp');
}

function isDiskFault(error: unknown): boolean {
  const codes: readonly ErrorCode[] = ['diskFull', 'diskReadOnly', 'diskError'];
  return error instanceof StrongroomError && codes.includes(error.code);
}

/** How many of a row's outermost places go without saying in a list of this scope. */
function saidByScope(scope: RecordScope, depthOf: (folderId: string) => number): number {
  if (scope.kind === 'vault') return 1;
  return scope.kind === 'folder' ? 1 + depthOf(scope.folderId) : 0;
}

function rowOf(row: ListRow): RecordRow {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    login: row.login,
    host: row.host,
    tags: [...row.tags],
    color: row.color,
    favourite: row.favourite,
    vaultId: row.vaultId,
    place: [...row.place],
    hasTotp: row.hasTotp,
    attachmentCount: row.attachmentCount,
    flagged: row.flagged,
    unread: row.unread,
    pending: row.pending,
    conflict: row.conflict,
    updatedAt: row.updatedAt,
  };
}
