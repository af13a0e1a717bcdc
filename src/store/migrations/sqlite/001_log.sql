-- The decision log. Times are milliseconds since the beginning of 1970 in UTC, days are YYYY-MM-DD, digests are sha256:HEX.
CREATE TABLE rule_sets (
  digest TEXT PRIMARY KEY,
  kept_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE rule_files (
  digest TEXT NOT NULL REFERENCES rule_sets,
  name TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (digest, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE entries (
  number INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  reference TEXT,
  format TEXT NOT NULL,
  facts TEXT NOT NULL,
  as_of TEXT NOT NULL,
  rules TEXT NOT NULL REFERENCES rule_sets,
  asked TEXT NOT NULL,
  answer TEXT NOT NULL,
  version TEXT NOT NULL,
  verdicts TEXT NOT NULL,
  previous TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
-- The facts documents stand apart from the entries, which never change; they alone go when they expire.
CREATE TABLE documents (
  number INTEGER PRIMARY KEY REFERENCES entries,
  bytes BLOB NOT NULL
) STRICT;
-- Number and hash of the last entry: without them nobody would miss entries that are taken off the end.
CREATE TABLE head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number INTEGER NOT NULL,
  hash TEXT NOT NULL
) STRICT;
INSERT INTO head VALUES (1, 0, 'sha256:0000000000000000000000000000000000000000000000000000000000000000');
-- The facts of entries before `before` were taken away.
CREATE TABLE expiries (
  before INTEGER NOT NULL,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  documents INTEGER NOT NULL
) STRICT;

CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER entries_remain BEFORE DELETE ON entries BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER entries_follow BEFORE INSERT ON entries
  WHEN new.number <> (SELECT coalesce(max(number), 0) + 1 FROM entries)
  BEGIN SELECT raise(ABORT, 'entries are numbered without gaps'); END;
CREATE TRIGGER documents_stay BEFORE UPDATE ON documents BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER documents_expire BEFORE DELETE ON documents
  WHEN NOT EXISTS (SELECT 1 FROM expiries WHERE before > (SELECT at FROM entries WHERE number = old.number))
  BEGIN SELECT raise(ABORT, 'facts go when they expire'); END;
CREATE TRIGGER rule_sets_stay BEFORE UPDATE ON rule_sets BEGIN SELECT raise(ABORT, 'kept rules never change'); END;
CREATE TRIGGER rule_sets_remain BEFORE DELETE ON rule_sets BEGIN SELECT raise(ABORT, 'kept rules never change'); END;
CREATE TRIGGER rule_files_stay BEFORE UPDATE ON rule_files BEGIN SELECT raise(ABORT, 'kept rules never change'); END;
CREATE TRIGGER rule_files_remain BEFORE DELETE ON rule_files BEGIN SELECT raise(ABORT, 'kept rules never change'); END;
CREATE TRIGGER head_advances BEFORE UPDATE ON head WHEN new.number <= old.number
  BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER head_remains BEFORE DELETE ON head BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER expiries_stay BEFORE UPDATE ON expiries BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
CREATE TRIGGER expiries_remain BEFORE DELETE ON expiries BEGIN SELECT raise(ABORT, 'the log is append-only'); END;
