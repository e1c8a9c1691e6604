/** What waits to be sent: the list, trying again, giving up, and taking it away as a file. */
import { dirname, join } from 'node:path';
import { rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { StrongroomError } from '../../../contract/errors.ts';
import type { WaitingRow } from '../../../contract/sync.ts';
import { asDiskFault } from '../../custody/index.ts';
import { wipe } from '../../keychain/index.ts';
import type { OutboxOperation } from '../../mirror/index.ts';
import { discardOperation, removeIdleFiles, retryOperations } from '../../sync/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { unsentOf } from './unsent.ts';

export interface WaitingDeskOptions {
  readonly current: () => OpenAccount;
  /** Throws `wrongMasterPassword` unless this is the account's own secret. */
  readonly prove: (accountId: string, secret: Uint8Array) => Promise<void>;
  readonly chooseTarget: (suggestedName: string) => Promise<string | null>;
  readonly now?: () => number;
}

const states = {
  waiting: 'waiting',
  unanswered: 'sending',
  held: 'held',
  undecided: 'undecided',
} as const satisfies Record<OutboxOperation['state'], WaitingRow['state']>;

const fileName = 'strongroom-unsent.json';

export class WaitingDesk {
  readonly #options: WaitingDeskOptions;
  readonly #now: () => number;

  constructor(options: WaitingDeskOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Oldest first. */
  page(window: { offset: number; limit: number }): { total: number; rows: WaitingRow[] } {
    const account = this.#options.current();
    const { total, rows } = account.mirror.outbox.page(window);
    return { total, rows: rows.map((operation) => rowOf(account, operation)) };
  }

  /** Lets held changes go out again: one, or all with null. Throws `noSuchChange`. */
  retry(id: string | null): void {
    const account = this.#options.current();
    account.mirror.durable(() => retryOperations(account.mirror, id));
    account.edited(null);
    account.synchroniser.schedule.wanted();
  }

  /** Gives up a change and those that build on it. Throws `noSuchChange`. */
  async discard(id: string): Promise<void> {
    const account = this.#options.current();
    const idle = account.mirror.durable(() => discardOperation(account.mirror, id, this.#now()));
    account.edited(null);
    await removeIdleFiles(account.mirror, account.files, idle);
  }

  /**
   * Writes everything that was typed here and not sent, readable, to a file only this user may read.
   * The secret's bytes are wiped. Throws `wrongMasterPassword`, disk codes.
   */
  async exportUnsent(secret: Uint8Array): Promise<{ saved: boolean; count: number }> {
    const account = this.#options.current();
    try {
      await this.#options.prove(account.id, secret);
    } finally {
      wipe(secret);
    }
    const target = await this.#options.chooseTarget(fileName);
    if (target === null) return { saved: false, count: 0 };
    if (account.closed) throw new StrongroomError('cancelled');
    const unsent = unsentOf(account);
    const text = Buffer.from(JSON.stringify({ exportedAt: this.#now(), changes: unsent }, null, 2), 'utf8');
    const part = join(dirname(target), `.strongroom-${randomBytes(6).toString('hex')}.part`);
    try {
      await writeFile(part, text, { mode: 0o600 });
      await rename(part, target);
    } catch (error) {
      // What went wrong first is what a person must hear, not that the remains could not be removed.
      await rm(part, { force: true }).catch(() => undefined);
      throw asDiskFault(error);
    } finally {
      wipe(text);
    }
    return { saved: true, count: unsent.length };
  }
}

function rowOf({ mirror }: OpenAccount, operation: OutboxOperation): WaitingRow {
  const { id, change, object, objectId, at, state, attempts, problem } = operation;
  const record = object === 'record' ? mirror.records.get(objectId) : null;
  const folder = object === 'folder' ? mirror.folders.get(objectId) : null;
  return {
    id,
    kind: change.kind,
    name: record?.name ?? folder?.name ?? operation.name,
    recordId: record?.id ?? null,
    since: at,
    state: states[state],
    attempts,
    problem: problem === null ? null : { code: problem.code, params: { ...problem.params } },
  };
}
