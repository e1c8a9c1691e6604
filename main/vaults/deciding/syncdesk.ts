/** What a person sees of syncing and can do about it. */
import type { SyncStatus } from '../../../contract/sync.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';

export class SyncDesk {
  readonly #current: () => OpenAccount;

  constructor(current: () => OpenAccount) {
    this.#current = current;
  }

  status(): SyncStatus {
    return this.#current().synchroniser.status();
  }

  /** Starts a sync or joins the running one; how it goes is told by the status. */
  start(): void {
    this.#current().synchroniser.schedule.wanted();
  }

  dismissNotice(id: string): void {
    this.#current().synchroniser.dismissNotice(id);
  }
}
