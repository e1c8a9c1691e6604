-- What was typed and is not saved yet, sealed under the device's key; and the former states of
-- records as far as they were looked at, with their secrets in wire form.
CREATE TABLE drafts (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT;

CREATE TABLE revisions (
  record_id TEXT NOT NULL,
  id TEXT NOT NULL,
  place INTEGER NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (record_id, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE revision_reads (
  record_id TEXT PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
