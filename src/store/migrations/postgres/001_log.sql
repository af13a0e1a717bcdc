-- The decision log. Times are milliseconds since the beginning of 1970 in UTC, days are YYYY-MM-DD, digests are sha256:HEX.
CREATE TABLE accredit.rule_sets (
  digest text PRIMARY KEY,
  kept_at bigint NOT NULL
);
CREATE TABLE accredit.rule_files (
  digest text NOT NULL REFERENCES accredit.rule_sets,
  name text NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (digest, name)
);
CREATE TABLE accredit.entries (
  number bigint PRIMARY KEY,
  at bigint NOT NULL,
  who text NOT NULL,
  reference text,
  format text NOT NULL,
  facts text NOT NULL,
  as_of text NOT NULL,
  rules text NOT NULL REFERENCES accredit.rule_sets,
  asked text NOT NULL,
  answer text NOT NULL,
  version text NOT NULL,
  verdicts text NOT NULL,
  previous text NOT NULL,
  hash text NOT NULL
);
-- The facts documents stand apart from the entries, which never change; they alone go when they expire.
CREATE TABLE accredit.documents (
  number bigint PRIMARY KEY REFERENCES accredit.entries,
  bytes bytea NOT NULL
);
-- Number and hash of the last entry: without them nobody would miss entries that are taken off the end.
CREATE TABLE accredit.head (
  id integer PRIMARY KEY CHECK (id = 1),
  number bigint NOT NULL,
  hash text NOT NULL
);
INSERT INTO accredit.head VALUES (1, 0, 'sha256:0000000000000000000000000000000000000000000000000000000000000000');
-- The facts of entries before `before` were taken away.
CREATE TABLE accredit.expiries (
  before bigint NOT NULL,
  at bigint NOT NULL,
  who text NOT NULL,
  documents bigint NOT NULL
);

CREATE FUNCTION accredit.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%', TG_ARGV[0];
END $$;
CREATE FUNCTION accredit.follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF new.number <> (SELECT coalesce(max(number), 0) + 1 FROM accredit.entries) THEN
    RAISE EXCEPTION 'entries are numbered without gaps';
  END IF;
  RETURN new;
END $$;
CREATE FUNCTION accredit.expire() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM accredit.expiries
                 WHERE before > (SELECT at FROM accredit.entries WHERE number = old.number)) THEN
    RAISE EXCEPTION 'facts go when they expire';
  END IF;
  RETURN old;
END $$;
CREATE TRIGGER stay BEFORE UPDATE OR DELETE ON accredit.entries
  FOR EACH ROW EXECUTE FUNCTION accredit.refuse('the log is append-only');
CREATE TRIGGER remain BEFORE TRUNCATE ON accredit.entries
  FOR EACH STATEMENT EXECUTE FUNCTION accredit.refuse('the log is append-only');
CREATE TRIGGER follow BEFORE INSERT ON accredit.entries FOR EACH ROW EXECUTE FUNCTION accredit.follow();
CREATE TRIGGER stay BEFORE UPDATE ON accredit.documents
  FOR EACH ROW EXECUTE FUNCTION accredit.refuse('the log is append-only');
CREATE TRIGGER remain BEFORE TRUNCATE ON accredit.documents
  FOR EACH STATEMENT EXECUTE FUNCTION accredit.refuse('facts go when they expire');
CREATE TRIGGER expire BEFORE DELETE ON accredit.documents FOR EACH ROW EXECUTE FUNCTION accredit.expire();
CREATE TRIGGER stay BEFORE UPDATE OR DELETE ON accredit.rule_sets
  FOR EACH ROW EXECUTE FUNCTION accredit.refuse('kept rules never change');
CREATE TRIGGER remain BEFORE TRUNCATE ON accredit.rule_sets
  FOR EACH STATEMENT EXECUTE FUNCTION accredit.refuse('kept rules never change');
CREATE TRIGGER stay BEFORE UPDATE OR DELETE ON accredit.rule_files
  FOR EACH ROW EXECUTE FUNCTION accredit.refuse('kept rules never change');
CREATE TRIGGER remain BEFORE TRUNCATE ON accredit.rule_files
  FOR EACH STATEMENT EXECUTE FUNCTION accredit.refuse('kept rules never change');
CREATE TRIGGER advance BEFORE UPDATE ON accredit.head
  FOR EACH ROW WHEN (new.number <= old.number) EXECUTE FUNCTION accredit.refuse('the log is append-only');
CREATE TRIGGER stay BEFORE DELETE ON accredit.head
  FOR EACH ROW EXECUTE FUNCTION accredit.refuse('the log is append-only');
CREATE TRIGGER remain BEFORE TRUNCATE ON accredit.head
  FOR EACH STATEMENT EXECUTE FUNCTION accredit.refuse('the log is append-only');
CREATE TRIGGER stay BEFORE UPDATE OR DELETE ON accredit.expiries
  FOR EACH ROW EXECUTE FUNCTION accredit.refuse('the log is append-only');
CREATE TRIGGER remain BEFORE TRUNCATE ON accredit.expiries
  FOR EACH STATEMENT EXECUTE FUNCTION accredit.refuse('the log is append-only');
