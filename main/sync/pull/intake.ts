/**
 * Taking delivered records into the mirror: what is unchanged is passed over, what no honest
 * edit explains is refused, the rest is written together with its manifest.
 *
 * Nothing is decrypted here, but for the key of a received record where it comes wrapped anew. A
 * refused record keeps its previous values whole, since a server that lies about one field of it is
 * not to be believed about the others.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { StrongroomError } from '../../../contract/index.ts';
import type { ManifestEntry, StoredRecord } from '../../mirror/model.ts';
import type { KnownRecords } from './known.ts';
import { Creations } from './creations.ts';
import { adopted, landed, landedNew, localFolderId, outOfBin, withoutChanges } from './landing.ts';
import { hasUnsealedValue, judgeAgainstAll, manifestOf, type SealedParts } from '../trust/manifest.ts';
import { hasAnotherKey } from '../trust/receivedkeys.ts';
import { breathe } from '../pace.ts';
import { filesLeftOut, missedRecords, sameValue } from '../outbox/pending.ts';
import type { PullContext } from '../pullcontext.ts';
import { lastSyncedKey } from './resume.ts';
import { noteRollback } from './rollback.ts';

/** Key of the sync state under which the ids of refused records stand, with blanks between them. */
export const flaggedKey = 'flaggedRecords';
/** About 3 ms of making rows and hashing them. */
const comparedAtOnce = 50;

export class RecordIntake {
  readonly #context: PullContext;
  readonly #known: KnownRecords;
  readonly #manifestKey: KeyObject;
  readonly #isFirst: boolean;
  readonly #flagged: Set<string>;
  /**
   * Deleted there as far as this device knows, and asked for or a person's to decide: told again it
   * stands, though nothing of it need have changed.
   */
  readonly #missed: ReadonlySet<string>;
  #orphans: string[] = [];
  readonly #creations: Creations;
  #written = 0;

