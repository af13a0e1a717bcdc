//! The store in the schema `accredit` of a PostgreSQL database.
//!
//! In: an address. Out: a [`Database`].
//! Owns that a commit is on the disk before it is answered (`synchronous_commit`), and what happens when the server goes away:
//! it is waited for, and what was being written is found again or written again, never both. Several processes may write.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Error, NoTls, Row, Statement, Transaction};

use super::Access;
use super::database::{Account, Database, Expired, Listed, Page, Rules, SCHEMA, Version, Write};
use super::entry::{Document, Entry, Moment, Receipt, format_of, format_word};
use super::error::StoreError;
use super::place::{Address, Place};

/// How long to wait for a lock, and for a server that does not answer, in seconds.
const PATIENCE: u64 = 5;

/// How often a server that does not answer is tried again, a tenth of a second apart.
const TRIES: u64 = PATIENCE * 10;

/// What a session is set to: whoever set the server to acknowledge early did not think of this log.
const SESSION: &str = "SET synchronous_commit TO on; SET lock_timeout TO '5s'; SET search_path TO accredit;
    SET client_min_messages TO warning";

/// One step of the schema each, from nothing on.
const MIGRATIONS: [&str; SCHEMA as usize] =
    [include_str!("migrations/postgres/001_log.sql"), include_str!("migrations/postgres/002_accounts.sql")];

/// What writing came to, for each that was to be written.
type Done = Vec<Result<Option<Receipt>, StoreError>>;

/// An open database.
pub(super) struct Postgres {
    address: Address,
    access: Access,
    place: String,
    runtime: Runtime,
    /// Nothing while the server is away.
    session: Option<Session>,
}

/// A connection with what was prepared over it.
struct Session {
    client: Client,
    head: Statement,
    logged: Statement,
    entries: Statement,
    documents: Statement,
    advance: Statement,
    accounts: Statement,
    kept: Statement,
    /// Rule sets that are known to be kept.
    known: HashSet<String>,
}

/// A transaction that was about to be closed.
struct Closing {
    last: Receipt,
    done: Done,
}

impl Postgres {
    pub(super) fn open(address: &Address, access: Access) -> Result<Self, StoreError> {
        let place = Place::Database(address.clone()).to_string();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Other { place: place.clone(), why: error.to_string() })?;
        let mut store = Self { address: address.clone(), access, place, runtime, session: None };
        let mut client = store.connected(1)?;
        let place = store.place.clone();
        store.runtime.block_on(prepare_schema(&mut client, access, &place))?;
        let session = store.runtime.block_on(Session::new(client, access)).map_err(|error| store.told(&error))?;
        store.session = Some(session);
        Ok(store)
    }

    /// A connection that is set up.
    fn connected(&self, tries: u64) -> Result<Client, StoreError> {
        let mut config = self.address.config.as_ref().clone();
        config.application_name("accredit");
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(PATIENCE));
        }
        let connect = async || {
            let (client, connection) = config.connect(NoTls).await?;
            // Its end is seen at the next statement.
            tokio::spawn(async move { drop(connection.await) });
            client.batch_execute(SESSION).await?;
            Ok(client)
        };
        self.runtime.block_on(async {
            let mut left = tries;
            loop {
                left = left.saturating_sub(1);
                match connect().await {
                    Ok(client) => return Ok(client),
                    Err(error) if left > 0 && away(&error) => tokio::time::sleep(Duration::from_millis(100)).await,
                    Err(error) => return Err(told(&self.place, &error)),
                }
            }
        })
    }

    fn told(&self, error: &Error) -> StoreError {
        told(&self.place, error)
    }

    /// The session; a new one where the server went away.
    fn session(&mut self) -> Result<&mut Session, StoreError> {
        if self.session.as_ref().is_none_or(|session| session.client.is_closed()) {
            let client = self.connected(TRIES)?;
            let session = self.runtime.block_on(Session::new(client, self.access)).map_err(|error| self.told(&error))?;
            self.session = Some(session);
        }
        self.session.as_mut().ok_or(StoreError::Closed)
    }

    /// Reads something; once more where the server went away meanwhile.
    fn read<T>(&mut self, read: impl AsyncFn(&mut Client) -> Result<T, Error>) -> Result<T, StoreError> {
        let mut again = true;
        loop {
            self.session()?;
            let Some(session) = self.session.as_mut() else { return Err(StoreError::Closed) };
            match self.runtime.block_on(read(&mut session.client)) {
                Ok(found) => return Ok(found),
                Err(error) if again && away(&error) => {
                    again = false;
                    self.session = None;
                }
                Err(error) => return Err(self.told(&error)),
            }
        }
    }
}

