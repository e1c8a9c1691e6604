/** Vaults of the mirror. Removing one removes every copy of what lay in it. */
import type { Engine, Query } from './engine.ts';
import { sortKey } from './folding.ts';
import { textList } from './jsoncolumn.ts';
import type { StoredVault } from './model.ts';
import { eraseRecords } from './recorderase.ts';

interface VaultRow {
  id: string;
  server_id: string;
  name: string;
  kind: StoredVault['kind'];
  type_id: string | null;
  permissions: string;
  access: string | null;
  is_hidden: number;
  key_wrapped: string | null;
  key_salt: string | null;
  key_hash: string | null;
  content_hash: string;
}

export interface VaultCounts {
  readonly records: number;
  readonly folders: number;
}

const columns =
  'id, server_id, name, kind, type_id, permissions, access, is_hidden, key_wrapped, key_salt, key_hash, content_hash';

export class Vaults {
  readonly #engine: Engine;
  readonly #upsert: Query<never>;
  readonly #all: Query<VaultRow>;
  readonly #get: Query<VaultRow>;
  readonly #byServerId: Query<VaultRow>;
  readonly #counts: Query<{ id: string; records: number; folders: number }>;
  #cachedCounts: { generation: number; counts: Map<string, VaultCounts> } | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#upsert = engine.query(
      `INSERT INTO vaults (${columns}, name_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET server_id = excluded.server_id, name = excluded.name,
         kind = excluded.kind, type_id = excluded.type_id, permissions = excluded.permissions,
         access = excluded.access, is_hidden = excluded.is_hidden, key_wrapped = excluded.key_wrapped, key_salt = excluded.key_salt,
         key_hash = excluded.key_hash, content_hash = excluded.content_hash, name_key = excluded.name_key`,
    );
    this.#all = engine.query(`SELECT ${columns} FROM vaults ORDER BY kind, name_key, id`);
    this.#get = engine.query(`SELECT ${columns} FROM vaults WHERE id = ?`);
    this.#byServerId = engine.query(`SELECT ${columns} FROM vaults WHERE server_id = ?`);
    this.#counts = engine.query(
      `SELECT id,
         (SELECT count(*) FROM records WHERE vault_id = vaults.id) AS records,
         (SELECT count(*) FROM folders WHERE vault_id = vaults.id) AS folders
       FROM vaults`,
    );
  }

  upsert(vault: StoredVault): void {
    this.#upsert.run(
      vault.id,
      vault.serverId,
      vault.name,
      vault.kind,
      vault.typeId,
      JSON.stringify(vault.permissions),
      vault.access,
      vault.hidden ? 1 : 0,
      vault.keyWrapped,
      vault.keySalt,
      vault.keyHash,
      vault.contentHash,
      sortKey(vault.name),
    );
    this.#engine.noteChange();
  }

  /**
   * Erases the vault with its folders, records, search entries and manifests, its part of the
   * bin, and what waited for any of them. The pin of its key stays: a vault that comes back must
   * come back with the same key. What a person typed has to be taken out before; only conflicts
   * that keep it under a seal stay.
   */
  remove(id: string): void {
    this.#engine.transaction(() => {
      this.#eraseWaiting(id);
      this.#engine.query('DELETE FROM bin WHERE vault_id = ?').run(id);
      eraseRecords(this.#engine, 'SELECT row FROM records WHERE vault_id = ?', [id]);
      this.#engine.query('DELETE FROM folders WHERE vault_id = ?').run(id);
      this.#engine.query('DELETE FROM vaults WHERE id = ?').run(id);
    });
    this.#engine.noteChange();
  }

  #eraseWaiting(vaultId: string): void {
    const inVault = (table: string, kind: string): string =>
      `SELECT id FROM ${table} WHERE vault_id = ?
       UNION SELECT id FROM bin WHERE vault_id = ? AND kind = '${kind}'`;
    const records = inVault('records', 'record');
    const folders = inVault('folders', 'folder');
    const both = [vaultId, vaultId, vaultId, vaultId];
    for (const [table, id] of [
      ['outbox', 'object_id'],
      ['bases', 'id'],
    ] as const) {
      this.#engine
        .query(
          `DELETE FROM ${table} WHERE (object = 'record' AND ${id} IN (${records}))
             OR (object = 'folder' AND ${id} IN (${folders}))`,
        )
        .run(...both);
    }
    this.#engine
      .query(`DELETE FROM conflicts WHERE sealed IS NULL AND record_id IN (${records})`)
      .run(vaultId, vaultId);
  }

  /** Corporate vaults first, each kind by name. */
  all(): StoredVault[] {
    return this.#all.all().map(vaultOf);
  }

  get(id: string): StoredVault | null {
    const row = this.#get.get(id);
    return row === undefined ? null : vaultOf(row);
  }

  byServerId(serverId: string): StoredVault | null {
    const row = this.#byServerId.get(serverId);
    return row === undefined ? null : vaultOf(row);
  }

  /** Records and folders of every vault, by vault id. */
  counts(): ReadonlyMap<string, VaultCounts> {
    const generation = this.#engine.generation;
    if (this.#cachedCounts?.generation !== generation) {
      const counts = new Map<string, VaultCounts>();
      for (const row of this.#counts.all())
        counts.set(row.id, { records: row.records, folders: row.folders });
      this.#cachedCounts = { generation, counts };
    }
    return this.#cachedCounts.counts;
  }
}

function vaultOf(row: VaultRow): StoredVault {
  return {
    id: row.id,
    serverId: row.server_id,
    name: row.name,
    kind: row.kind,
    typeId: row.type_id,
    permissions: textList(row.permissions),
    access: row.access,
    hidden: row.is_hidden === 1,
    keyWrapped: row.key_wrapped,
    keySalt: row.key_salt,
    keyHash: row.key_hash,
    contentHash: row.content_hash,
  };
}
