/** The LDAP directories of organisations, one for each: settings, and how the last sync went. */
import type { Kysely } from 'kysely';
import type { DirectoryFault, DirectorySettings } from '../directory/settings.ts';
import type { Conflict } from '../directory/plan.ts';
import type { Seal } from '../sealing/cipher.ts';
import { reference } from './building.ts';
import type { Engine } from './engine.ts';
import type { Tables } from './tables.ts';

export interface LdapTables {
  ldap_directories: {
    organisation_id: string;
    content: Uint8Array;
    /** How the last sync went; null before the first. */
    outcome: Uint8Array | null;
    /** When the last sync began, in Unix seconds. */
    ran_at: number | null;
  };
}

/** What a sync did, counted. */
export interface SyncCounts {
  added: number;
  adopted: number;
  changed: number;
  blocked: number;
  unblocked: number;
  groupsMade: number;
  joined: number;
  left: number;
  /** Access requests that the joining raised. */
  requested: number;
}

/** How a sync went. Times are Unix seconds. */
export interface SyncOutcome {
  startedAt: number;
  finishedAt: number;
  /** Who asked for it; null for one that the interval brought. */
  startedBy: string | null;
  /** `refused`: so many would have been blocked that somebody has to look first. */
  result: 'done' | 'failed' | 'refused';
  fault: DirectoryFault | 'internal' | null;
  counts: SyncCounts;
  /** The first of them. */
  conflicts: Conflict[];
  conflictCount: number;
}

/** Makes the table. */
export async function createLdapTable(
  database: Kysely<unknown>,
  bytes: Engine['bytesColumn'],
): Promise<void> {
  const table = database.schema.createTable('ldap_directories');
  await reference(table, 'organisation_id', 'organisations')
    .addColumn('content', bytes, (column) => column.notNull())
    .addColumn('outcome', bytes)
    .addColumn('ran_at', 'bigint')
    .addPrimaryKeyConstraint('ldap_directories_pk', ['organisation_id'])
    .execute();
}

/** The repository of directories. */
export function ldapStore(database: Kysely<Tables>, seal: Seal) {
  const directories = () => database.selectFrom('ldap_directories');

  return {
    async settings(organisationId: string): Promise<DirectorySettings | null> {
      const row = await directories()
        .select('content')
        .where('organisation_id', '=', organisationId)
        .executeTakeFirst();
      return row ? seal.openJson<DirectorySettings>(row.content) : null;
    },

    async set(organisationId: string, settings: DirectorySettings): Promise<void> {
      const content = seal.sealJson(settings);
      await database
        .insertInto('ldap_directories')
        .values({ organisation_id: organisationId, content, outcome: null, ran_at: null })
        .onConflict((conflict) => conflict.column('organisation_id').doUpdateSet({ content }))
        .execute();
    },

    async remove(organisationId: string): Promise<void> {
      await database.deleteFrom('ldap_directories').where('organisation_id', '=', organisationId).execute();
    },

    async outcome(organisationId: string): Promise<SyncOutcome | null> {
      const row = await directories()
        .select('outcome')
        .where('organisation_id', '=', organisationId)
        .executeTakeFirst();
      return row?.outcome ? seal.openJson<SyncOutcome>(row.outcome) : null;
    },

    /** Notes that a sync begins; the interval counts from here, whatever comes of it. */
    async begin(organisationId: string, at: number): Promise<void> {
      await database
        .updateTable('ldap_directories')
        .set({ ran_at: at })
        .where('organisation_id', '=', organisationId)
        .execute();
    },

    async setOutcome(organisationId: string, outcome: SyncOutcome): Promise<void> {
      const sealed = seal.sealJson(outcome);
      const row = database.updateTable('ldap_directories').set({ outcome: sealed });
      await row.where('organisation_id', '=', organisationId).execute();
    },

    /** Every directory, with the time of its last sync. */
    async all(): Promise<{ organisationId: string; ranAt: number | null; settings: DirectorySettings }[]> {
      const rows = await directories().select(['organisation_id', 'ran_at', 'content']).execute();
      return rows.map((row) => ({
        organisationId: row.organisation_id,
        ranAt: row.ran_at,
        settings: seal.openJson<DirectorySettings>(row.content),
      }));
    },
  };
}
