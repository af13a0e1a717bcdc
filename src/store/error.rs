//! Why the store could not do what was asked.
//!
//! In: what a database or the file system said. Out: one error that names the place and what to do.
//! Owns their wording. Never holds a client's facts or a password.

/// Why the store could not do what was asked. Every variant names its place, so a line of a log stands alone.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no store to read.
    #[error("there is no store at {place}: it begins with the first decision that is logged")]
    Absent {
        /// Where.
        place: String,
    },
    /// The folder of the file does not exist.
    #[error("cannot make the store {place}: there is no folder `{folder}`; make it first")]
    NoFolder {
        /// Where.
        place: String,
        /// The folder.
        folder: String,
    },
    /// The file or database holds something else.
    #[error("{place} is not a store of accredit: {why}")]
    Foreign {
        /// Where.
        place: String,
        /// What it is.
        why: String,
    },
    /// A later version made it.
    #[error("{place} has schema {found}, and this version of accredit knows schemas up to {known}: use a later version")]
    Newer {
        /// Where.
        place: String,
        /// Its schema.
        found: i64,
        /// The last schema that is known here.
        known: i64,
    },
    /// Pages or rows cannot be read.
    #[error("{place} is damaged: {why}; nothing was written to it; keep a copy and go back to your last backup")]
    Damaged {
        /// Where.
        place: String,
        /// What the database says.
        why: String,
    },
    /// Somebody else holds it.
    #[error("{place} is locked: another process kept it for {seconds} seconds; nothing was written")]
    Locked {
        /// Where.
        place: String,
        /// How long was waited.
        seconds: u64,
    },
    /// It may not be written.
    #[error("{place} cannot be written: {why}; nothing was logged")]
    ReadOnly {
        /// Where.
        place: String,
        /// What the database says.
        why: String,
    },
    /// There is no room.
    #[error("{place} cannot grow: {why}; nothing was logged, and what was logged before stays; make room")]
    Full {
        /// Where.
        place: String,
        /// What the database says.
        why: String,
    },
    /// The database does not answer.
    #[error("{place} cannot be reached: {why}")]
    Unreachable {
        /// Where.
        place: String,
        /// What the driver says.
        why: String,
    },
    /// The connection went away while a transaction was being closed.
    #[error("{place} went away while the decision was being logged; whether it was logged is not known")]
    Uncertain {
        /// Where.
        place: String,
    },
    /// The address of a database cannot be read. It is not repeated here: it may hold a password.
    #[error("the address of the database cannot be read: {why}; write it like postgres://user:password@host:5432/name")]
    Address {
        /// What is wrong with it.
        why: String,
    },
    /// Too many are waiting.
    #[error("the store is busy: {waiting} decisions wait to be logged; try again in a moment")]
    Busy {
        /// How many may wait.
        waiting: usize,
    },
    /// The writer is gone.
    #[error("the store was closed; nothing was logged")]
    Closed,
    /// An entry names a rule set that is not kept.
    #[error("the rule set {digest} is not kept in the store, so nothing was logged: keep it first")]
    RulesNotKept {
        /// Its digest.
        digest: String,
    },
    /// A name that cannot be kept.
    #[error("`{name}` cannot be {what}: {why}")]
    Name {
        /// What was given, as it can be shown.
        name: String,
        /// What it should be.
        what: &'static str,
        /// What is wrong.
        why: String,
    },
    /// Whatever else the database says.
    #[error("{place}: {why}")]
    Other {
        /// Where.
        place: String,
        /// What the database says.
        why: String,
    },
}
