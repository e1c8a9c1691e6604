/**
 * Pulling the records of the vaults: by listing, and by batches of 25 where a listing leaves
 * the secret parts out.
 *
 * Records that are listed no longer are gathered and removed at the very end, so that one
 * that moved to another vault is found there and keeps its history on this device.
 */
import { StrongroomError } from '../../../contract/index.ts';
import type { StoredRecord, StoredVault } from '../../mirror/model.ts';
import { batchItems, batchLimit, listItems } from '../../remote/index.ts';
import type { RemoteItem, RemoteItemRow } from '../../remote/index.ts';
import type { RecordIntake } from './intake.ts';
import type { KnownRecords } from './known.ts';
import { localised } from './landing.ts';
import { listingPages } from './listing.ts';
import { sideBySide } from '../pace.ts';
import type { PullContext } from '../pullcontext.ts';
import type { ResumePoint } from './resume.ts';
import { releaseKept } from './rollback.ts';
import { recordRow } from './rows.ts';

/** Batches under way at the same time. */
const batchesAtOnce = 4;

export class RecordsPull {
  readonly #context: PullContext;
  readonly #intake: RecordIntake;
  readonly #known: KnownRecords;
  readonly #resume: ResumePoint;
  /** Ids of records that a vault's listing names no more, with that vault's id. */
  readonly #unlisted = new Map<string, string>();
  /** The server's ids that stood in any listing. */
  readonly #listed = new Set<string>();
  #done = 0;
  #total = 0;

  constructor(context: PullContext, intake: RecordIntake, known: KnownRecords, resume: ResumePoint) {
    this.#context = context;
    this.#intake = intake;
    this.#known = known;
    this.#resume = resume;
  }

