//! Which store: options and environment to a place, and the words of both verbs that read it.
//!
//! In: `--store`, `--database`, `$ACCREDIT_STORE`, `$ACCREDIT_DATABASE`. Out: a place, an open store, lines about entries.
//! Owns that an address of a database, which may hold a password, is shown nowhere. Never decides.

use std::path::PathBuf;

use chrono::DateTime;
use clap::Args;

use super::Failure;
use crate::program::Verdict;
use crate::report::{clean, verdict_word};
use crate::store::{Access, Entry, Moment, Place, Said, Store, StoreError};

/// The store of a folder where nothing else is said.
const USUAL: &str = "accredit.db";

/// Which store.
#[derive(Args, Clone)]
pub(super) struct StoreArgs {
    /// The file of the store; else $ACCREDIT_STORE or $ACCREDIT_DATABASE, else accredit.db.
    #[arg(long, value_name = "FILE", conflicts_with = "database")]
    store: Option<PathBuf>,
    /// A PostgreSQL database that holds the store: postgres://user@host/name. Others on this machine can see an option; a
    /// password belongs into $ACCREDIT_DATABASE.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

impl std::fmt::Debug for StoreArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreArgs").field("store", &self.store).finish_non_exhaustive()
    }
}

impl StoreArgs {
    /// Where the store is.
    pub(super) fn place(&self) -> Result<Place, Failure> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        if let Some(url) = &self.database {
            return Ok(Place::database(url)?);
        }
        if let Some(file) = &self.store {
            return Ok(Place::File(file.clone()));
        }
        match (set("ACCREDIT_STORE"), set("ACCREDIT_DATABASE")) {
            (Some(_), Some(_)) => {
                let both = "ACCREDIT_STORE and ACCREDIT_DATABASE are both set: unset one, or give --store or --database";
                Err(Failure::Told(both.to_owned()))
            }
            (_, Some(url)) => Ok(Place::database(&url.to_string_lossy())?),
            (file, None) => Ok(Place::File(file.map_or_else(|| PathBuf::from(USUAL), PathBuf::from))),
        }
    }

    /// The store, open.
    pub(super) fn open(&self, access: Access) -> Result<Store, Failure> {
        Ok(Store::open(&self.place()?, access)?)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Told(error.to_string())
    }
}

/// This moment.
pub(super) fn now() -> Moment {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}

/// A moment for people, to the second.
pub(super) fn time(at: Moment) -> String {
    DateTime::from_timestamp_millis(at)
        .map_or_else(|| format!("moment {at}"), |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// A moment for programs, by RFC 3339.
pub(super) fn stamp(at: Moment) -> Option<String> {
    DateTime::from_timestamp_millis(at).map(|at| at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// Number, time, who and which account, in one line.
pub(super) fn heading(entry: &Entry) -> String {
    let account = entry.reference.as_ref().map(|reference| format!("  {}", clean(reference))).unwrap_or_default();
    format!("#{}  {}  {}{account}", entry.number, time(entry.at), clean(&entry.who))
}

/// How often each verdict was given, such as `2 qualifies, 5 not decided yet`.
pub(super) fn tally(verdicts: &[Said]) -> String {
    let count = |word: &str| verdicts.iter().filter(|said| said.verdict == word).count();
    let counted = Verdict::ALL.iter().map(|verdict| (count(verdict.word()), *verdict)).filter(|(count, _)| *count > 0);
    let words: Vec<String> = counted.map(|(count, verdict)| format!("{count} {}", verdict_word(verdict))).collect();
    if words.is_empty() { "nothing was decided".to_owned() } else { words.join(", ") }
}

/// A decision with its record.
pub(super) fn named(decision: &str, subject: Option<&str>) -> String {
    subject.map_or_else(|| clean(decision), |subject| format!("{} for {}", clean(decision), clean(subject)))
}

/// A verdict for people; a word that is none stays as it is.
pub(super) fn verdict(word: &str) -> String {
    Verdict::parse(word).map_or_else(|| clean(word), verdict_word)
}
