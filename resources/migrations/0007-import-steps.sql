-- What the last import did on this device, step by step, so that it can be taken back later.
CREATE TABLE import_steps (
  step INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  object_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  before TEXT
) STRICT;
CREATE INDEX import_steps_by_kind ON import_steps (kind, step);
