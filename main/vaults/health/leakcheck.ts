/** Asks a lookup service about passwords that it was not asked about lately, each password once. */
import { createHash } from 'node:crypto';
import { StrongroomError } from '../../../contract/errors.ts';
import type { LockedBytes } from '../../custody/index.ts';
import { KeychainError, wipe } from '../../keychain/index.ts';
import type { LeakLookup } from '../../remote/index.ts';
import type { OpenAccount } from '../accounts/openaccount.ts';
import { markOf, type Fact } from './facts.ts';
import type { HealthBook } from './healthbook.ts';
import { Portions } from './portions.ts';
import type { KnownPassword } from './summary.ts';

/** The lists grow; an answer counts for a month. */
const askAgainAfterMs = 30 * 86_400_000;
const atOnce = 4;

export interface LeakCheckParts {
  readonly account: OpenAccount;
  readonly book: HealthBook;
  readonly key: LockedBytes;
  readonly lookup: Pick<LeakLookup, 'count'>;
  readonly signal: AbortSignal;
  readonly now: number;
  readonly onProgress: (done: number, total: number) => void;
}

/** Throws `cancelled` and what the lookup throws; answers until then are kept. */
export async function checkLeaks(parts: LeakCheckParts, known: readonly KnownPassword[]): Promise<void> {
  const mayGoOn = (): void => {
    if (parts.signal.aborted || parts.account.closed) throw new StrongroomError('cancelled');
  };
  const portions = new Portions(mayGoOn);
  const groups = new Map<string, KnownPassword[]>();
  for (const one of known) {
    if (portions.stepDue) await portions.turn();
    const fresh = one.fact.askedAt !== null && one.fact.askedAt > parts.now - askAgainAfterMs;
    if (one.fact.mark === '' || fresh) continue;
    const group = groups.get(one.fact.mark) ?? [];
    group.push(one);
    groups.set(one.fact.mark, group);
  }
  const waiting = [...groups.values()];
  const total = waiting.length;
  parts.onProgress(0, total);
  const lane = async (): Promise<void> => {
    for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
      mayGoOn();
      await ask(parts, group);
      parts.onProgress(total - waiting.length, total);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, lane));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

async function ask(parts: LeakCheckParts, group: readonly KnownPassword[]): Promise<void> {
  const { account, book, lookup, signal, now } = parts;
  const sha1 = hashOf(parts, group);
  if (sha1 === null) return;
  const leaks = await lookup.count(sha1, signal);
  if (account.closed) throw new StrongroomError('cancelled');
  const changed = group.flatMap(({ row, fact }): [number, Fact][] => {
    const current = book.factOf(row);
    return current?.mark === fact.mark ? [[row, { ...current, leaks, askedAt: now }]] : [];
  });
  book.amend(new Map(changed));
}

/** Null if none of the records holds that password any more. */
function hashOf({ account, key }: LeakCheckParts, group: readonly KnownPassword[]): string | null {
  for (const { id, fact } of group) {
    const password = openedPassword(account, id);
    if (password === null) continue;
    try {
      if (markOf(key, password) !== fact.mark) continue;
      return createHash('sha1').update(password).digest('hex').toUpperCase();
    } finally {
      wipe(password);
    }
  }
  return null;
}

function openedPassword(account: OpenAccount, id: string): Buffer | null {
  const record = account.mirror.records.get(id);
  if (record === null) return null;
  try {
    return account.secrets.openField(record, { kind: 'password' });
  } catch (error) {
    // Its key may have gone since; then there is nothing to ask about.
    if (error instanceof KeychainError || error instanceof StrongroomError) return null;
    throw error;
  }
}