impl Session {
    async fn new(client: Client, access: Access) -> Result<Self, Error> {
        if access == Access::Read {
            client.batch_execute("SET default_transaction_read_only TO on").await?;
        }
        let entries = "INSERT INTO entries SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[],
            $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[])";
        let accounts =
            "INSERT INTO accounts SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::bytea[])
            ON CONFLICT (reference) DO UPDATE SET at = excluded.at, who = excluded.who, format = excluded.format,
            bytes = excluded.bytes";
        Ok(Self {
            head: client.prepare("SELECT number, hash FROM head FOR UPDATE").await?,
            logged: client.prepare("SELECT 1 FROM entries WHERE number = $1 AND hash = $2").await?,
            entries: client.prepare(entries).await?,
            documents: client.prepare("INSERT INTO documents SELECT * FROM unnest($1::bigint[], $2::bytea[])").await?,
            advance: client.prepare("UPDATE head SET number = $1, hash = $2").await?,
            accounts: client.prepare(accounts).await?,
            kept: client.prepare("SELECT 1 FROM rule_sets WHERE digest = $1").await?,
            known: HashSet::new(),
            client,
        })
    }

    /// Writes everything in one transaction. `closing` tells what an earlier try was about to commit, and then what this one
    /// is: with the head locked, its last entry is there or it never will be.
    async fn write(&mut self, writes: &[Write], closing: &mut Option<Closing>) -> Result<Done, Error> {
        let Self { client, known, .. } = self;
        let transaction = client.transaction().await?;
        let row = transaction.query_one(&self.head, &[]).await?;
        let mut head = Receipt { number: number(row.try_get(0)?), hash: row.try_get(1)? };
        if let Some(Closing { last, done }) = closing.take()
            && transaction.query_opt(&self.logged, &[&held(last.number), &last.hash]).await?.is_some()
        {
            return Ok(done);
        }
        let before = head.number;
        let (mut done, mut entries) = (Vec::with_capacity(writes.len()), Vec::new());
        let mut saved: HashMap<&str, &Account> = HashMap::new();
        let mut kept: HashSet<&str> = HashSet::new();
        for write in writes {
            done.push(match write {
                Write::Keep(rules) => {
                    keep(&transaction, rules).await?;
                    kept.insert(&rules.digest);
                    Ok(None)
                }
                Write::Save(account) => {
                    saved.insert(&account.reference, account);
                    Ok(None)
                }
                Write::Append(decided) => {
                    let digest = decided.rules.as_str();
                    let is_known = known.contains(digest) || kept.contains(digest);
                    if is_known || transaction.query_opt(&self.kept, &[&digest]).await?.is_some() {
                        kept.insert(digest);
                        let entry = Entry::chained(decided, head.number + 1, &head.hash);
                        head = Receipt { number: entry.number, hash: entry.hash.clone() };
                        entries.push(entry);
                        Ok(Some(head.clone()))
                    } else {
                        Err(StoreError::RulesNotKept { digest: digest.to_owned() })
                    }
                }
            });
        }
        if !saved.is_empty() {
            let accounts: Vec<&Account> = saved.into_values().collect();
            let references: Vec<&str> = accounts.iter().map(|account| account.reference.as_str()).collect();
            let moments: Vec<Moment> = accounts.iter().map(|account| account.at).collect();
            let whose: Vec<&str> = accounts.iter().map(|account| account.who.as_str()).collect();
            let formats: Vec<&str> = accounts.iter().map(|account| format_word(account.document.format)).collect();
            let bytes: Vec<&[u8]> = accounts.iter().map(|account| account.document.bytes.as_slice()).collect();
            transaction.execute(&self.accounts, &[&references, &moments, &whose, &formats, &bytes]).await?;
        }
        if head.number > before {
            let numbers: Vec<i64> = entries.iter().map(|entry| held(entry.number)).collect();
            let moments: Vec<Moment> = entries.iter().map(|entry| entry.at).collect();
            let texts = |text: fn(&Entry) -> &str| -> Vec<&str> { entries.iter().map(text).collect() };
            let references: Vec<Option<&str>> = entries.iter().map(|entry| entry.reference.as_deref()).collect();
            transaction
                .execute(
                    &self.entries,
                    &[
                        &numbers,
                        &moments,
                        &texts(|entry| &entry.who),
                        &references,
                        &texts(|entry| &entry.format),
                        &texts(|entry| &entry.facts),
                        &texts(|entry| &entry.as_of),
                        &texts(|entry| &entry.rules),
                        &texts(|entry| &entry.asked),
                        &texts(|entry| &entry.answer),
                        &texts(|entry| &entry.version),
                        &texts(|entry| &entry.verdicts),
                        &texts(|entry| &entry.previous),
                        &texts(|entry| &entry.hash),
                    ],
                )
                .await?;
            let bytes: Vec<&[u8]> = entries.iter().map(|entry| entry.bytes.as_deref().unwrap_or_default()).collect();
            transaction.execute(&self.documents, &[&numbers, &bytes]).await?;
            transaction.execute(&self.advance, &[&held(head.number), &head.hash]).await?;
            *closing = Some(Closing { last: head, done: done.clone() });
        }
        transaction.commit().await?;
        *closing = None;
        known.extend(kept.into_iter().map(str::to_owned));
        Ok(done)
    }
}

