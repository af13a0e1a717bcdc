//! The store in one SQLite file.
//!
//! In: a path. Out: a [`Database`].
//! Owns that a store appears whole or not at all, that a commit is on the disk before it is answered (`synchronous=FULL` over
//! a write-ahead log), and that a file which is something else or broken is not written to. Several processes may hold it.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Row, Transaction, TransactionBehavior, ffi, params};

use super::Access;
use super::database::{Account, Database, Expired, Listed, Page, Rules, SCHEMA, Version, Write};
use super::entry::{Document, Entry, Moment, Receipt, format_of, format_word};
use super::error::StoreError;

/// What SQLite calls a file of this application: `accr`.
const APPLICATION: i32 = 0x6163_6372;

/// How long to wait for a process that holds the file, in seconds.
const PATIENCE: u64 = 5;

/// One step of the schema each, from nothing on.
const MIGRATIONS: [&str; SCHEMA as usize] =
    [include_str!("migrations/sqlite/001_log.sql"), include_str!("migrations/sqlite/002_accounts.sql")];

/// An open file.
pub(super) struct Sqlite {
    connection: Connection,
    path: PathBuf,
    /// Rule sets that are known to be kept.
    kept: HashSet<String>,
    /// Why nothing is written any more.
    broken: Option<StoreError>,
}

impl Sqlite {
    pub(super) fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let told = |error: rusqlite::Error| told(path, &error);
        match std::fs::metadata(path) {
            Ok(known) if known.is_dir() => return Err(foreign(path, "it is a folder")),
            Ok(known) if known.len() == 0 => {
                return Err(foreign(path, "it is an empty file; remove it, and a store begins there"));
            }
            Ok(_) => {}
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::Other { place: shown(path), why: error.to_string() });
            }
            Err(_) if access == Access::Read => return Err(StoreError::Absent { place: shown(path) }),
            Err(_) => create(path)?,
        }
        // Looked at before it is opened for writing: whatever else it is, nothing happens to it.
        let looked = look(path)?;
        let application: i32 = looked.query_row("PRAGMA application_id", (), |row| row.get(0)).map_err(told)?;
        if application != APPLICATION {
            return Err(foreign(path, "another program made it"));
        }
        let version: i64 = looked.query_row("PRAGMA user_version", (), |row| row.get(0)).map_err(told)?;
        if version > SCHEMA {
            return Err(StoreError::Newer { place: shown(path), found: version, known: SCHEMA });
        }
        looked.query_row("SELECT number FROM head", (), |row| row.get::<_, i64>(0)).map_err(told)?;
        // SQLite sees that whole pages are gone, not that the last one is cut short. A log beside the file may still hold it.
        let page: u64 = looked.query_row("PRAGMA page_size", (), |row| number(row, 0)).map_err(told)?;
        let bytes = std::fs::metadata(path).map_or(0, |known| known.len());
        if settled(path) && bytes.checked_rem(page) != Some(0) {
            return Err(StoreError::Damaged { place: shown(path), why: "its last page is cut short".to_owned() });
        }
        let connection = if access == Access::Read && version == SCHEMA {
            looked
        } else {
            drop(looked);
            let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(told)?;
            set_up(&connection).map_err(told)?;
            migrate(&mut connection).map_err(told)?;
            connection
        };
        Ok(Self { connection, path: path.to_path_buf(), kept: HashSet::new(), broken: None })
    }

    fn told(&self, error: &rusqlite::Error) -> StoreError {
        told(&self.path, error)
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        read(&self.connection).map_err(|error| self.told(&error))
    }
}

/// Opens a file to read it. One that lies where nothing can be written, such as a backup, is read as it lies.
fn look(path: &Path) -> Result<Connection, StoreError> {
    let open = || {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(Duration::from_secs(PATIENCE))?;
        connection.query_row("PRAGMA schema_version", (), |row| row.get::<_, i64>(0))?;
        Ok(connection)
    };
    open().or_else(|error: rusqlite::Error| {
        let unwritable = matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly));
        if !unwritable || !settled(path) {
            return Err(told(path, &error));
        }
        let name = utf8_percent_encode(&path.to_string_lossy(), NON_ALPHANUMERIC).to_string();
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(format!("file:{name}?immutable=1"), flags).map_err(|error| told(path, &error))
    })
}

