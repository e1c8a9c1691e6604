/**
 * Folders of the mirror. The tree comes from a server, so a parent may be missing or a ring
 * may be closed; both are read as folders at the top, and nothing here runs in circles.
 */
import type { Engine, Query } from './engine.ts';
import { sortKey } from './folding.ts';
import type { StoredFolder } from './model.ts';
import { isPendingSql } from './outbox.ts';

interface FolderRow {
  id: string;
  server_id: string;
  vault_id: string;
  parent_id: string | null;
  name: string;
  color: number;
  content_hash: string;
}

export interface FolderCounts {
  /** Records in the folder and in every folder below it. */
  readonly records: number;
  /** Folders directly in it. */
  readonly children: number;
  /** Changed here, and the server does not have it yet. */
  readonly pending: boolean;
}

const columns = 'id, server_id, vault_id, parent_id, name, color, content_hash';

export class Folders {
  readonly #engine: Engine;
  readonly #put: Query<never>;
  readonly #clear: Query<never>;
  readonly #ofVault: Query<FolderRow>;
  readonly #get: Query<FolderRow>;
  readonly #renamed: Query<FolderRow>;
  readonly #direct: Query<{ folder_id: string; records: number }>;
  readonly #pending: Query<string>;
  readonly #paths = new Map<string, readonly StoredFolder[]>();
  #pathsGeneration = -1;

