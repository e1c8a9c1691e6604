/**
 * Finding out which records hold a one-time code. The types of custom fields are encrypted, so the
 * mirror cannot know by itself; it is told when a record is opened, and here for all others once
 * somebody searches for codes. Only types are opened, no value ever, and a few records at a time,
 * so that nothing else has to wait.
 */
import { StrongroomError } from '../../../contract/errors.ts';
import { KeychainError, wipe } from '../../keychain/index.ts';
import type { StoredRecord } from '../../mirror/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { openValueWith } from './recordsecrets.ts';

/** Longest stretch of work between two turns of the event loop. */
const portionMs = 4;
const recordsAtOnce = 16;

export class TotpTelling {
  readonly #running = new WeakSet<OpenAccount>();

  /** Goes through what is not known yet, unless that is on its way already; lists follow when it ends. */
  start(account: OpenAccount): void {
    if (this.#running.has(account)) return;
    this.#running.add(account);
    account.aside(this.#all(account).finally(() => this.#running.delete(account)));
  }

  async #all(account: OpenAccount): Promise<void> {
    let after = 0;
    let found = false;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (account.closed) return;
      const portion = portionOf(account, after);
      if (portion === null) break;
      after = portion.last;
      found ||= portion.found;
    }
    if (found) account.learned();
  }
}

/** Null at the end. */
function portionOf(account: OpenAccount, from: number): { last: number; found: boolean } | null {
  const { mirror } = account;
  const until = performance.now() + portionMs;
  let last = from;
  let found = false;
  do {
    const rows = mirror.records.untoldTotp(last, recordsAtOnce);
    if (rows.length === 0) return last === from ? null : { last, found };
    const told = rows.map(({ record }) => ({ id: record.id, holds: holdsTotp(account, record) }));
    mirror.transaction(() => {
      // What does not open stays unknown: its key may come later.
      for (const { id, holds } of told) if (holds !== null) mirror.records.setHasTotp(id, holds);
    });
    found ||= told.some(({ holds }) => holds === true);
    last = rows.at(-1)?.row ?? last;
  } while (performance.now() < until);
  return { last, found };
}

/** Null if it cannot be told. */
function holdsTotp(account: OpenAccount, record: StoredRecord): boolean | null {
  try {
    return account.secrets.withRecordKey(record, (key) =>
      record.customs.some(({ type }) => {
        const opened = openValueWith(type, key);
        const isTotp = opened.toString('latin1') === 'totp';
        wipe(opened);
        return isTotp;
      }),
    );
  } catch (error) {
    if (error instanceof KeychainError || error instanceof StrongroomError) return null;
    throw error;
  }
}