/// Does the file hold everything, with nothing in the log beside it?
fn settled(path: &Path) -> bool {
    let mut beside = path.as_os_str().to_owned();
    beside.push("-wal");
    std::fs::metadata(beside).map_or(true, |log| log.len() == 0)
}

/// Makes a store beside its place and moves it there, so that no half-made one is ever found.
fn create(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(StoreError::NoFolder { place: shown(path), folder: folder.display().to_string() });
    }
    let failed = |error: &std::io::Error| match error.kind() {
        std::io::ErrorKind::StorageFull => StoreError::Full { place: shown(path), why: error.to_string() },
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::ReadOnly { place: shown(path), why: error.to_string() }
        }
        _ => StoreError::Other { place: shown(path), why: error.to_string() },
    };
    let file = tempfile::Builder::new().prefix(".accredit-").tempfile_in(folder).map_err(|error| failed(&error))?;
    let made = || -> rusqlite::Result<()> {
        let mut connection = Connection::open(file.path())?;
        connection.pragma_update(None, "application_id", APPLICATION)?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        set_up(&connection)?;
        migrate(&mut connection)?;
        connection.close().map_err(|(_, error)| error)
    };
    if let Err(error) = made() {
        // What SQLite keeps beside a file goes with it.
        for ending in ["-wal", "-shm", "-journal"] {
            drop(std::fs::remove_file(format!("{}{ending}", file.path().display())));
        }
        return Err(told(path, &error));
    }
    file.as_file().sync_all().map_err(|error| failed(&error))?;
    match file.persist_noclobber(path) {
        // Somebody else was faster, and theirs is as good.
        Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(failed(&error.error)),
        Ok(_) => drop(std::fs::File::open(folder).and_then(|folder| folder.sync_all())),
    }
    Ok(())
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(PATIENCE))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is taken away is written over, not only forgotten.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "trusted_schema", false)
}

fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let version = |connection: &Connection| connection.query_row("PRAGMA user_version", (), |row| row.get::<_, i64>(0));
    if version(connection)? == SCHEMA {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Somebody else may have done it while this process waited.
    let done = usize::try_from(version(&transaction)?).unwrap_or(usize::MAX);
    for step in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "user_version", SCHEMA)?;
    transaction.commit()
}

fn shown(path: &Path) -> String {
    format!("`{}`", path.display())
}

fn foreign(path: &Path, why: &str) -> StoreError {
    StoreError::Foreign { place: shown(path), why: why.to_owned() }
}

fn told(path: &Path, error: &rusqlite::Error) -> StoreError {
    let (place, why) = (shown(path), error.to_string());
    let rusqlite::Error::SqliteFailure(failure, _) = error else { return StoreError::Other { place, why } };
    match failure.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Locked { place, seconds: PATIENCE },
        ErrorCode::DiskFull => StoreError::Full { place, why },
        ErrorCode::SystemIoFailure => match failure.extended_code {
            ffi::SQLITE_IOERR_WRITE | ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_SHMMAP | ffi::SQLITE_IOERR_TRUNCATE => {
                StoreError::Full { place, why }
            }
            ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC => StoreError::Uncertain { place },
            ffi::SQLITE_IOERR_SHORT_READ | ffi::SQLITE_IOERR_CORRUPTFS => StoreError::Damaged { place, why },
            _ => StoreError::Other { place, why },
        },
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => StoreError::ReadOnly { place, why },
        ErrorCode::NotADatabase => {
            StoreError::Foreign { place, why: "it is no SQLite file, or its beginning is lost".to_owned() }
        }
        ErrorCode::DatabaseCorrupt => StoreError::Damaged { place, why },
        _ => StoreError::Other { place, why },
    }
}

fn number(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(at)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(at, number))
}

/// A number as SQLite holds it.
fn held(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn receipt(connection: &Connection) -> rusqlite::Result<Receipt> {
    let read = |row: &Row<'_>| Ok(Receipt { number: number(row, 0)?, hash: row.get(1)? });
    connection.prepare_cached("SELECT number, hash FROM head")?.query_row((), read)
}

fn keep(transaction: &Transaction<'_>, rules: &Rules) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached("INSERT INTO rule_sets VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    if insert.execute(params![rules.digest, rules.at])? == 1 {
        for (name, body) in &rules.files {
            transaction.execute("INSERT INTO rule_files VALUES (?1, ?2, ?3)", params![rules.digest, name, body])?;
        }
    }
    Ok(())
}

