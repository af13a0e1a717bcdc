-- Accounts by reference: the last facts document of each.
CREATE TABLE accredit.accounts (
  reference text PRIMARY KEY,
  at bigint NOT NULL,
  who text NOT NULL,
  format text NOT NULL,
  bytes bytea NOT NULL
);
CREATE INDEX entries_by_reference ON accredit.entries (reference, number) WHERE reference IS NOT NULL;
