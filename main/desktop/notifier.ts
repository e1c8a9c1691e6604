/**
 * Notifications of what a person should know while no window of ours is looked at.
 *
 * The system shows them over a locked screen and keeps them in a list of its own, so they hold no
 * secret, never the name of a record, and the name of a vault only where the settings allow it.
 */
import type { SyncStatus } from '../../contract/sync.ts';
import type { OutsideWords } from './outsidewords.ts';

export interface Remark {
  readonly title: string;
  readonly body: string;
}

export interface NotifierOptions {
  readonly words: () => OutsideWords;
  /** Whether to speak, and whether names may be said. */
  readonly settings: () => { readonly notifications: boolean; readonly namesInNotifications: boolean };
  /** A window of ours has the focus, and shows the same by itself. */
  readonly isWatched: () => boolean;
  readonly show: (remark: Remark) => void;
}

interface Known {
  readonly conflicts: number;
  readonly notices: ReadonlySet<string>;
}

export class Notifier {
  readonly #options: NotifierOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Compares with what the account's last status said; the first one of an account says nothing. */
  statusChanged(status: SyncStatus): void {
    const before = this.#known.get(status.accountId);
    this.#known.set(status.accountId, {
      conflicts: status.conflicts,
      notices: new Set(status.notices.map(({ id }) => id)),
    });
    const { notifications, namesInNotifications } = this.#options.settings();
    if (!before || !notifications || this.#options.isWatched()) return;
    const words = this.#options.words();
    if (status.conflicts > before.conflicts) {
      this.#options.show({ title: words.conflictTitle, body: words.conflictText });
    }
    const lost = status.notices.filter(({ id, kind }) => kind === 'vaultRemoved' && !before.notices.has(id));
    if (lost.length > 0) {
      const names = lost.map(({ subject }) => subject).join(', ');
      this.#options.show({
        title: words.accessTitle,
        body: namesInNotifications ? `${words.accessText} ${names}` : words.accessText,
      });
    }
  }

  /** After a lock every account begins anew. */
  forget(): void {
    this.#known.clear();
  }
}
