/**
 * Taking delivered records into the mirror: what is unchanged is passed over, what no honest
 * edit explains is refused, the rest is written together with its manifest.
 *
 * Nothing is decrypted here. A refused record keeps its previous values whole, since a server
 * that lies about one field of it is not to be believed about the others.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { StrongroomError } from '../../contract/index.ts';
import type { ManifestEntry, StoredRecord } from '../mirror/model.ts';
import type { KnownRecords } from './known.ts';
import { hasUnsealedValue, judgeChange, manifestOf } from './manifest.ts';
import { breathe } from './pace.ts';
import type { PullContext } from './pullcontext.ts';

/** Key of the sync state under which the ids of refused records stand, with blanks between them. */
export const flaggedKey = 'flaggedRecords';
/** About 3 ms of making rows and hashing them. */
const comparedAtOnce = 50;

export class RecordIntake {
  readonly #context: PullContext;
  readonly #known: KnownRecords;
  readonly #manifestKey: KeyObject;
  readonly #flagged: Set<string>;
  #orphans: string[] = [];
  #written = 0;

  constructor(context: PullContext, known: KnownRecords) {
    this.#context = context;
    this.#known = known;
    this.#manifestKey = createSecretKey(context.manifestKey.bytes);
    this.#flagged = new Set((context.mirror.syncState.get(flaggedKey) ?? '').split(' ').filter(Boolean));
  }

  /** Records written or flagged so far. */
  get written(): number {
    return this.#written;
  }

  /** Names of stored files that no record refers to any more; each is given once. */
  takeOrphans(): string[] {
    const orphans = this.#orphans;
    this.#orphans = [];
    return orphans;
  }

  /**
   * Takes delivered objects in; `rowOf` makes the row of one. Comparing is cheap and goes by a
   * fixed number, writing is not and goes by measured portions.
   * @throws StrongroomError `encryptionModeChanged`, `badAnswer`, `cancelled`.
   */
  async take<T>(delivered: readonly T[], rowOf: (object: T) => StoredRecord): Promise<void> {
    const { pace, signal } = this.#context;
    for (let at = 0; at < delivered.length; at += comparedAtOnce) {
      await breathe(signal);
      const rows = delivered.slice(at, at + comparedAtOnce).map(rowOf);
      const fresh = rows.filter((record) => !this.#isSettled(record));
      if (fresh.length === 0) continue;
      await breathe(signal);
      await pace.work(fresh, signal, (portion) => this.#takePortion(portion));
    }
  }

  /**
   * Takes a few rows in without a pause, inside the caller's transaction.
   * @throws StrongroomError `encryptionModeChanged`, `badAnswer`.
   */
  takeAtOnce(rows: readonly StoredRecord[]): void {
    this.#takePortion(rows.filter((record) => !this.#isSettled(record)));
  }

  #isSettled(record: StoredRecord): boolean {
    const before = this.#known.find(record.kind, record.serverId);
    return before?.contentHash === record.contentHash && !this.#flagged.has(before.id);
  }

  #takePortion(portion: readonly StoredRecord[]): void {
    const { mirror, changed } = this.#context;
    const touched: string[] = [];
    const rows: StoredRecord[] = [];
    mirror.transaction(() => {
      const manifests: [string, ManifestEntry[]][] = [];
      for (const record of portion) {
        const verdict = this.#judge(record);
        if (verdict === null) continue;
        touched.push(verdict.row.id);
        if (verdict.entries === null) continue;
        rows.push(verdict.row);
        manifests.push([verdict.row.id, verdict.entries]);
      }
      mirror.records.upsertMany(rows);
      for (const [id, entries] of manifests) mirror.manifest.replace(id, entries);
    });
    for (const row of rows) this.#known.note(row);
    this.#written += touched.length;
    if (touched.length > 0) changed(touched);
  }