  constructor(engine: Engine) {
    this.#engine = engine;
    // A row that is put back may have operations from before.
    this.#put = engine.query(
      `INSERT INTO folders (${columns}, name_key, pending)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ${isPendingSql('folder', '?')})
       ON CONFLICT (id) DO UPDATE SET server_id = excluded.server_id, vault_id = excluded.vault_id,
         parent_id = excluded.parent_id, name = excluded.name, color = excluded.color,
         content_hash = excluded.content_hash, name_key = excluded.name_key`,
    );
    this.#clear = engine.query('DELETE FROM folders WHERE vault_id = ?');
    this.#ofVault = engine.query(`SELECT ${columns} FROM folders WHERE vault_id = ? ORDER BY name_key, id`);
    this.#get = engine.query(`SELECT ${columns} FROM folders WHERE id = ?`);
    this.#renamed = engine.query(`SELECT ${columns} FROM folders WHERE server_id = ? AND server_id <> id`);
    this.#direct = engine.query(
      `SELECT folder_id, count(*) AS records FROM records
       WHERE vault_id = ? AND folder_id IS NOT NULL GROUP BY folder_id`,
    );
    this.#pending = engine.values('SELECT id FROM folders WHERE vault_id = ? AND pending = 1');
  }

  /** Makes `folders` the whole tree of the vault. */
  replaceForVault(vaultId: string, folders: readonly StoredFolder[]): void {
    this.#engine.transaction(() => {
      this.#clear.run(vaultId);
      for (const folder of folders) this.#write({ ...folder, vaultId });
    });
    this.#engine.noteChange();
  }

  /** Writes one folder, new or known. */
  upsert(folder: StoredFolder): void {
    this.#write(folder);
    this.#engine.noteChange();
  }

  /** Erases these folders alone: what lay in them stays where it is, without a folder to show it in. */
  remove(ids: readonly string[]): void {
    this.#engine
      .query('DELETE FROM folders WHERE id IN (SELECT value FROM json_each(?))')
      .run(JSON.stringify(ids));
    this.#engine.noteChange();
  }

  /** The id that the server gave to a folder made here; the row keeps its own. */
  setServerId(id: string, serverId: string): void {
    this.#engine.query('UPDATE folders SET server_id = ? WHERE id = ?').run(serverId, id);
    this.#engine.noteChange();
  }

  /** All folders of a vault: parents before children, each level by name. */
  ofVault(vaultId: string): StoredFolder[] {
    return treeOrder(this.#ofVault.all(vaultId).map(folderOf));
  }

  get(id: string): StoredFolder | null {
    const row = this.#get.get(id);
    return row === undefined ? null : folderOf(row);
  }

  byServerId(serverId: string): StoredFolder | null {
    if (serverId === '') return null;
    // Nearly every folder goes by its server's id on this device as well.
    const same = this.#get.get(serverId);
    const row = same?.server_id === serverId ? same : this.#renamed.get(serverId);
    return row === undefined ? null : folderOf(row);
  }

  /** The folder itself and every folder below it. Empty if there is no such folder. */
  subtreeIds(id: string): string[] {
    const root = this.get(id);
    if (root === null) return [];
    const below = childrenByParent(this.#ofVault.all(root.vaultId).map(folderOf));
    const found = new Set([id]);
    for (const parent of found) for (const child of below.get(parent) ?? []) found.add(child.id);
    return [...found];
  }

  /** From the outermost folder down to the folder itself. */
  path(id: string): readonly StoredFolder[] {
    if (this.#pathsGeneration !== this.#engine.generation) {
      this.#paths.clear();
      this.#pathsGeneration = this.#engine.generation;
    }
    const known = this.#paths.get(id);
    if (known !== undefined) return known;
    const path: StoredFolder[] = [];
    const seen = new Set<string>();
    for (let folder = this.get(id); folder !== null && !seen.has(folder.id);) {
      seen.add(folder.id);
      path.unshift(folder);
      folder = folder.parentId === null ? null : this.get(folder.parentId);
    }
    this.#paths.set(id, path);
    return path;
  }

  /** Counts and mark of every folder of a vault, by folder id. */
  countsOfVault(vaultId: string): Map<string, FolderCounts> {
    const folders = this.ofVault(vaultId);
    const records = new Map(this.#direct.all(vaultId).map((row) => [row.folder_id, row.records]));
    const pending = new Set(this.#pending.all(vaultId));
    const children = new Map<string, number>();
    const placed = new Set<string>();
    const inTree: { folder: StoredFolder; parent: string | null }[] = [];
    for (const folder of folders) {
      // In tree order a parent that has not come yet is missing or closes a ring.
      const parent = folder.parentId !== null && placed.has(folder.parentId) ? folder.parentId : null;
      placed.add(folder.id);
      inTree.push({ folder, parent });
      if (parent !== null) children.set(parent, (children.get(parent) ?? 0) + 1);
    }
    const counts = new Map<string, FolderCounts>();
    for (const { folder, parent } of inTree.reverse()) {
      const own = records.get(folder.id) ?? 0;
      counts.set(folder.id, {
        records: own,
        children: children.get(folder.id) ?? 0,
        pending: pending.has(folder.id),
      });
      if (parent !== null) records.set(parent, (records.get(parent) ?? 0) + own);
    }
    return counts;
  }

  #write(folder: StoredFolder): void {
    this.#put.run(
      folder.id,
      folder.serverId,
      folder.vaultId,
      folder.parentId,
      folder.name,
      folder.color,
      folder.contentHash,
      sortKey(folder.name),
      folder.id,
    );
  }
}

function childrenByParent(folders: readonly StoredFolder[]): Map<string | null, StoredFolder[]> {
  const ids = new Set(folders.map((folder) => folder.id));
  const children = new Map<string | null, StoredFolder[]>();
  for (const folder of folders) {
    const parent = folder.parentId !== null && ids.has(folder.parentId) ? folder.parentId : null;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [folder]);
    else siblings.push(folder);
  }
  return children;
}

function treeOrder(folders: readonly StoredFolder[]): StoredFolder[] {
  const children = childrenByParent(folders);
  const ordered = new Map<string, StoredFolder>();
  const descend = (root: StoredFolder): void => {
    const waiting = [root];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      if (ordered.has(folder.id)) continue;
      ordered.set(folder.id, folder);
      waiting.push(...(children.get(folder.id) ?? []).toReversed());
    }
  };
  for (const root of children.get(null) ?? []) descend(root);
  // What is left stands in rings; each is entered at its first folder by name.
  for (const folder of folders) descend(folder);
  return [...ordered.values()];
}

function folderOf(row: FolderRow): StoredFolder {
  return {
    id: row.id,
    serverId: row.server_id,
    vaultId: row.vault_id,
    parentId: row.parent_id,
    name: row.name,
    color: row.color,
    contentHash: row.content_hash,
  };
}
