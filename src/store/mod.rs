//! The decision log, saved accounts and kept rules: in an SQLite file, or in a PostgreSQL database.
//!
//! In: decisions with their facts, accounts by reference, rule sets. Out: receipts, and everything read back.
//! Owns these promises: what has a receipt is on the disk and stays; entries are numbered without gaps and chained by hashes,
//! so that a change is seen; only facts that expire go. Never decides, never reads a clock, never logs a client's facts.

#![allow(clippy::disallowed_methods, reason = "the store lives in a file")]

mod chain;
mod database;
mod entry;
mod error;
mod place;
mod postgres;
mod replay;
mod sqlite;
mod writer;

pub use chain::{Anchor, Broken, Fault, Verified};
pub use database::{Account, Database, Expired, Listed, Page, Rules, SCHEMA, Version};
pub use entry::{Decided, Document, Entry, GENESIS, MAX_NAME, Moment, Receipt, Said, check_name, digest};
pub use error::StoreError;
pub use place::{Address, Place};
pub use replay::{Asker, Moved, Replayed, Then, Today};
pub use writer::QUEUE;

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::RuleSet;
use database::Write;
use writer::{Answer, Job, Writer};

/// What a store is opened for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    /// To read; a store that is not there is an error.
    Read,
    /// To write too; a store that is not there is made.
    Write,
}

/// An open store. Callers of any number share it; one thread writes.
#[derive(Debug)]
pub struct Store {
    place: Place,
    writer: Writer,
}

/// An answer that is on its way: `.await` it, or [`wait`](Pending::wait) for it.
#[derive(Debug)]
#[must_use = "what is not waited for may have failed"]
pub struct Pending<T>(oneshot::Receiver<Result<T, StoreError>>);

impl<T> Pending<T> {
    /// Blocks this thread until the answer is there. Inside an async task, `.await` instead.
    /// # Errors
    /// Why it could not be done.
    pub fn wait(self) -> Result<T, StoreError> {
        self.0.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or(Err(StoreError::Closed)))
    }
}

impl Store {
    /// Opens a store; blocks until that is done.
    /// # Errors
    /// Why it cannot be used. Nothing was written to a file that is something else, damaged, or from a later version.
    pub fn open(place: &Place, access: Access) -> Result<Self, StoreError> {
        let at = place.clone();
        let open = move || -> Result<Box<dyn Database>, StoreError> {
            match at {
                Place::File(path) => Ok(Box::new(sqlite::Sqlite::open(&path, access)?)),
                Place::Database(address) => Ok(Box::new(postgres::Postgres::open(&address, access)?)),
            }
        };
        Ok(Self { place: place.clone(), writer: Writer::start(open)? })
    }

    /// Where it is, as it may be shown.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// How many jobs wait for the writer, of at most [`QUEUE`].
    pub fn waiting(&self) -> usize {
        self.writer.waiting()
    }

    /// Logs a decision. The receipt comes once the entry is on the disk; without a receipt nothing was promised.
    /// # Errors
    /// [`StoreError::Busy`] when too many wait, [`StoreError::Name`] for a reference that cannot be kept. In the answer:
    /// [`StoreError::RulesNotKept`] and whatever stops the database.
    pub fn append(&self, decided: Decided) -> Result<Pending<Receipt>, StoreError> {
        check_name(&decided.who, "the name of who decides")?;
        decided.reference.as_deref().map_or(Ok(()), |reference| check_name(reference, "a reference"))?;
        let (sender, answer) = oneshot::channel();
        self.writer.send(Job::Write(Write::Append(Box::new(decided)), Answer::Receipt(sender)))?;
        Ok(Pending(answer))
    }

