-- What is known of the passwords of this copy. What was found out is sealed by the floor above; here
-- stands only of which records it was, so that a later run looks at the changed ones alone.

-- 0: looked at; 1: changed since; 2: being looked at. A record without a row was never looked at.
CREATE TABLE health_rows (
  row INTEGER PRIMARY KEY REFERENCES records (row) ON DELETE CASCADE,
  state INTEGER NOT NULL
) STRICT;

-- Facts of a stretch of rows together: one seal for many records.
CREATE TABLE health_blocks (
  block INTEGER PRIMARY KEY,
  sealed BLOB NOT NULL
) STRICT;

-- Whoever writes a record need not think of this: what a judgement rests on is watched here.
CREATE TRIGGER health_record_changed AFTER UPDATE OF login, name ON records
  WHEN NEW.login IS NOT OLD.login OR NEW.name IS NOT OLD.name
BEGIN
  UPDATE health_rows SET state = 1 WHERE row = NEW.row;
END;

CREATE TRIGGER health_details_changed AFTER UPDATE OF urls, key_wrapped, password_encrypted, customs ON record_details
  WHEN NEW.password_encrypted IS NOT OLD.password_encrypted OR NEW.customs IS NOT OLD.customs
    OR NEW.urls IS NOT OLD.urls OR NEW.key_wrapped IS NOT OLD.key_wrapped
BEGIN
  UPDATE health_rows SET state = 1 WHERE row = NEW.row;
END;
