-- Values that the generator made within the last hour, sealed under the device's key.
CREATE TABLE made_values (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT;
CREATE INDEX made_values_by_time ON made_values (at);