async fn keep(transaction: &Transaction<'_>, rules: &Rules) -> Result<(), Error> {
    let insert = "INSERT INTO rule_sets VALUES ($1, $2) ON CONFLICT DO NOTHING";
    if transaction.execute(insert, &[&rules.digest, &rules.at]).await? == 1 {
        let names: Vec<&str> = rules.files.iter().map(|(name, _)| name.as_str()).collect();
        let bodies: Vec<&str> = rules.files.iter().map(|(_, body)| body.as_str()).collect();
        let insert = "INSERT INTO rule_files SELECT $1, * FROM unnest($2::text[], $3::text[])";
        transaction.execute(insert, &[&rules.digest, &names, &bodies]).await?;
    }
    Ok(())
}

/// Makes the schema, or brings it to this version.
async fn prepare_schema(client: &mut Client, access: Access, place: &str) -> Result<(), StoreError> {
    let failed = |error: Error| told(place, &error);
    let transaction = client.transaction().await.map_err(failed)?;
    let there = "SELECT to_regclass('accredit.schema_version') IS NOT NULL,
        EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'accredit')";
    // Whoever begins at the same time waits here.
    transaction.execute("SELECT pg_advisory_xact_lock(1633907570)", &[]).await.map_err(failed)?;
    let row = transaction.query_one(there, &[]).await.map_err(failed)?;
    let (is_store, is_there): (bool, bool) = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
    if !is_store && is_there {
        let why = "its schema `accredit` was made by another program".to_owned();
        return Err(StoreError::Foreign { place: place.to_owned(), why });
    }
    if !is_store && access == Access::Read {
        return Err(StoreError::Absent { place: place.to_owned() });
    }
    if !is_store {
        let made = "CREATE SCHEMA accredit; CREATE TABLE accredit.schema_version (version bigint NOT NULL);
                    INSERT INTO accredit.schema_version VALUES (0)";
        transaction.batch_execute(made).await.map_err(failed)?;
    }
    let row = transaction.query_one("SELECT version FROM accredit.schema_version", &[]).await.map_err(failed)?;
    let version: i64 = row.try_get(0).map_err(failed)?;
    if version > SCHEMA {
        return Err(StoreError::Newer { place: place.to_owned(), found: version, known: SCHEMA });
    }
    if version < SCHEMA {
        for step in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or(0)) {
            transaction.batch_execute(step).await.map_err(failed)?;
        }
        transaction.execute("UPDATE accredit.schema_version SET version = $1", &[&SCHEMA]).await.map_err(failed)?;
    }
    transaction.commit().await.map_err(failed)
}

