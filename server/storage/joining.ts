/**
 * One transaction around work that does not know of it.
 *
 * Whoever keeps an answer has to keep it in the transaction of the change that it answers, and
 * endpoints open their transactions themselves. So the transaction goes along with the work
 * (asynchronous context), and everything that the work asks of the storage joins it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

type Work<Result> = () => Promise<Result>;

interface Joined<Repositories> {
  readonly repositories: Repositories;
  readonly afterCommit: Work<void>[];
}

/** The transactions that work can join, on one database. */
export function joining<Repositories extends object>(
  database: Kysely<Tables>,
  on: (executor: Kysely<Tables>) => Repositories,
) {
  const ambient = new AsyncLocalStorage<Joined<Repositories>>();

  return {
    /** The repositories of the transaction that the caller works in, if there is one. */
    joined: (): Repositories | undefined => ambient.getStore()?.repositories,

    /** Runs work of which every change is kept, or none. */
    async whole<Result>(work: Work<Result>): Promise<Result> {
      if (ambient.getStore()) return work();
      const afterCommit: Work<void>[] = [];
      const result = await database
        .transaction()
        .execute((executor) => ambient.run({ repositories: on(executor), afterCommit }, work));
      for (const each of afterCommit) await each();
      return result;
    },

    /** Runs work once everything before it is kept for good: now, or after the joined transaction. */
    async afterCommit(work: Work<void>): Promise<void> {
      const joined = ambient.getStore();
      if (joined) joined.afterCommit.push(work);
      else await work();
    },
  };
}
