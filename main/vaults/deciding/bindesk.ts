/** The bin as a person sees it, and putting things back out of it. */
import type { BinRow } from '../../../contract/bin.ts';
import { StrongroomError } from '../../../contract/errors.ts';
import type { BinEntry } from '../../mirror/index.ts';
import { canBePutBack, putBack, serverRestores } from '../../sync/index.ts';
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
    };
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
