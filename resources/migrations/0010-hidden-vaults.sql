-- Vaults that the person has put out of their sight: a mark of the server's, that changes nothing else.
ALTER TABLE vaults ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0;
