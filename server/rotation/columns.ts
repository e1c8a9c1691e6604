/**
 * Every column that holds sealed bytes, with the key of its table. A test holds this list to the
 * tables of a real database, so that none is forgotten when one is added.
 */
export interface SealedTable {
  readonly table: string;
  /** The columns of the primary key, in order. */
  readonly key: readonly [string, ...string[]];
  readonly columns: readonly string[];
}

const byId = (table: string, columns: readonly string[] = ['content']): SealedTable => ({
  ...{ table, key: ['id'], columns },
});

export const sealedTables: readonly SealedTable[] = [
  ...['organisations', 'users', 'user_groups', 'vaults', 'folders', 'items'].map((table) => byId(table)),
  ...['snapshots', 'shortcuts', 'inbox', 'links', 'activity'].map((table) => byId(table)),
  ...['roles', 'invites', 'rekeyings', 'staged_files'].map((table) => byId(table)),
  { table: 'vault_keys', key: ['vault_id', 'user_id'], columns: ['content'] },
  { table: 'vault_types', key: ['organisation_id', 'id'], columns: ['content'] },
  { table: 'kept_answers', key: ['user_id', 'request_key'], columns: ['content'] },
  { table: 'rekeying_keys', key: ['rekeying_id', 'user_id'], columns: ['content'] },
  { table: 'rekeying_records', key: ['rekeying_id', 'kind', 'object_id'], columns: ['content'] },
  { table: 'ldap_directories', key: ['organisation_id'], columns: ['content', 'outcome'] },
  { table: 'file_parts', key: ['file_name'], columns: ['content'] },
];

/** Columns of bytes that are no sealed values: keyed hashes, and the secret that makes them. */
export const hashColumns: readonly string[] = [
  ...['users.login_key', 'sessions.access_key', 'sessions.refresh_key', 'links.token_key'],
  ...['invites.code_key', 'uploads.upload_key', 'kept_answers.request_key', 'kept_answers.fingerprint'],
  ...['rekeying_records.former_key', 'sealing.look_up'],
];