fn held(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn number(held: i64) -> u64 {
    u64::try_from(held).unwrap_or(0)
}

/// Did the server go away, or has it not come up yet? Everything else comes again when it is tried again.
fn away(error: &Error) -> bool {
    use std::error::Error as _;
    let gone = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW];
    let unheard = || error.is_closed() || error.source().is_some_and(|source| source.is::<std::io::Error>());
    error.code().map_or_else(unheard, |code| gone.contains(code))
}

/// What the server says, without the detail, in which a row may stand.
fn told(place: &str, error: &Error) -> StoreError {
    use std::error::Error as _;
    let place = place.to_owned();
    let Some(database) = error.as_db_error() else {
        let why = error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"));
        return StoreError::Unreachable { place, why };
    };
    let why = database.message().to_owned();
    match database.code() {
        code if *code == SqlState::LOCK_NOT_AVAILABLE => StoreError::Locked { place, seconds: PATIENCE },
        code if *code == SqlState::DISK_FULL => StoreError::Full { place, why },
        code if [SqlState::READ_ONLY_SQL_TRANSACTION, SqlState::INSUFFICIENT_PRIVILEGE].contains(code) => {
            StoreError::ReadOnly { place, why }
        }
        code if [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(code) => StoreError::Damaged { place, why },
        code if code.code().starts_with("28") || code.code().starts_with("3D") || code.code().starts_with("57P") => {
            StoreError::Unreachable { place, why }
        }
        _ => StoreError::Other { place, why },
    }
}

fn entry(row: &Row) -> Result<Entry, Error> {
    Ok(Entry {
        number: number(row.try_get(0)?),
        at: row.try_get(1)?,
        who: row.try_get(2)?,
        reference: row.try_get(3)?,
        format: row.try_get(4)?,
        facts: row.try_get(5)?,
        as_of: row.try_get(6)?,
        rules: row.try_get(7)?,
        asked: row.try_get(8)?,
        answer: row.try_get(9)?,
        version: row.try_get(10)?,
        verdicts: row.try_get(11)?,
        previous: row.try_get(12)?,
        hash: row.try_get(13)?,
        bytes: row.try_get(14)?,
    })
}

impl Database for Postgres {
    fn write(&mut self, writes: &[Write]) -> Result<Done, StoreError> {
        let mut closing = None;
        let mut again = true;
        loop {
            let uncertain = closing.is_some().then(|| StoreError::Uncertain { place: self.place.clone() });
            // While it is not known whether the last try was committed, that is the answer to whatever else goes wrong.
            let session = match (self.session().map(|_| ()), &uncertain) {
                (Err(_), Some(uncertain)) => return Err(uncertain.clone()),
                (Err(why), None) => return Err(why),
                (Ok(()), _) => self.session.as_mut().ok_or(StoreError::Closed)?,
            };
            match self.runtime.block_on(session.write(writes, &mut closing)) {
                Ok(done) => return Ok(done),
                Err(error) if again && away(&error) => {
                    again = false;
                    self.session = None;
                }
                Err(error) => {
                    let lost = uncertain.is_some() || (closing.is_some() && away(&error));
                    let told = self.told(&error);
                    return Err(if lost { StoreError::Uncertain { place: self.place.clone() } } else { told });
                }
            }
        }
    }

    fn entries(&mut self, page: &Page) -> Result<Vec<Entry>, StoreError> {
        let (side, order) = if page.latest { ("<", "DESC") } else { (">", "ASC") };
        let of_account = if page.reference.is_some() { "AND reference = $3" } else { "AND $3::text IS NULL" };
        let query = format!(
            "SELECT number, at, who, reference, format, facts, as_of, rules, asked, answer, version, verdicts, previous, hash,
               bytes FROM entries LEFT JOIN documents USING (number)
             WHERE number {side} $1 {of_account} ORDER BY number {order} LIMIT $2"
        );
        let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
        self.read(async |client| {
            let rows = client.query(&query, &[&held(page.from), &limit, &page.reference]).await?;
            rows.iter().map(entry).collect()
        })
    }

    fn head(&mut self) -> Result<Receipt, StoreError> {
        self.read(async |client| {
            let row = client.query_one("SELECT number, hash FROM head", &[]).await?;
            Ok(Receipt { number: number(row.try_get(0)?), hash: row.try_get(1)? })
        })
    }

    fn horizon(&mut self) -> Result<Option<Moment>, StoreError> {
        self.read(async |client| client.query_one("SELECT max(before) FROM expiries", &[]).await?.try_get(0))
    }

    fn rules(&mut self, digest: &str) -> Result<Option<Rules>, StoreError> {
        self.read(async |client| {
            let at = "SELECT kept_at FROM rule_sets WHERE digest = $1";
            let Some(row) = client.query_opt(at, &[&digest]).await? else { return Ok(None) };
            let files = "SELECT name, body FROM rule_files WHERE digest = $1 ORDER BY name COLLATE \"C\"";
            let files = client.query(files, &[&digest]).await?;
            let files = files.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
            Ok(Some(Rules { digest: digest.to_owned(), at: row.try_get(0)?, files: files.collect::<Result<_, Error>>()? }))
        })
    }

    fn versions(&mut self) -> Result<Vec<Version>, StoreError> {
        let query = "SELECT digest, kept_at FROM rule_sets ORDER BY kept_at, digest COLLATE \"C\"";
        self.read(async |client| {
            let rows = client.query(query, &[]).await?;
            rows.iter().map(|row| Ok(Version { digest: row.try_get(0)?, at: row.try_get(1)? })).collect()
        })
    }

    fn account(&mut self, reference: &str) -> Result<Option<Account>, StoreError> {
        let query = "SELECT at, who, format, bytes FROM accounts WHERE reference = $1";
        self.read(async |client| {
            let Some(row) = client.query_opt(query, &[&reference]).await? else { return Ok(None) };
            let document = Document { format: format_of(row.try_get(2)?), bytes: row.try_get(3)? };
            Ok(Some(Account { reference: reference.to_owned(), at: row.try_get(0)?, who: row.try_get(1)?, document }))
        })
    }

    fn accounts(&mut self) -> Result<Vec<Listed>, StoreError> {
        let query = "SELECT reference, at, who FROM accounts ORDER BY reference COLLATE \"C\"";
        self.read(async |client| {
            let rows = client.query(query, &[]).await?;
            let listed = |row: &Row| Ok(Listed { reference: row.try_get(0)?, at: row.try_get(1)?, who: row.try_get(2)? });
            rows.iter().map(listed).collect()
        })
    }

    fn expire(&mut self, before: Moment, at: Moment, who: &str) -> Result<Expired, StoreError> {
        self.read(async |client| {
            let transaction = client.transaction().await?;
            let old = "SELECT count(*) FROM documents JOIN entries USING (number) WHERE at < $1";
            let documents: i64 = transaction.query_one(old, &[&before]).await?.try_get(0)?;
            transaction.execute("INSERT INTO expiries VALUES ($1, $2, $3, $4)", &[&before, &at, &who, &documents]).await?;
            let taken = "DELETE FROM documents WHERE number IN (SELECT number FROM entries WHERE at < $1)";
            let documents = transaction.execute(taken, &[&before]).await?;
            let accounts = transaction.execute("DELETE FROM accounts WHERE at < $1", &[&before]).await?;
            transaction.commit().await?;
            // Rows that were deleted stay in the files until somebody sweeps.
            client.batch_execute("VACUUM documents, accounts").await?;
            Ok(Expired { documents, accounts })
        })
    }

    /// The server looks after its pages itself.
    fn intact(&mut self) -> Result<(), StoreError> {
        self.head().map(drop)
    }
}
