-- Accounts by reference: the last facts document of each.
CREATE TABLE accounts (
  reference TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  format TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
CREATE INDEX entries_by_reference ON entries (reference, number) WHERE reference IS NOT NULL;
