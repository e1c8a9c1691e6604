-- Keys by which rosters are signed, as this device has seen them.
CREATE TABLE roster_keys (
  -- Hex SHA-256 of the Ed25519 public key.
  fingerprint TEXT PRIMARY KEY,
  signer_id TEXT NOT NULL,
  signer_name TEXT NOT NULL,
  -- When a person accepted it; null for the own key, which needs no acceptance.
  accepted_at INTEGER,
  -- The highest number that was seen of it.
  number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Keys that a person has taken although a roster names another one.
CREATE TABLE overruled_rosters (
  user_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  roster_fingerprint TEXT NOT NULL,
  PRIMARY KEY (user_id, fingerprint, roster_fingerprint)
) STRICT, WITHOUT ROWID;

-- By what names a person was known here when their key was compared.
CREATE TABLE compared_people (
  user_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  login TEXT NOT NULL
) STRICT, WITHOUT ROWID;
