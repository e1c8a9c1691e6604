/**
 * Taking delivered records into the mirror: what is unchanged is passed over, what no honest
 * edit explains is refused, the rest is written together with its manifest.
 *
 * Nothing is decrypted here. A refused record keeps its previous values whole, since a server
 * that lies about one field of it is not to be believed about the others.
 */
import { StrongroomError } from '../../contract/index.ts';
import type { ManifestEntry, StoredRecord } from '../mirror/model.ts';
import { judgeChange, manifestOf } from './manifest.ts';
import type { PullContext } from './pullcontext.ts';

/** What is known of the records in one place, by the server's id. */
export type KnownRecords = ReadonlyMap<string, { readonly id: string; readonly contentHash: string }>;

const flaggedKey = 'flaggedRecords';

export class RecordIntake {
  readonly #context: PullContext;
  readonly #flagged: Set<string>;
  #orphans: string[] = [];
  #written = 0;

  constructor(context: PullContext) {
    this.#context = context;
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

  /** Takes records in, portion by portion. @throws StrongroomError `encryptionModeChanged`, `badAnswer`, `cancelled`. */
  async take(delivered: readonly StoredRecord[], known: KnownRecords): Promise<void> {
    const fresh = delivered.filter((record) => !this.#isSettled(record, known));
    await this.#context.pace.work(fresh, this.#context.signal, (portion) =>
      this.#takePortion(portion, known),
    );
  }

  #isSettled(record: StoredRecord, known: KnownRecords): boolean {
    const before = known.get(record.serverId);
    return before?.contentHash === record.contentHash && !this.#flagged.has(before.id);
  }

  #takePortion(portion: readonly StoredRecord[], known: KnownRecords): void {
    const { mirror, changed } = this.#context;
    const touched: string[] = [];
    mirror.transaction(() => {
      const rows: StoredRecord[] = [];
      const manifests: [string, ManifestEntry[]][] = [];
      for (const record of portion) {
        const previous = this.#previous(record, known);
        if (isOvertaken(record, previous, known)) continue;
        const verdict = this.#judge(record, previous);
        if (verdict === null) continue;
        touched.push(verdict.row.id);
        if (verdict.entries === null) continue;
        rows.push(verdict.row);
        manifests.push([verdict.row.id, verdict.entries]);
      }
      mirror.records.upsertMany(rows);
      for (const [id, entries] of manifests) mirror.manifest.replace(id, entries);
    });
    this.#written += touched.length;
    if (touched.length > 0) changed(touched);
  }

  #previous(record: StoredRecord, known: KnownRecords): StoredRecord | null {
    const { records } = this.#context.mirror;
    const id = known.get(record.serverId)?.id;
    const previous = id === undefined ? records.byServerId(record.kind, record.serverId) : records.get(id);
    // Ids are the server's: one that names a record must not come back as an inbox entry.
    const clash = previous === null && records.get(record.id) !== null;
    if (clash) throw new StrongroomError('badAnswer', { reason: 'kind' });
    return previous;
  }

  /** Null when there is nothing to do; without entries when the record was refused. */
  #judge(
    record: StoredRecord,
    previous: StoredRecord | null,
  ): { readonly row: StoredRecord; readonly entries: ManifestEntry[] | null } | null {
    const { mode, mirror, manifestKey } = this.#context;
    if (previous === null) return { row: record, entries: this.#entriesOf(record) };
    if (previous.contentHash === record.contentHash) {
      this.#clearFlag(previous);
      return null;
    }
    const entries = mode === 'client' ? manifestOf(record, manifestKey.bytes) : [];
    const verdict =
      mode === 'client' ? judgeChange(mirror.manifest.entries(previous.id), entries, record) : 'accepted';
    if (verdict === 'unsealed') throw new StrongroomError('encryptionModeChanged');
    if (verdict !== 'accepted' || wentBack(previous, record)) {
      return this.#refuse(previous) ? { row: previous, entries: null } : null;
    }
    this.#remember(previous.id, false);
    const row = keptHere(record, previous);
    this.#orphans.push(...orphansOf(previous, row));
    return { row, entries };
  }

  #entriesOf(record: StoredRecord): ManifestEntry[] {
    return this.#context.mode === 'client' ? manifestOf(record, this.#context.manifestKey.bytes) : [];
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

/**
 * Has the record been written here since its place was read for this listing? Then what was
 * listed is older than what stands here, and the next sync sees both in order.
 */
function isOvertaken(record: StoredRecord, previous: StoredRecord | null, known: KnownRecords): boolean {
  const before = known.get(record.serverId);
  return before !== undefined && previous !== null && before.contentHash !== previous.contentHash;
}

/** The server's own counters never fall by honest means. */
function wentBack(previous: StoredRecord, record: StoredRecord): boolean {
  if (previous.revision !== null && record.revision !== null) return record.revision < previous.revision;
  return previous.updatedAt !== null && record.updatedAt !== null && record.updatedAt < previous.updatedAt;
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