  /** Null when there is nothing to do; without entries when the record was refused. */
  #judge(
    record: StoredRecord,
  ): { readonly row: StoredRecord; readonly entries: ManifestEntry[] | null } | null {
    const { mode, mirror } = this.#context;
    if (this.#known.clashes(record)) throw new StrongroomError('badAnswer', { reason: 'kind' });
    const before = this.#known.find(record.kind, record.serverId);
    const previous = before === null ? null : mirror.records.get(before.id);
    if (previous === null) return this.#firstSight(record);
    // Written here since this pull began: what was listed is older than what stands here, and
    // the next sync sees both in order.
    if (previous.contentHash !== before?.contentHash) return null;
    if (previous.contentHash === record.contentHash) {
      this.#clearFlag(previous);
      return null;
    }
    const entries = this.#entriesOf(record);
    const verdict =
      mode === 'client' ? judgeChange(mirror.manifest.entries(previous.id), entries, record) : 'accepted';
    if (verdict === 'unsealed') throw new StrongroomError('encryptionModeChanged');
    if (verdict !== 'accepted' || wentBack(previous, record) || this.#becameAnother(previous, record)) {
      return this.#refuse(previous) ? { row: previous, entries: null } : null;
    }
    this.#remember(previous.id, false);
    const row = keptHere(record, previous);
    this.#orphans.push(...orphansOf(previous, row));
    return { row, entries };
  }

  /**
   * A record whose key is now the one of another record would show that record's secrets under
   * its own name. New keys are drawn at random, so no honest edit ends there.
   */
  #becameAnother(previous: StoredRecord, record: StoredRecord): boolean {
    const { keyWrapped, itemServerId } = record;
    if (keyWrapped === null || keyWrapped === '' || keyWrapped === previous.keyWrapped) return false;
    return this.#context.mirror.records.isKeyOfAnother(keyWrapped, itemServerId);
  }

  #firstSight(record: StoredRecord): { readonly row: StoredRecord; readonly entries: ManifestEntry[] } {
    const { mode, mirror, now } = this.#context;
    const entries = this.#entriesOf(record);
    if (mode === 'client' && hasUnsealedValue(record, entries)) {
      // Stored as it is, which opens nowhere: what should be ciphertext is never shown as text.
      mirror.notices.add({ at: now(), kind: 'recordUnreadable', subject: record.name, recordId: record.id });
    }
    return { row: record, entries };
  }

  #entriesOf(record: StoredRecord): ManifestEntry[] {
    return this.#context.mode === 'client' ? manifestOf(record, this.#manifestKey) : [];
  }

  /** False if the record was flagged before: a lie that is told again is no news. */
  #refuse(previous: StoredRecord): boolean {
    if (previous.flagged) return false;
    const { mirror, now } = this.#context;
    mirror.records.setFlagged(previous.id, true);
    mirror.notices.add({ at: now(), kind: 'fieldTampered', subject: previous.name, recordId: previous.id });
    this.#remember(previous.id, true);
    return true;
  }

  /** The server delivers again what stands here. */
  #clearFlag(previous: StoredRecord): void {
    if (previous.flagged) this.#context.mirror.records.setFlagged(previous.id, false);
    this.#remember(previous.id, false);
  }

  #remember(id: string, flagged: boolean): void {
    if (this.#flagged.has(id) === flagged) return;
    if (flagged) this.#flagged.add(id);
    else this.#flagged.delete(id);
    this.#context.mirror.syncState.set(flaggedKey, [...this.#flagged].join(' '));
  }
}

/** The server's own counters never fall by honest means, nor does one that was there go away. */
function wentBack(previous: StoredRecord, record: StoredRecord): boolean {
  if (previous.revision !== null) return record.revision === null || record.revision < previous.revision;
  if (previous.updatedAt !== null) return record.updatedAt === null || record.updatedAt < previous.updatedAt;
  return false;
}

/** The row of a changed record with what only this device knows: its id, and the files that lie here. */
function keptHere(record: StoredRecord, previous: StoredRecord): StoredRecord {
  const attachments = record.attachments.map((file) => {
    const here = previous.attachments.find(({ id }) => id === file.id);
    const same = here !== undefined && here.encryptedKey === file.encryptedKey;
    return same ? { ...file, size: here.size, localFile: here.localFile } : file;
  });
  return { ...record, id: previous.id, attachments, flagged: false };
}

function orphansOf(previous: StoredRecord, row: StoredRecord): string[] {
  const kept = new Set(row.attachments.map(({ localFile }) => localFile));
  return previous.attachments.flatMap(({ localFile }) =>
    localFile === null || kept.has(localFile) ? [] : [localFile],
  );
}