fn save(transaction: &Transaction<'_>, account: &Account) -> rusqlite::Result<()> {
    let upsert = "INSERT INTO accounts VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (reference) DO UPDATE
                  SET at = excluded.at, who = excluded.who, format = excluded.format, bytes = excluded.bytes";
    let Account { reference, at, who, document } = account;
    transaction.prepare_cached(upsert)?.execute(params![reference, at, who, format_word(document.format), document.bytes])?;
    Ok(())
}

fn append(transaction: &Transaction<'_>, entry: &Entry) -> rusqlite::Result<()> {
    let insert = "INSERT INTO entries VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    transaction.prepare_cached(insert)?.execute(params![
        held(entry.number),
        entry.at,
        entry.who,
        entry.reference,
        entry.format,
        entry.facts,
        entry.as_of,
        entry.rules,
        entry.asked,
        entry.answer,
        entry.version,
        entry.verdicts,
        entry.previous,
        entry.hash
    ])?;
    let bytes = entry.bytes.as_deref().unwrap_or_default();
    transaction.prepare_cached("INSERT INTO documents VALUES (?1, ?2)")?.execute(params![held(entry.number), bytes])?;
    Ok(())
}

fn is_kept(transaction: &Transaction<'_>, digest: &str) -> rusqlite::Result<bool> {
    transaction.prepare_cached("SELECT 1 FROM rule_sets WHERE digest = ?1")?.exists([digest])
}

impl Sqlite {
    fn write_all(&mut self, writes: &[Write]) -> rusqlite::Result<Vec<Result<Option<Receipt>, StoreError>>> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut head = receipt(&transaction)?;
        let before = head.number;
        let mut done = Vec::with_capacity(writes.len());
        // Known to be kept once the transaction is.
        let mut kept = Vec::new();
        for write in writes {
            done.push(match write {
                Write::Keep(rules) => keep(&transaction, rules).map(|()| Ok(None))?,
                Write::Save(account) => save(&transaction, account).map(|()| Ok(None))?,
                Write::Append(decided) => {
                    let known = self.kept.contains(&decided.rules);
                    if known || is_kept(&transaction, &decided.rules)? {
                        if !known {
                            kept.push(decided.rules.clone());
                        }
                        let entry = Entry::chained(decided, head.number + 1, &head.hash);
                        append(&transaction, &entry)?;
                        head = Receipt { number: entry.number, hash: entry.hash };
                        Ok(Some(head.clone()))
                    } else {
                        Err(StoreError::RulesNotKept { digest: decided.rules.clone() })
                    }
                }
            });
        }
        if head.number > before {
            let mut update = transaction.prepare_cached("UPDATE head SET number = ?1, hash = ?2")?;
            update.execute(params![held(head.number), head.hash])?;
        }
        transaction.commit()?;
        self.kept.extend(kept);
        Ok(done)
    }
}

impl Database for Sqlite {
    fn write(&mut self, writes: &[Write]) -> Result<Vec<Result<Option<Receipt>, StoreError>>, StoreError> {
        if let Some(why) = &self.broken {
            return Err(why.clone());
        }
        self.write_all(writes).map_err(|error| {
            let why = self.told(&error);
            // What is written over damage makes it worse.
            self.broken = Some(why.clone()).filter(|why| matches!(why, StoreError::Damaged { .. }));
            why
        })
    }