  constructor(context: PullContext, known: KnownRecords) {
    this.#context = context;
    this.#known = known;
    this.#creations = new Creations(context.mirror);
    this.#isFirst = context.mirror.syncState.get(lastSyncedKey) === null;
    this.#manifestKey = createSecretKey(context.manifestKey.bytes);
    this.#missed = missedRecords(context.mirror);
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
    if (before?.contentHash !== record.contentHash) return false;
    return !this.#flagged.has(before.id) && !this.#missed.has(before.id);
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
    const { mirror } = this.#context;
    if (this.#known.clashes(record)) throw new StrongroomError('badAnswer', { reason: 'kind' });
    const before = this.#known.find(record.kind, record.serverId) ?? this.#appeared(record);
    const previous = before === null ? null : mirror.records.get(before.id);
    if (previous === null) return this.#unknown(record);
    // Written here since this pull began: what was listed is older than what stands here, and
    // the next sync sees both in order.
    if (previous.contentHash !== before?.contentHash) return null;
    if (previous.contentHash === record.contentHash && !this.#missed.has(previous.id)) {
      this.#clearFlag(previous);
      return null;
    }
    if (this.#isUnderDoubtedKey(previous, record)) return null;
    const entries = this.#entriesOf(record);
    if (!this.#isHonest(previous, record, entries)) {
      return this.#refuse(previous, record) ? { row: previous, entries: null } : null;
    }
    this.#remember(previous.id, false);
    const row = landed(this.#context, previous, record);
    if (row === null) return null;
    this.#orphans.push(...filesLeftOut(previous, row));
    return { row, entries };
  }

  /**
   * A record that has come into the lists since this pull began: put back by a person, or because
   * its deleted folder stands again. During a first sync everything is new, and what is made here
   * has no server's id before its end.
   */
  #appeared({ kind, serverId }: StoredRecord): StoredRecord | null {
    return this.#isFirst ? null : this.#context.mirror.records.byServerId(kind, serverId);
  }

  /**
   * Held against everything that this device has seen or written of the record.
   * @throws StrongroomError `encryptionModeChanged`
   */
  #isHonest(previous: StoredRecord, record: StoredRecord, entries: readonly ManifestEntry[]): boolean {
    const { mode, mirror, vaultKeys } = this.#context;
    // Of what was made here and not answered, the server has seen its creation.
    const base = mirror.bases.record(previous.id);
    const settled = base === undefined ? previous : (base ?? withoutChanges(mirror, previous));
    if (mode === 'client') {
      const seen = [
        mirror.manifest.entries(previous.id),
        this.#entriesOf(settled),
        this.#entriesOf(withoutUnsentFiles(previous)),
      ];
      const verdict = judgeAgainstAll(seen, entries, record);
      if (verdict === 'unsealed') throw new StrongroomError('encryptionModeChanged');
      if (verdict !== 'accepted' || changedWithoutCount(settled, record)) return false;
    }
    if (wentBack(previous, record) || this.#becameAnother(previous, record)) return false;
    return !hasAnotherKey(vaultKeys, previous, record);
  }

  /** Not in the lists: in the bin, made here and arrived by now, or new. */
  #unknown(
    record: StoredRecord,
  ): { readonly row: StoredRecord; readonly entries: ManifestEntry[] | null } | null {
    const { mirror } = this.#context;
    if (record.kind !== 'record') return this.#firstSight(record);
    const entries = this.#entriesOf(record);
    const entry = mirror.bin.byServerId('record', record.serverId);
    if (entry?.record) {
      const { record: mine } = entry;
      if (mine.contentHash !== record.contentHash && !this.#isHonest(mine, record, entries)) {
        this.#notice(mine, record);
        return null;
      }
      const row = outOfBin(this.#context, entry, record);
      return row === null ? null : { row, entries };
    }
    const folderId = record.folderId === null ? null : localFolderId(mirror, record.folderId);
    const made = this.#creations.find(record, folderId);
    if (made === null) return this.#firstSight(record);
    if (!this.#isHonest(made, record, entries)) {
      return this.#refuse(made, record) ? { row: made, entries: null } : null;
    }
    this.#remember(made.id, false);
    const row = adopted(this.#context, made, record);
    return row === null ? null : { row, entries };
  }

  /**
   * The vault was given another key, about which a person has yet to decide. What came under it does
   * not open here, so what stands here stays readable; the listings bring it once that is decided.
   */
  #isUnderDoubtedKey(previous: StoredRecord, record: StoredRecord): boolean {
    const { vaultId, keyWrapped } = record;
    if (vaultId === null || keyWrapped === previous.keyWrapped) return false;
    return this.#context.mirror.pins.vaultKey(vaultId)?.trust === 'keyChanged';
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
    const row = landedNew(this.#context, record);
    if (mode === 'client' && hasUnsealedValue(record, entries)) {
      // Stored as it is, which opens nowhere: what should be ciphertext is never shown as text.
      mirror.notices.add({ at: now(), kind: 'recordUnreadable', subject: record.name, recordId: row.id });
    }
    return { row, entries };
  }

  #entriesOf(record: SealedParts): ManifestEntry[] {
    return this.#context.mode === 'client' ? manifestOf(record, this.#manifestKey) : [];
  }

  /** False if the record was flagged before: a lie that is told again is no news. */
  #refuse(previous: StoredRecord, record: StoredRecord): boolean {
    if (previous.flagged) return false;
    this.#context.mirror.records.setFlagged(previous.id, true);
    this.#notice(previous, record);
    this.#remember(previous.id, true);
    return true;
  }

  #notice(previous: StoredRecord, record: StoredRecord): void {
    const { mirror, now } = this.#context;
    const { name: subject, id: recordId } = previous;
    mirror.notices.add({ at: now(), kind: 'fieldTampered', subject, recordId });
    if (countersFell(previous, record)) noteRollback(this.#context);
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

/**
 * A file that was added here has no id at the server while its answer is missing: told for the first
 * time under one, its key is where it belongs.
 */
function withoutUnsentFiles(record: StoredRecord): StoredRecord {
  return { ...record, attachments: record.attachments.filter(({ serverId }) => serverId !== null) };
}

/** A counter that is there and lower, as on a server that was put back to a backup. */
function countersFell(previous: StoredRecord, record: StoredRecord): boolean {
  return record.revision !== null && wentBack(previous, record);
}

/** The server's own counters never fall by honest means, nor does one that was there go away. */
function wentBack(previous: StoredRecord, record: StoredRecord): boolean {
  if (previous.revision !== null) return record.revision === null || record.revision < previous.revision;
  if (previous.updatedAt !== null) return record.updatedAt === null || record.updatedAt < previous.updatedAt;
  return false;
}

/**
 * Other secrets under the revision of those that are known, as from a server that answered a change
 * as carried out, without counting it, and has kept what was there before.
 */
function changedWithoutCount(settled: StoredRecord, record: StoredRecord): boolean {
  if (settled.revision === null || settled.revision !== record.revision) return false;
  // This row is known to stand beside what the server has: it was asked for to be taken in anew.
  if (settled.contentHash === '') return false;
  const secrets = ({ passwordEncrypted, customs }: StoredRecord): unknown => [
    passwordEncrypted,
    customs.map(({ name, value, type }) => [name, value, type]),
  ];
  return !sameValue(secrets(settled), secrets(record));
}
