//! Tables beside the accounts, records and answers, joined to them by `account.id` in the order of the accounts.
//!
//! In: the accounts of each chunk, tables beside them. Out: for each chunk the rows of its accounts, then those of nobody.
//! Owns the two ways: merged where all tables are sorted, else by way of the disk. Never types a cell, never opens a file.

mod merge;
mod side;
mod spill;

pub use merge::Merge;
pub(in crate::screen) use side::keys;
pub use side::{Kind, Side, SideRow};
pub use spill::{BOUND, Spilled};

use super::layout::Layout;
use super::read::Raw;
use super::run::RunError;

/// Rows of one table beside the accounts, for one chunk.
#[derive(Clone, Debug)]
pub struct Attached {
    /// Which table, by its place.
    pub side: usize,
    /// The rows in the order of their accounts, each with the place of its account in the chunk; with none where no account
    /// of that name is in the table.
    pub rows: Vec<(Option<usize>, SideRow)>,
}

/// A way of joining, with how far it got.
#[derive(Debug)]
pub enum Join {
    /// There are no tables beside the accounts.
    Nothing,
    /// All tables are sorted by account, as far as was read.
    Merge(Merge),
    /// The tables beside the accounts were brought into the order of the accounts before.
    Spilled(Spilled),
}

impl Join {
    /// The rows for the next chunk.
    /// # Errors
    /// What cannot be read; [`RunError::Unsorted`] where merging is no way.
    pub fn attach(&mut self, raw: &Raw, layout: &Layout) -> Result<Vec<Attached>, RunError> {
        match self {
            Self::Nothing => Ok(Vec::new()),
            Self::Merge(merge) => merge.attach(&side::keys(raw, layout)),
            Self::Spilled(spilled) => spilled.attach(side::keys(raw, layout).len()),
        }
    }

    /// After the last chunk: some of the rows whose account is in no chunk; nothing once there are no more.
    /// # Errors
    /// As of [`Join::attach`].
    pub fn rest(&mut self) -> Result<Option<Vec<Attached>>, RunError> {
        match self {
            Self::Nothing => Ok(None),
            Self::Merge(merge) => merge.rest(),
            Self::Spilled(spilled) => spilled.rest(),
        }
    }
}
