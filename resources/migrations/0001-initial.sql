-- The mirror's first schema. Lists read only `records`, which is narrow; the wide ciphertext
-- stands in `record_details`, so that no scan of a list drags it through the cipher.

CREATE TABLE vaults (
  id TEXT PRIMARY KEY,
  server_id TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('corporate', 'personal')),
  type_id TEXT,
  permissions TEXT NOT NULL,
  access TEXT,
  key_wrapped TEXT,
  key_salt TEXT,
  key_hash TEXT,
  content_hash TEXT NOT NULL
) STRICT;

CREATE TABLE folders (
  id TEXT PRIMARY KEY,
  server_id TEXT NOT NULL,
  vault_id TEXT NOT NULL REFERENCES vaults (id) ON DELETE CASCADE,
  parent_id TEXT,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  color INTEGER NOT NULL,
  content_hash TEXT NOT NULL
) STRICT;
CREATE INDEX folders_by_vault ON folders (vault_id, name_key);

CREATE TABLE records (
  row INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  server_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('record', 'shortcut', 'inbox')),
  vault_id TEXT REFERENCES vaults (id) ON DELETE CASCADE,
  folder_id TEXT,
  item_server_id TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  login TEXT NOT NULL,
  login_key TEXT NOT NULL,
  host TEXT NOT NULL,
  host_key TEXT NOT NULL,
  tags TEXT NOT NULL,
  color INTEGER NOT NULL,
  favourite INTEGER NOT NULL,
  has_totp INTEGER,
  attachment_count INTEGER NOT NULL,
  flagged INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  revision INTEGER,
  updated_at INTEGER,
  content_hash TEXT NOT NULL
) STRICT;
-- An index in whose order records do not arrive costs a page or more for each of them; there
-- are only two of those, the ids and the names.
CREATE INDEX records_by_name ON records (name_key);
CREATE INDEX records_by_vault ON records (vault_id);
CREATE INDEX records_by_folder ON records (folder_id) WHERE folder_id IS NOT NULL;
CREATE INDEX records_by_server_id ON records (server_id) WHERE server_id <> id;
CREATE INDEX records_favourite ON records (row) WHERE favourite = 1;
CREATE INDEX records_inbox ON records (row) WHERE kind = 'inbox';

-- Every record of a vault carries the same wrapped vault key; it is kept once.
CREATE TABLE wrapped_vault_keys (
  number INTEGER PRIMARY KEY,
  wrapped TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE record_details (
  row INTEGER PRIMARY KEY REFERENCES records (row) ON DELETE CASCADE,
  urls TEXT NOT NULL,
  description TEXT NOT NULL,
  key_wrap TEXT NOT NULL CHECK (key_wrap IN ('vault', 'rsa', 'none')),
  key_wrapped TEXT,
  vault_key INTEGER REFERENCES wrapped_vault_keys (number),
  password_encrypted TEXT,
  customs TEXT NOT NULL,
  sender TEXT,
  writable INTEGER NOT NULL
) STRICT;

CREATE TABLE attachments (
  row INTEGER NOT NULL REFERENCES records (row) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  encrypted_key TEXT NOT NULL,
  hash TEXT,
  size INTEGER,
  local_file TEXT,
  PRIMARY KEY (row, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_missing ON attachments (row) WHERE local_file IS NULL;

-- What search compares: folded text. The index beside it finds candidates; its tokens are
-- pieces of up to three characters behind a letter that names the field (see searchindex.ts).
CREATE TABLE search_text (
  row INTEGER PRIMARY KEY REFERENCES records (row) ON DELETE CASCADE,
  name TEXT NOT NULL,
  places TEXT NOT NULL,
  notes TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search_index USING fts5 (
  pieces,
  content = '',
  contentless_delete = 1,
  detail = none,
  tokenize = 'ascii',
  prefix = '2 3'
);
-- Merges twice as many segments at a time as usual: a first sync writes noticeably less.
INSERT INTO search_index (search_index, rank) VALUES ('automerge', 8);

CREATE TABLE pinned_account (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  mode TEXT NOT NULL CHECK (mode IN ('client', 'none')),
  master_key_options TEXT,
  own_public_key TEXT,
  user_id TEXT NOT NULL
) STRICT;

CREATE TABLE pinned_vault_keys (
  vault_id TEXT PRIMARY KEY,
  mac TEXT NOT NULL,
  trust TEXT NOT NULL CHECK (trust IN ('verified', 'unverified', 'keyChanged', 'keyMissing')),
  first_seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pinned_user_keys (
  user_id TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  login TEXT NOT NULL,
  full_name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a record: its fields are always read and written together.
CREATE TABLE manifest (
  record_id TEXT PRIMARY KEY,
  entries TEXT NOT NULL
) STRICT;

CREATE TABLE key_cache (
  name TEXT PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT;

CREATE TABLE notices (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  record_id TEXT,
  UNIQUE (kind, subject)
) STRICT;

CREATE TABLE sync_state (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE recents (
  record_id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