    /// Keeps the texts of a rule set by its digest; decisions by it can be logged from then on. Keeping it again changes nothing.
    /// # Errors
    /// [`StoreError::Busy`]; in the answer, whatever stops the database.
    pub fn keep_rules(&self, rules: &RuleSet, at: Moment) -> Result<Pending<()>, StoreError> {
        let files = rules.sources.files().map(|(_, file)| (file.name().to_owned(), file.text().to_owned()));
        let rules = Rules { digest: rules.program().digest.clone(), at, files: files.collect() };
        self.write(Write::Keep(rules))
    }

    /// Saves the facts of an account under its reference, in place of those of before.
    /// # Errors
    /// [`StoreError::Busy`], [`StoreError::Name`]; in the answer, whatever stops the database.
    pub fn save_account(&self, account: Account) -> Result<Pending<()>, StoreError> {
        check_name(&account.reference, "a reference")?;
        check_name(&account.who, "the name of who saves")?;
        self.write(Write::Save(account))
    }

    fn write(&self, write: Write) -> Result<Pending<()>, StoreError> {
        let (sender, answer) = oneshot::channel();
        self.writer.send(Job::Write(write, Answer::Done(sender)))?;
        Ok(Pending(answer))
    }

    /// Does something with the database itself, after everything that was asked before; writers wait for it, so long work
    /// belongs into pieces.
    /// # Errors
    /// [`StoreError::Busy`]; in the answer, what `call` says.
    pub fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&mut dyn Database) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Pending<T>, StoreError> {
        let (sender, answer) = oneshot::channel();
        self.writer.send(Job::Call(Box::new(move |database| drop(sender.send(call(database))))))?;
        Ok(Pending(answer))
    }

    /// The saved account of a reference.
    /// # Errors
    /// As [`call`](Store::call).
    pub fn account(&self, reference: &str) -> Result<Pending<Option<Account>>, StoreError> {
        let reference = reference.to_owned();
        self.call(move |database| database.account(&reference))
    }

    /// All saved accounts, in the order of their names.
    /// # Errors
    /// As [`call`](Store::call).
    pub fn accounts(&self) -> Result<Pending<Vec<Listed>>, StoreError> {
        self.call(|database| database.accounts())
    }

    /// Some entries.
    /// # Errors
    /// As [`call`](Store::call).
    pub fn entries(&self, page: Page) -> Result<Pending<Vec<Entry>>, StoreError> {
        self.call(move |database| database.entries(&page))
    }

    /// One entry by its number.
    /// # Errors
    /// As [`call`](Store::call).
    pub fn entry(&self, number: u64) -> Result<Pending<Option<Entry>>, StoreError> {
        let Some(from) = number.checked_sub(1) else { return self.call(|_| Ok(None)) };
        let page = Page { from, limit: 1, reference: None, latest: false };
        self.call(move |database| Ok(database.entries(&page)?.pop().filter(|entry| entry.number == number)))
    }

    /// The last entry's number and hash; number 0 while there is none. Also tells whether the database answers.
    /// # Errors
    /// As [`call`](Store::call).
    pub fn head(&self) -> Result<Pending<Receipt>, StoreError> {
        self.call(|database| database.head())
    }

    /// A kept rule set.
    /// # Errors
    /// As [`call`](Store::call).
    pub fn rules(&self, digest: &str) -> Result<Pending<Option<Rules>>, StoreError> {
        let digest = digest.to_owned();
        self.call(move |database| database.rules(&digest))
    }

    /// All kept rule sets, the one that was kept first in front.
    /// # Errors
    /// As [`call`](Store::call).
    pub fn versions(&self) -> Result<Pending<Vec<Version>>, StoreError> {
        self.call(|database| database.versions())
    }

    /// Takes away the facts of entries and the saved accounts from before a moment; `who` does so `at` another.
    /// # Errors
    /// As [`call`](Store::call).
    pub fn expire(&self, before: Moment, at: Moment, who: &str) -> Result<Pending<Expired>, StoreError> {
        check_name(who, "the name of who takes facts away")?;
        let who = who.to_owned();
        self.call(move |database| database.expire(before, at, &who))
    }
}
