-- What a person on this device has said of other people's public keys. A pin alone means: seen first.

-- When somebody compared the fingerprint with its owner; null as long as nobody has.
ALTER TABLE pinned_user_keys ADD COLUMN verified_at INTEGER;

-- When a person accepted this key in the place of another one; null where it was the first.
ALTER TABLE pinned_user_keys ADD COLUMN accepted_at INTEGER;

-- The key that it took the place of; null where it was the first.
ALTER TABLE pinned_user_keys ADD COLUMN former_fingerprint TEXT;
