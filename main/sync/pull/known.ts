/**
 * What the mirror holds of records when a pull begins: by it, delivered records are told to be
 * unchanged, changed, new or moved, without asking the database for each of them.
 */
import type { Mirror } from '../../mirror/index.ts';
import type { StoredRecord } from '../../mirror/model.ts';
import { breathe } from '../pace.ts';

export type RecordKind = StoredRecord['kind'];

/** A record as the mirror held it when it was last looked at or written. */
export type KnownRecord = Pick<StoredRecord, 'id' | 'serverId' | 'kind' | 'vaultId' | 'contentHash'>;

export class KnownRecords {
  readonly #byServerId = new Map<string, KnownRecord>();
  readonly #kinds = new Map<string, RecordKind>();

  constructor(records: readonly KnownRecord[] = []) {
    for (const record of records) this.note(record);
  }

  /** Reads the whole mirror, place by place. @throws StrongroomError `cancelled`. */
  static async read(mirror: Mirror, signal: AbortSignal): Promise<KnownRecords> {
    const known = new KnownRecords();
    const vaultIds = mirror.vaults.all().map(({ id }) => id);
    const places = vaultIds.flatMap((vaultId) =>
      (['record', 'shortcut'] as const).map((kind) => ({ vaultId, kind })),
    );
    for (const { vaultId, kind } of [...places, { vaultId: null, kind: 'inbox' } as const]) {
      for (const [serverId, { id, contentHash }] of mirror.records.contentHashes(vaultId, kind)) {
        known.note({ id, serverId, kind, vaultId, contentHash });
      }
      await breathe(signal);
    }
    return known;
  }

  /** A record was written. */
  note({ id, serverId, kind, vaultId, contentHash }: KnownRecord): void {
    this.#byServerId.set(keyOf(kind, serverId), { id, serverId, kind, vaultId, contentHash });
    this.#kinds.set(id, kind);
  }

  find(kind: RecordKind, serverId: string): KnownRecord | null {
    return this.#byServerId.get(keyOf(kind, serverId)) ?? null;
  }

  /** Does this id name a record of another kind? Ids are the server's, so it may try. */
  clashes({ id, kind }: KnownRecord): boolean {
    const taken = this.#kinds.get(id);
    return taken !== undefined && taken !== kind;
  }

  /** Ids of the records of a place whose server ids are not among those listed there. */
  unlisted(vaultId: string | null, kind: RecordKind, listed: ReadonlySet<string>): string[] {
    const missing: string[] = [];
    for (const record of this.#byServerId.values()) {
      if (record.kind === kind && record.vaultId === vaultId && !listed.has(record.serverId))
        missing.push(record.id);
    }
    return missing;
  }
}

function keyOf(kind: RecordKind, serverId: string): string {
  return `${kind} ${serverId}`;
}
