/** The bin as a person sees it, putting things back out of it, and erasing them. */
import type { BinRow } from '../../../contract/bin.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { BinEntry } from '../../mirror/index.ts';
import { eraseFromBin } from '../../remote/index.ts';
import {
  announcedFeatures,
  canBePutBack,
  forgetBinned,
  putBack,
  removeIdleFiles,
  serverRestores,
} from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { refusalAt } from '../editing/rights.ts';

export class BinDesk {
  readonly #current: () => OpenAccount;
  readonly #now: () => number;

  constructor({ current, now = Date.now }: { current: () => OpenAccount; now?: () => number }) {
    this.#current = current;
    this.#now = now;
  }

  /** Newest first; of one vault, or of all with null. */
  page(request: { vaultId: string | null; offset: number; limit: number }): {
    total: number;
    rows: BinRow[];
  } {
    const account = this.#current();
    const { total, rows } = account.mirror.bin.page(request);
    return { total, rows: rows.map((entry) => this.#rowOf(account, entry)) };
  }

  #rowOf(account: OpenAccount, entry: BinEntry): BinRow {
    const { mirror } = account;
    const vault = mirror.vaults.get(entry.vaultId);
    const pending = mirror.outbox.ofObject(entry.kind, entry.id).length > 0;
    const mayPut = vault !== null && refusalAt(account, vault, 'object:createAndImport') === null;
    return {
      id: entry.id,
      kind: entry.kind,
      name: entry.name,
      login: entry.record?.login ?? '',
      vaultId: entry.vaultId,
      vaultName: vault?.name ?? '',
      place: [...entry.place],
      recordCount: entry.kind === 'folder' ? mirror.bin.countUnder(entry.id) : 0,
      deletedAt: entry.deletedAt,
      pending,
      restorable: mayPut && canBePutBack(mirror, entry, serverRestores(account.mirror)),
      erasable: erasableAs(account, entry) !== null,
    };
  }

  /**
   * Erases an entry for good, there and then here, with all that went with it.
   * @throws StrongroomError `noSuchRecord` where it cannot be erased or is gone, `forbidden`, network codes
   */
  async erase(id: string): Promise<void> {
    const account = this.#current();
    const { mirror, client, files } = account;
    const entry = mirror.bin.get(id);
    const binItemId = entry === null ? null : erasableAs(account, entry);
    if (binItemId === null) throw new StrongroomError('noSuchRecord');
    try {
      await eraseFromBin(client, binItemId);
    } catch (failure) {
      // Somebody else has erased it, or put it back, which the next sync tells.
      if (failure instanceof StrongroomError && failure.code === 'notFound') {
        account.synchroniser.schedule.wanted();
        throw new StrongroomError('noSuchRecord', {}, { cause: failure });
      }
      throw failure;
    }
    const idle = mirror.durable(() => forgetBinned(mirror, id));
    await removeIdleFiles(mirror, files, idle);
    account.learned();
  }

  /** Puts things back where they lay, or the nearest that is left. Throws `noSuchRecord`, `notRestorable`, `forbidden`. */
  restore(ids: readonly string[]): void {
    const account = this.#current();
    const { mirror } = account;
    const how = { at: this.#now(), serverRestores: serverRestores(account.mirror) };
    mirror.durable(() => {
      for (const id of ids) {
        const vault = mirror.vaults.get(mirror.bin.get(id)?.vaultId ?? '');
        if (vault === null) throw new StrongroomError('noSuchRecord');
        const refusal = refusalAt(account, vault, 'object:createAndImport');
        if (refusal) throw refusal;
        putBack(mirror, id, how);
      }
    });
    account.edited(null);
  }
}

/** The server's id of an entry that may be erased; null for any other: it has to hear of the deletion first. */
function erasableAs(
  { mirror }: OpenAccount,
  { id, kind, vaultId, under, binItemId }: BinEntry,
): string | null {
  if (under !== null || !announcedFeatures(mirror).has('bin')) return null;
  const mayErase = mirror.vaults.get(vaultId)?.permissions.includes('bin:manage') ?? false;
  return mayErase && mirror.outbox.ofObject(kind, id).length === 0 ? binItemId : null;
}
