//! Where the tests of the store run: a file in a scratch folder, a database of a scratch server.
//!
//! In: nothing. Out: places that hold no store yet, and a raw way into them.
//! Owns their ends. A database that is not installed is named and skipped.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use accredit::sql::Dialect;
use accredit::store::{Access, Place, Store};

use crate::sql::peer::Postgres;
use crate::sql::there;

/// A place for a store.
pub struct Ground {
    pub place: Place,
    folder: tempfile::TempDir,
    /// The server with the address of the database, where it is one.
    pub server: Option<(Arc<Postgres>, String)>,
}

/// Every place on which a test runs.
pub fn grounds() -> Vec<Ground> {
    std::iter::once(Ground::file()).chain(shared_server().map(Ground::database)).collect()
}

/// A server for all tests that run at the same time; the last one ends it.
fn shared_server() -> Option<Arc<Postgres>> {
    static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
    let mut server = SERVER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    server.upgrade().or_else(|| {
        let started = Arc::new(there(Dialect::Postgres, Postgres::start())?);
        *server = Arc::downgrade(&started);
        Some(started)
    })
}

impl Ground {
    pub fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { place: Place::File(folder.path().join("log.db")), folder, server: None }
    }

    pub fn database(server: Arc<Postgres>) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let url = server.database(&format!("ground{}", COUNT.fetch_add(1, Ordering::Relaxed)));
        let folder = tempfile::tempdir().unwrap();
        Self { place: Place::database(&url).unwrap(), folder, server: Some((server, url)) }
    }

    /// A server of its own, that may be killed.
    pub fn own_server() -> Option<Self> {
        Some(Self::database(Arc::new(there(Dialect::Postgres, Postgres::start())?)))
    }

    pub fn is_file(&self) -> bool {
        self.server.is_none()
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("log.db")
    }

    /// The options with which the command finds it.
    pub fn options(&self) -> [String; 2] {
        match &self.server {
            None => ["--store".to_owned(), self.path().to_string_lossy().into_owned()],
            Some((_, url)) => ["--database".to_owned(), url.clone()],
        }
    }

    /// The files that hold it, where they can be looked into.
    pub fn files(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    pub fn open(&self) -> Store {
        Store::open(&self.place, Access::Write).unwrap()
    }

    /// Runs statements behind the back of the store; with `armed` its triggers are on.
    pub fn run(&self, statements: &str, armed: bool) -> Result<(), String> {
        let Some((_, url)) = &self.server else { return run_sqlite(&self.path(), statements, armed) };
        let off = if armed { "" } else { "SET session_replication_role TO replica;" };
        on_postgres(url, &format!("SET search_path TO accredit; {off} {statements}"), || ())
    }

    /// Does something while somebody else holds the store.
    pub fn while_held(&self, work: impl FnOnce()) {
        match &self.server {
            None => {
                let connection = rusqlite::Connection::open(self.path()).unwrap();
                connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
                work();
                connection.execute_batch("ROLLBACK").unwrap();
            }
            Some((_, url)) => on_postgres(url, "BEGIN; SELECT number FROM accredit.head FOR UPDATE", work).unwrap(),
        }
    }
}

fn run_sqlite(path: &std::path::Path, statements: &str, armed: bool) -> Result<(), String> {
    let connection = rusqlite::Connection::open(path).unwrap();
    if !armed {
        let mut triggers = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").unwrap();
        let names: Vec<String> = triggers.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        names.iter().for_each(|name| connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
        connection.pragma_update(None, "foreign_keys", false).unwrap();
    }
    connection.execute_batch(statements).map_err(|error| error.to_string())
}

/// Runs statements and then, on the same connection still open, some work.
fn on_postgres(url: &str, statements: &str, work: impl FnOnce()) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (client, connection) = runtime.block_on(tokio_postgres::connect(url, tokio_postgres::NoTls)).unwrap();
    runtime.spawn(async move { drop(connection.await) });
    let done = runtime.block_on(client.batch_execute(statements)).map_err(|error| format!("{error:?}"));
    work();
    done
}
