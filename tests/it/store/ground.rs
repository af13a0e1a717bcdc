//! Where the tests of the store run: a file in a scratch folder, a database of a scratch server.
//!
//! In: nothing. Out: places that hold no store yet, and a raw way into them.
//! Owns their ends. A database that is not installed is named and skipped.

use std::path::PathBuf;

use accredit::store::{Access, Place, Store};

/// A place for a store.
pub struct Ground {
    pub place: Place,
    folder: tempfile::TempDir,
}

/// Every place on which a test runs.
pub fn grounds() -> Vec<Ground> {
    vec![Ground::file()]
}

impl Ground {
    pub fn file() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { place: Place::File(folder.path().join("log.db")), folder }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("log.db")
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
        let connection = rusqlite::Connection::open(self.path()).unwrap();
        if !armed {
            let mut triggers = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").unwrap();
            let names: Vec<String> = triggers.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect();
            names.iter().for_each(|name| connection.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
            connection.pragma_update(None, "foreign_keys", false).unwrap();
        }
        connection.execute_batch(statements).map_err(|error| error.to_string())
    }
}