    fn entries(&mut self, page: &Page) -> Result<Vec<Entry>, StoreError> {
        let (side, order) = if page.latest { ("<", "DESC") } else { (">", "ASC") };
        let of_account = if page.reference.is_some() { "AND reference = ?3" } else { "AND ?3 IS NULL" };
        let query = format!(
            "SELECT number, at, who, reference, format, facts, as_of, rules, asked, answer, version, verdicts, previous, hash,
               bytes FROM entries LEFT JOIN documents USING (number)
             WHERE number {side} ?1 {of_account} ORDER BY number {order} LIMIT ?2"
        );
        let read = |row: &Row<'_>| {
            Ok(Entry {
                number: number(row, 0)?,
                at: row.get(1)?,
                who: row.get(2)?,
                reference: row.get(3)?,
                format: row.get(4)?,
                facts: row.get(5)?,
                as_of: row.get(6)?,
                rules: row.get(7)?,
                asked: row.get(8)?,
                answer: row.get(9)?,
                version: row.get(10)?,
                verdicts: row.get(11)?,
                previous: row.get(12)?,
                hash: row.get(13)?,
                bytes: row.get(14)?,
            })
        };
        let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&query)?;
            let entries = statement.query_map(params![held(page.from), limit, page.reference], read)?;
            entries.collect()
        })
    }

    fn head(&mut self) -> Result<Receipt, StoreError> {
        self.read(receipt)
    }

    fn horizon(&mut self) -> Result<Option<Moment>, StoreError> {
        self.read(|connection| connection.query_row("SELECT max(before) FROM expiries", (), |row| row.get(0)))
    }

    fn rules(&mut self, digest: &str) -> Result<Option<Rules>, StoreError> {
        self.read(|connection| {
            let at = "SELECT kept_at FROM rule_sets WHERE digest = ?1";
            let Some(at) = connection.query_row(at, [digest], |row| row.get(0)).optional()? else { return Ok(None) };
            let mut files = connection.prepare_cached("SELECT name, body FROM rule_files WHERE digest = ?1 ORDER BY name")?;
            let files = files.query_map([digest], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
            Ok(Some(Rules { digest: digest.to_owned(), at, files }))
        })
    }

    fn versions(&mut self) -> Result<Vec<Version>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT digest, kept_at FROM rule_sets ORDER BY kept_at, digest")?;
            statement.query_map((), |row| Ok(Version { digest: row.get(0)?, at: row.get(1)? }))?.collect()
        })
    }

    fn account(&mut self, reference: &str) -> Result<Option<Account>, StoreError> {
        let query = "SELECT at, who, format, bytes FROM accounts WHERE reference = ?1";
        let read = |row: &Row<'_>| {
            let document = Document { format: format_of(&row.get::<_, String>(2)?), bytes: row.get(3)? };
            Ok(Account { reference: reference.to_owned(), at: row.get(0)?, who: row.get(1)?, document })
        };
        self.read(|connection| connection.prepare_cached(query)?.query_row([reference], read).optional())
    }

    fn accounts(&mut self) -> Result<Vec<Listed>, StoreError> {
        let read = |row: &Row<'_>| Ok(Listed { reference: row.get(0)?, at: row.get(1)?, who: row.get(2)? });
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT reference, at, who FROM accounts ORDER BY reference")?;
            statement.query_map((), read)?.collect()
        })
    }

    fn expire(&mut self, before: Moment, at: Moment, who: &str) -> Result<Expired, StoreError> {
        let mut expire = || -> rusqlite::Result<Expired> {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let old = "SELECT count(*) FROM documents JOIN entries USING (number) WHERE at < ?1";
            let documents: i64 = transaction.query_row(old, [before], |row| row.get(0))?;
            transaction.execute("INSERT INTO expiries VALUES (?1, ?2, ?3, ?4)", params![before, at, who, documents])?;
            let taken = "DELETE FROM documents WHERE number IN (SELECT number FROM entries WHERE at < ?1)";
            let documents = transaction.execute(taken, [before])?;
            let accounts = transaction.execute("DELETE FROM accounts WHERE at < ?1", [before])?;
            transaction.commit()?;
            // The write-ahead log still holds what was written over in the file.
            self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))?;
            let count = |rows| u64::try_from(rows).unwrap_or(u64::MAX);
            Ok(Expired { documents: count(documents), accounts: count(accounts) })
        };
        expire().map_err(|error| self.told(&error))
    }

    fn intact(&mut self) -> Result<(), StoreError> {
        let found: String = self.read(|all| all.query_row("PRAGMA integrity_check(1)", (), |row| row.get(0)))?;
        match found.as_str() {
            "ok" => Ok(()),
            _ => Err(StoreError::Damaged { place: shown(&self.path), why: found.replace('\n', " ") }),
        }
    }
}
