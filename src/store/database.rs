//! What a database must do to hold the store.
//!
//! In: decisions, accounts and rule sets. Out: the same, read back.
//! Owns the promises that both databases keep: what is written together is there together or not at all, and what was
//! acknowledged stays. Knows no database.

use super::entry::{Decided, Document, Entry, Moment, Receipt};
use super::error::StoreError;

/// The schema that this version reads and writes.
pub const SCHEMA: i64 = 2;

/// The last facts document of an account, by the name that somebody gave it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its name.
    pub reference: String,
    /// When it was saved.
    pub at: Moment,
    /// Who saved it.
    pub who: String,
    /// The facts.
    pub document: Document,
}

/// A saved account without its facts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its name.
    pub reference: String,
    /// When it was saved.
    pub at: Moment,
    /// Who saved it.
    pub who: String,
}

/// A rule set as it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rules {
    /// Its digest.
    pub digest: String,
    /// When it was kept.
    pub at: Moment,
    /// Names and texts of its files.
    pub files: Vec<(String, String)>,
}

/// A kept rule set without its texts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// Its digest.
    pub digest: String,
    /// When it was kept, before anything was decided by it.
    pub at: Moment,
}

/// Something to be written.
#[derive(Clone, Debug)]
pub enum Write {
    /// A decision to log.
    Append(Box<Decided>),
    /// An account to save, in place of what it was before.
    Save(Account),
    /// A rule set to keep; one that is kept already stays as it is.
    Keep(Rules),
}

/// Which entries are read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Page {
    /// Those behind this number; with `latest` those before it.
    pub from: u64,
    /// At most so many.
    pub limit: usize,
    /// Only those of this account.
    pub reference: Option<String>,
    /// The last ones first.
    pub latest: bool,
}

/// What an expiry took away.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Expired {
    /// Facts documents of entries.
    pub documents: u64,
    /// Saved accounts.
    pub accounts: u64,
}

/// A database that holds the store.
pub trait Database {
    /// Writes all of these in one transaction, in their order. Each is answered by itself, an entry with its receipt; what is
    /// refused leaves the others alone.
    /// # Errors
    /// What stopped the transaction; then nothing of it is there, unless the error says that this is not known.
    fn write(&mut self, writes: &[Write]) -> Result<Vec<Result<Option<Receipt>, StoreError>>, StoreError>;

    /// Some entries with what is left of their facts.
    /// # Errors
    /// What the database says; so below.
    fn entries(&mut self, page: &Page) -> Result<Vec<Entry>, StoreError>;

    /// The last entry's number and hash; number 0 while there is none.
    #[expect(clippy::missing_errors_doc, reason = "as above")]
    fn head(&mut self) -> Result<Receipt, StoreError>;

    /// Facts of entries before this moment are gone.
    #[expect(clippy::missing_errors_doc, reason = "as above")]
    fn horizon(&mut self) -> Result<Option<Moment>, StoreError>;

    /// A kept rule set.
    #[expect(clippy::missing_errors_doc, reason = "as above")]
    fn rules(&mut self, digest: &str) -> Result<Option<Rules>, StoreError>;

    /// All kept rule sets, the one that was kept first in front.
    #[expect(clippy::missing_errors_doc, reason = "as above")]
    fn versions(&mut self) -> Result<Vec<Version>, StoreError>;

    /// A saved account.
    #[expect(clippy::missing_errors_doc, reason = "as above")]
    fn account(&mut self, reference: &str) -> Result<Option<Account>, StoreError>;

    /// All saved accounts, in the order of their names.
    #[expect(clippy::missing_errors_doc, reason = "as above")]
    fn accounts(&mut self) -> Result<Vec<Listed>, StoreError>;

    /// Takes away the facts of entries and the accounts from before a moment, and notes that `who` did so `at` another.
    #[expect(clippy::missing_errors_doc, reason = "as above")]
    fn expire(&mut self, before: Moment, at: Moment, who: &str) -> Result<Expired, StoreError>;

    /// Are the pages and indexes of the database itself in order?
    /// # Errors
    /// [`StoreError::Damaged`] with the first thing that is not.
    fn intact(&mut self) -> Result<(), StoreError>;
}
