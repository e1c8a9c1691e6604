-- Changes made on this device that the server does not have yet, and what belongs to them: the
-- last settled state of what they change, conflicts, the bin, and reads to be told later.

-- An attachment is known by the server under an id of its own, or not yet.
ALTER TABLE attachments ADD COLUMN server_id TEXT;
UPDATE attachments SET server_id = id;

-- The marks of a list, so that no page of it joins the tables below. They say exactly whether
-- there are operations or a conflict; the repositories keep them so.
ALTER TABLE records ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN conflict INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folders ADD COLUMN pending INTEGER NOT NULL DEFAULT 0;
CREATE INDEX folders_by_server_id ON folders (server_id) WHERE server_id <> id;
CREATE INDEX vaults_by_server_id ON vaults (server_id);

-- AUTOINCREMENT: the number of an operation that is gone is never given again.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  object TEXT NOT NULL CHECK (object IN ('record', 'folder')),
  object_id TEXT NOT NULL,
  name TEXT NOT NULL,
  change TEXT NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'unanswered', 'held', 'undecided')),
  attempts INTEGER NOT NULL DEFAULT 0,
  tried_at INTEGER,
  problem_code TEXT,
  problem_params TEXT
) STRICT;
CREATE INDEX outbox_by_object ON outbox (object, object_id, seq);
CREATE INDEX outbox_held ON outbox (state) WHERE state = 'held';

-- `state` is null for what was made here.
CREATE TABLE bases (
  object TEXT NOT NULL CHECK (object IN ('record', 'folder')),
  id TEXT NOT NULL,
  state TEXT,
  UNIQUE (object, id)
) STRICT;

CREATE TABLE conflicts (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('fields', 'deletedThere', 'changedThere', 'vaultLost', 'refused')),
  record_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  vault_name TEXT NOT NULL,
  at INTEGER NOT NULL,
  fields TEXT NOT NULL,
  sealed BLOB
) STRICT;

CREATE TABLE bin (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('record', 'folder')),
  server_id TEXT NOT NULL,
  bin_item_id TEXT,
  vault_id TEXT NOT NULL,
  name TEXT NOT NULL,
  place TEXT NOT NULL,
  deleted_at INTEGER,
  under TEXT,
  record TEXT,
  folder TEXT
) STRICT;
CREATE INDEX bin_by_age ON bin (deleted_at, id) WHERE under IS NULL;
CREATE INDEX bin_by_vault ON bin (vault_id, deleted_at, id);
CREATE INDEX bin_by_parent ON bin (under) WHERE under IS NOT NULL;
CREATE INDEX bin_by_server_id ON bin (server_id) WHERE server_id <> '';

CREATE TABLE offline_reads (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  item_server_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('revealed', 'copied', 'saved'))
) STRICT;
