-- Searching by filters, and searches that were kept.

-- What the filters ask for is rare among the records; rows arrive in the order of these indexes.
-- Where there are no custom fields there is no one-time code; others are told by who opens them.
UPDATE records SET has_totp = 0
  WHERE has_totp IS NULL AND row IN (SELECT row FROM record_details WHERE customs = '[]');
CREATE INDEX records_with_totp ON records (row) WHERE has_totp = 1;
CREATE INDEX records_with_files ON records (row) WHERE attachment_count > 0;
CREATE INDEX records_pending ON records (row) WHERE pending = 1;
CREATE INDEX records_coloured ON records (color) WHERE color <> 0;
CREATE INDEX records_shortcuts ON records (row) WHERE kind = 'shortcut';
CREATE INDEX records_totp_unknown ON records (row) WHERE has_totp IS NULL;

CREATE TABLE saved_searches (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  query TEXT NOT NULL UNIQUE
) STRICT;

-- Login, addresses and tags get pieces of their own in the search index. Folding is not SQL's, so
-- the entries that stand here are written anew when the mirror is opened (see searchindex.ts).
INSERT INTO sync_state (key, value)
  SELECT 'search index to renew', '1' WHERE EXISTS (SELECT 1 FROM records);
