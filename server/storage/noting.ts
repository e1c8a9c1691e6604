/** How a write and the journal's notes of it are made one. */
import type { Kysely } from 'kysely';
import type { Concerned } from './concerned.ts';
import { concernedBy } from './concerned.ts';
import type { ChangeEntry } from './journal.ts';
import type { Repositories } from './storage.ts';
import type { Tables } from './tables.ts';

/** The bare repositories on one transaction, and the questions that the journal asks there. */
export interface Within {
  readonly bare: Repositories;
  readonly about: Concerned;
  note(organisationId: string | undefined, entries: readonly ChangeEntry[]): Promise<void>;
}

/** Runs a write and its notes as one. */
export type Atomically = <Result>(work: (within: Within) => Promise<Result>) => Promise<Result>;

/** Runs writes in a transaction of a database, or in the one that it is. */
export function atomicallyOn(
  database: Kysely<Tables>,
  bareOn: (database: Kysely<Tables>) => Repositories,
): Atomically {
  return (work) => {
    const run = (executor: Kysely<Tables>) => {
      const bare = bareOn(executor);
      return work({
        bare,
        about: concernedBy(executor),
        note: async (organisationId, entries) => {
          // Whatever belongs to nobody's organisation is seen by nobody.
          if (organisationId !== undefined) await bare.journal.note(organisationId, entries);
        },
      });
    };
    return database.isTransaction ? run(database) : database.transaction().execute(run);
  };
}