  /** Pulls every vault; gives the ids of records that no listing names any more. */
  async run(vaults: readonly StoredVault[], firstSync: boolean): Promise<string[]> {
    const rest = vaults.filter(({ id }) => !this.#resume.isDone(id));
    if (firstSync) await this.#count(rest);
    this.#report(0);
    for (const vault of rest) {
      await this.#pullVault(vault);
    }
    // One that turned up in another vault has been moved: there, and is there by now, or here, and
    // the server does not know yet. Either way it stays.
    const { records } = this.#context.mirror;
    const isGone = ([id, from]: readonly [string, string]): boolean => {
      const record = records.get(id);
      return record?.vaultId === from && !this.#listed.has(record.serverId);
    };
    return [...this.#unlisted].filter(isGone).map(([id]) => id);
  }

  /** How much there is to come, for the progress of a first sync. */
  async #count(vaults: readonly StoredVault[]): Promise<void> {
    const { client, features, signal } = this.#context;
    if (!features.has('itemPaging')) return;
    await sideBySide(vaults, batchesAtOnce, async ({ serverId }) => {
      const { total } = await listItems(client, serverId, { limit: 1, offset: 0 }, signal);
      this.#total += total ?? 0;
    });
  }

  async #pullVault(vault: StoredVault): Promise<void> {
    const { offset, total } = this.#resume.startOf(vault.id);
    if (offset > 0 && (await this.#resumed(vault, offset, total))) return this.#resume.finished(vault.id);
    const listed = (await this.#walk(vault, 0)) ?? (await this.#walk(vault, 0));
    if (listed !== null) {
      this.#release(listed);
      for (const id of this.#known.unlisted(vault.id, 'record', listed)) this.#unlisted.set(id, vault.id);
    }
    this.#resume.finished(vault.id);
  }

  /** What was kept although the server did not have it, it has again. */
  #release(listed: ReadonlySet<string>): void {
    const ids = [...listed].flatMap((serverId) => this.#known.find('record', serverId)?.id ?? []);
    releaseKept(this.#context.mirror, ids);
  }

  /** Goes on in the middle; true if the vault is whole afterwards. */
  async #resumed(vault: StoredVault, offset: number, total: number | null): Promise<boolean> {
    this.#report(offset);
    await this.#walk(vault, offset);
    return total !== null && this.#context.mirror.records.contentHashes(vault.id, 'record').size === total;
  }

  /**
   * Takes in a vault's listing from row `start` on. Gives the server's ids that stand in it, or
   * null if the list changed under our hands, so that nothing may be concluded from it.
   */
  async #walk(vault: StoredVault, start: number): Promise<ReadonlySet<string> | null> {
    const { client, features, signal } = this.#context;
    const listed = new Set<string>();
    let rowsSeen = start;
    let rowsPromised: number | null = null;
    const pages = listingPages(
      (page) => listItems(client, vault.serverId, page, signal),
      ({ id }) => id,
      { paged: features.has('itemPaging'), start },
    );
    for await (const { rows, reached, total } of pages) {
      const before = this.#intake.written;
      for (const id of await this.#takePage(vault, rows)) {
        listed.add(id);
        this.#listed.add(id);
      }
      if (this.#intake.written > before) this.#resume.reached(vault.id, reached, total);
      rowsSeen += rows.length;
      rowsPromised = total;
      this.#report(rows.length);
    }
    return rowsPromised === null || rowsSeen === rowsPromised ? listed : null;
  }

  async #takePage(vault: StoredVault, rows: readonly RemoteItemRow[]): Promise<string[]> {
    if (rows.some(({ vaultId }) => vaultId !== null && vaultId !== vault.serverId)) {
      throw new StrongroomError('badAnswer', { reason: 'itemVault' });
    }
    const { mode } = this.#context;
    const present = rows.filter(({ isDeleted }) => !isDeleted);
    const settled = present.filter((row) => !row.whole && this.#looksUnchanged(row, vault));
    const toFetch = present.filter((row) => !row.whole && !settled.includes(row));
    const items: RemoteItem[] = [...present.filter(({ whole }) => whole), ...(await this.#fetch(toFetch))];
    // One that was moved between the listing and the batch is found in its new vault next time.
    const stillHere = items.filter(({ vaultId }) => vaultId === null || vaultId === vault.serverId);
    await this.#intake.take(stillHere, (item) => recordRow(item, vault.id, mode));
    return [...settled, ...items].map(({ id }) => id);
  }

  /** A short row is settled only if the server counts revisions and everything shown agrees. */
  #looksUnchanged(row: RemoteItemRow, vault: StoredVault): boolean {
    const id = this.#known.find('record', row.id)?.id;
    if (row.revision === null || id === undefined) return false;
    const stored = this.#context.mirror.records.get(id);
    return (
      stored !== null &&
      !stored.flagged &&
      sameFace(
        this.#context.mirror.bases.record(id) ?? stored,
        localised(this.#context, recordRow(row, vault.id, this.#context.mode), id, []),
      )
    );
  }

  async #fetch(rows: readonly RemoteItemRow[]): Promise<RemoteItem[]> {
    const { client, signal } = this.#context;
    const batches = Array.from({ length: Math.ceil(rows.length / batchLimit) }, (_, index) =>
      rows.slice(index * batchLimit, (index + 1) * batchLimit).map(({ id }) => id),
    );
    const items: RemoteItem[] = [];
    await sideBySide(batches, batchesAtOnce, async (ids) => {
      for (const item of await batchItems(client, ids, signal)) {
        // Gone or closed to us since it was listed, or in the bin.
        if (item !== null && !item.isDeleted) items.push(item);
      }
    });
    return items;
  }

  #report(rows: number): void {
    this.#done += rows;
    this.#total = this.#total === 0 ? 0 : Math.max(this.#total, this.#done);
    this.#context.progress('records', this.#done, this.#total);
  }
}

function sameFace(a: StoredRecord, b: StoredRecord): boolean {
  const face = ({
    revision,
    updatedAt,
    name,
    login,
    urls,
    description,
    tags,
    color,
    favourite,
    folderId,
  }: StoredRecord) =>
    JSON.stringify([revision, updatedAt, name, login, urls, description, tags, color, favourite, folderId]);
  return a.vaultId === b.vaultId && face(a) === face(b);
}
